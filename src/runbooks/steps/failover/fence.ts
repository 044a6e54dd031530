import type { Attempt, Change, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { layTripwire, TRIPWIRE } from '../../acts/leftovers.ts';
import { disableService, killService, stopServer } from '../../acts/server.ts';
import type { PostgresServer } from '../../facts/postgres.ts';
import { askOldPrimary, isDead, type OldPrimary } from '../evidence/gather.ts';

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
    ...(unit.exists && server.state === 'hung' ? [killService(primary, cluster)] : []),
    ...(unit.exists ? [disableService(primary, cluster, unit)] : []),
    // Somebody started it past the service manager (M08).
    ...(byHand ? [stopServer(primary, cluster, { exists: false })] : []),
  ];
}

/** What the wire says to whoever finds it. */
function tripwire({ cluster, primary, standby, run: id }: StepInput): Change {
  const text = `# Zapas run ${id}: ${standby.id} is the primary of ${cluster.id} now. This file keeps the old one from starting.\n`;
  return layTripwire(primary, cluster, text);
}
