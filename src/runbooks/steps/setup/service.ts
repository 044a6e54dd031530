import type { Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { osAccount } from '../../facts/os.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';

interface Facts {
  readonly primary: ServiceUnit;
  readonly standby: ServiceUnit;
  /** Group of the service's account on the standby. */
  readonly group: string;
}

/**
 * The service exists on the standby and starts when the host boots: the primary's unit when it names the same directories,
 * else one of our own. Without systemd there is nothing to install; the server is started directly, as the manual allows. M08.
 */
export const setupService = defineStep<Facts>({
  id: 'setup.service',
  manual: ['M08'],
  effect: 'reversible',
  async gather(ask, { cluster, primary, standby }) {
    const args = { service: cluster.service };
    const [one, two, account] = await Promise.all([
      ask.fact(primary.id, serviceUnit, args),
      ask.fact(standby.id, serviceUnit, args),
      ask.fact(standby.id, osAccount, { account: cluster.serviceAccount }),
    ]);
    return { primary: one, standby: two, group: account.group };
  },
  check({ standby }): Check {
    return standby.manager === 'none' || (standby.exists && standby.enabled) ? 'done' : 'needed';
  },
  apply(facts, input): readonly Change[] {
    const { cluster, standby } = input;
    const systemctl = (...words: string[]): Change => ({
      kind: 'exec',
      host: standby.id,
      command: { argv: ['systemctl', ...words], env: { LC_ALL: 'C' }, timeoutMs: 60_000 },
    });
    const unit: Change = {
      kind: 'write',
      host: standby.id,
      path: `/etc/systemd/system/${cluster.service}.service`,
      content: unitText(facts, input),
      ifHash: 'absent',
      mode: '0644',
      owner: 'root',
    };
    // `enable` makes the manager read its units again.
    return [...(facts.standby.exists ? [] : [unit]), systemctl('enable', '--quiet', `${cluster.service}.service`)];
  },
});

function unitText({ primary, group }: Facts, { cluster }: StepInput): string {
  const { binDir, dataDir, serviceAccount } = cluster;
  const start = /^ExecStart=.*$/m.exec(primary.text)?.[0] ?? '';
  const user = /^User=(.*)$/m.exec(primary.text)?.[1]?.trim();
  const same = start.includes(`${binDir}/`) && start.includes(dataDir) && user === serviceAccount;
  // A template's unit names its instance by %i; it belongs to the distribution and is there with the programs.
  if (same && !start.includes('%')) return primary.text;
  return `[Unit]
Description=PostgreSQL 17 (${cluster.service})
Documentation=man:postgres(1)
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=${serviceAccount}
Group=${group}
ExecStart=${quote(`${binDir}/postgres`)} -D ${quote(dataDir)}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
KillSignal=SIGINT
TimeoutSec=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** A path as one word of a unit file: blanks quoted, `%` and `$` doubled. Source: systemd.service(5), "Command lines". */
function quote(path: string): string {
  const escaped = path.replace(/[%$]/g, '$&$&').replace(/[\\"]/g, '\\$&');
  return /\s/.test(path) ? `"${escaped}"` : escaped;
}
