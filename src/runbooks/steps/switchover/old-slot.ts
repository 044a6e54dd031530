import type { Change, Step, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { statements } from '../../acts/server.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { slotName } from '../../names.ts';

/**
 * A server that was a primary still has the slot of its standby of then. Nobody reads from it any more, and it would keep WAL back on the
 * new standby's disk. H13, H14.
 */
function oldSlotStep(
  id: Step['id'],
  hosts: (input: StepInput) => { readonly here: string; readonly other: string },
): Step {
  return defineStep<PostgresServer>({
    id,
    manual: [],
    effect: 'reversible',
    gather: (ask, input) => ask.fact(hosts(input).here, postgresServer, serverArgs(input.cluster)),
    check(server, input) {
      const name = slotName(hosts(input).other);
      return server.live && !server.live.slots.some((slot) => slot.name === name) ? 'done' : 'needed';
    },
    apply(server, input): readonly Change[] {
      const { here, other } = hosts(input);
      const sql = `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${slotName(other)}' and not active`;
      return [statements(here, input.cluster, server, [sql])];
    },
  });
}

/** On the old primary, which follows now. */
export const switchoverOldSlot = oldSlotStep('switchover.old-slot', ({ primary, standby }) => ({
  here: primary.id,
  other: standby.id,
}));

/** On a rebuilt server that was a primary before. */
export const rebuildOldSlot = oldSlotStep('rebuild.old-slot', ({ primary, standby }) => ({
  here: standby.id,
  other: primary.id,
}));
