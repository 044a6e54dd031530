import type { Attempt, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import type { PostgresServer } from '../../facts/postgres.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { askStandby } from '../pair.ts';

/** How long a standby may recover before a person looks at it, seconds. */
export const START_SECONDS = 1_800;

interface Facts {
  readonly server: Attempt<PostgresServer>;
  readonly unit: ServiceUnit;
}

/**
 * Starts the service and waits for the server's own word in postmaster.pid: `ready` when it takes connections, `standby` when it
 * never will by configuration (H41). A start that fails says what the journal has, because the log collector may not have run
 * yet (H28). $1 service, $2 data directory, $3 seconds.
 */
export const START = `
systemctl reset-failed -- "$1" 2>/dev/null
systemctl start --no-block -- "$1" || exit
end=$(($(date +%s) + $3))
while [ "$(date +%s)" -lt "$end" ]; do
  case $(sed -n 8p -- "$2/postmaster.pid" 2>/dev/null) in ready*|standby*) exit 0 ;; esac
  if systemctl is-failed --quiet -- "$1"; then
    journalctl -u "$1" -n 20 --no-pager -o cat >&2; exit 1
  fi
  sleep 0.05
done
echo 'the server is still recovering' >&2; exit 75`;

/** The standby is started as a service (or by pg_ctl where no service manager is) and takes read-only connections. M16, H27, H28. */
export const setupStart = defineStep<Facts>({
  id: 'setup.start',
  manual: ['M08', 'M16'],
  effect: 'reversible',
  async gather(ask, input) {
    const [server, unit] = await Promise.all([
      askStandby(ask, input),
      ask.fact(input.standby.id, serviceUnit, { service: input.cluster.service }),
    ]);
    return { server, unit };
  },
  check({ server }, { standby }): Check {
    if (!server.ok) return 'needed';
    const { live, state, control } = server.value;
    if (live?.inRecovery === false)
      return {
        blocked: { code: 'standby.already-promoted', params: { host: standby.id, timeline: control?.timeline ?? 0 } },
      };
    return live?.inRecovery || state === 'hot-standby-off' ? 'done' : 'needed';
  },
  apply: ({ unit }, input): readonly Change[] => [unit.manager === 'systemd' ? byService(input) : directly(input)],
});

function byService({ cluster, standby }: StepInput): Change {
  const values = [`${cluster.service}.service`, cluster.dataDir, String(START_SECONDS)];
  const command = {
    argv: ['/bin/sh', '-c', START.trim(), 'sh', ...values] as const,
    env: { LC_ALL: 'C' },
    timeoutMs: (START_SECONDS + 30) * 1000,
  };
  return { kind: 'exec', host: standby.id, command };
}

function directly({ cluster, standby }: StepInput): Change {
  const { binDir, dataDir, serviceAccount } = cluster;
  const log = `${dataDir}/zapas.start.log`;
  const argv = [
    `${binDir}/pg_ctl`,
    'start',
    '-D',
    dataDir,
    '-l',
    log,
    '-w',
    '-t',
    String(START_SECONDS),
    '-s',
  ] as const;
  const timeoutMs = (START_SECONDS + 30) * 1000;
  return { kind: 'exec', host: standby.id, command: { argv, env: { LC_ALL: 'C' }, as: serviceAccount, timeoutMs } };
}
