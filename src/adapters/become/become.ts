import { OpsError } from '../../domain/errors.ts';
import type { Become } from '../shells/posix.ts';

/** The login account has every right it needs. Another account is refused. */
export function none(login: string): Become {
  return {
    id: 'none',
    administrator: (argv) => argv,
    account: (argv, account) => {
      if (account === login) return argv;
      if (login === 'root') return ['runuser', '-u', account, '--', ...argv];
      throw new OpsError('host.become-failed', { account, login, detail: 'become: none' });
    },
  };
}

/** Administrator rights by `sudo -n`; other accounts from there by `runuser`. */
export const sudo: Become = {
  id: 'sudo',
  administrator: (argv) => ['sudo', '-n', '--', ...argv],
  account: (argv, account) => ['runuser', '-u', account, '--', ...argv],
};
