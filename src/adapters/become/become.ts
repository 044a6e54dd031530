import { OpsError } from '../../domain/errors.ts';

export type Argv = readonly [string, ...string[]];

/**
 * Becomes the account `$1`, its home and groups, and runs the rest. Not by runuser, whose session of PAM's costs every question of
 * the watch some milliseconds and two lines in the customer's log. An account that is missing ends it before anything is run.
 */
const ENTER = `
IFS=: read -r USER secret uid gid gecos HOME rest <<END
$(getent passwd "$1")
END
[ -n "$uid" ] || exit 1
shift
LOGNAME=$USER
export HOME USER LOGNAME
exec setpriv --reuid "$uid" --regid "$gid" --init-groups -- "$@"
`.trim();

function enter(argv: Argv, account: string): Argv {
  return ['/bin/sh', '-c', ENTER, 'zapas-as', account, ...argv];
}

/** Wraps a command so that it runs with the rights it asks for. Knows argument vectors, no shell and no transport. */
export interface Become {
  readonly id: 'none' | 'sudo';
  /** Runs `argv` as the host's administrator. */
  administrator(argv: Argv): Argv;
  /** Inside of that, runs `argv` as another account. Throws `host.become-failed` where that cannot be. */
  account(argv: Argv, account: string): Argv;
}

/** The login account has every right it needs. Another account is refused, unless the login is root. */
export function none(login: string): Become {
  return {
    id: 'none',
    administrator: (argv) => argv,
    account: (argv, account) => {
      if (account === login) return argv;
      if (login === 'root') return enter(argv, account);
      throw new OpsError('host.become-failed', { account, login, reason: 'none', detail: 'become: none' });
    },
  };
}

/** Administrator rights by `sudo -n`; other accounts from there by `setpriv`. */
export const sudo: Become = {
  id: 'sudo',
  administrator: (argv) => ['sudo', '-n', '--', ...argv],
  account: enter,
};

/** Why a command was not even begun. */
export type BecomeReason = 'password' | 'not-allowed' | 'missing' | 'other';

/**
 * The reason, from what stands on standard error. The fact of the refusal does not rest on it (the runner's tag is missing), so
 * a language not listed here is `other`.
 */
export function becomeReason(code: number, stderr: string): BecomeReason {
  if (code === 126 || code === 127) return 'missing';
  if (/password is required|wymagane jest hasło|a terminal is required/i.test(stderr)) return 'password';
  if (/sudoers|not allowed|may not run|nie ma uprawnień|nie może/i.test(stderr)) return 'not-allowed';
  return 'other';
}
