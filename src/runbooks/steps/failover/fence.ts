import type { Attempt, Change, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import type { PostgresServer } from '../../facts/postgres.ts';
import type { ServiceUnit } from '../../facts/service.ts';
import { askOldPrimary, isDead, type OldPrimary } from '../evidence/gather.ts';
import { run, runAs, stopServer } from './commands.ts';

/** PostgreSQL since 12 refuses to start while a file of this name is in its data directory. */
export const TRIPWIRE = 'recovery.conf';

/**
 * The old primary can take no more writes, not even after its power returns: service stopped and disabled, a tripwire in its
 * data directory, no process left (H46). All of it can be taken back. An unreachable host stays UNFENCED; the evidence said so and
 * the approver has accepted it.
 */
export const failoverFence = defineStep<Attempt<OldPrimary>>({
  id: 'failover.fence',
  manual: ['M25'],
  effect: 'disruptive',
  gather: askOldPrimary,
  check: (old) => (!old.ok || isFenced(old.value) ? 'done' : 'needed'),
  apply: (old, input) => (old.ok ? fence(old.value, input) : []),
  verify: (old) => old.ok && isFenced(old.value),
});

/** Nothing runs there, and nothing starts. */
export function isFenced({ server, unit }: OldPrimary): boolean {
  return isDead(server) && !unit.enabled && unit.active !== 'active' && isTripped(server);
}

/** Nothing to trip over where there is no data directory. */
function isTripped({ state, files }: PostgresServer): boolean {
  return state === 'absent' || files.includes(TRIPWIRE);
}

/** What makes it so. */
export function fence({ server, unit }: OldPrimary, input: StepInput): readonly Change[] {
  const { cluster, primary } = input;
  const byHand = !isDead(server) && ['', 'inactive', 'failed'].includes(unit.active);
  return [
    // First the wire: a service that restarts by itself then finds it.
    ...(server.state === 'absent' ? [] : [tripwire(input)]),
    ...(unit.exists && server.state === 'hung' ? [killService(input)] : []),
    ...(unit.exists ? [stopService(unit, input)] : []),
    // Somebody started it past the service manager (M08).
    ...(byHand ? [stopServer(primary.id, cluster, { exists: false })] : []),
  ];
}

/**
 * A generated unit has no enabled state of its own; stopping it and the tripwire must do. The manager need not read all its units again
 * for this, which takes longer than the rest of the fence; until somebody reloads it, `systemctl status` warns that it is outdated.
 */
function stopService({ path }: ServiceUnit, { cluster, primary }: StepInput): Change {
  if (path.includes('/generator')) return stopServer(primary.id, cluster, { exists: true });
  return run(primary.id, ['systemctl', 'disable', '--now', '--no-reload', cluster.service], 150_000);
}

/** A server that answers nobody does not hear a polite request either; waiting for it would take minutes. */
function killService({ cluster, primary }: StepInput): Change {
  return run(primary.id, ['systemctl', 'kill', '--signal=SIGKILL', cluster.service]);
}

/** A full disk leaves the file empty, and an empty one trips as well; the step's verification tells whether it is there. */
function tripwire({ cluster, primary, standby, run: id }: StepInput): Change {
  const text = `# Zapas run ${id}: ${standby.id} is the primary of ${cluster.id} now. This file keeps the old one from starting.\n`;
  const change = runAs(cluster, run(primary.id, ['tee', `${cluster.dataDir}/${TRIPWIRE}`]));
  return { ...change, command: { ...change.command, stdin: text }, okExit: [0, 1] };
}
