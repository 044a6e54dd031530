import type { StepInput } from '../../../domain/step.ts';
import type { LiveServer } from '../../facts/postgres-query.ts';
import { slotName } from '../../names.ts';

interface Capacity {
  readonly limit: number;
  readonly used: number;
  /** How many more this standby needs. */
  readonly needed: number;
  readonly enough: boolean;
  /** What the limit should be when it is not enough. */
  readonly wanted: number;
}

/** A base backup with its WAL stream takes two walsenders, and the standby has one beside them while it is replaced. */
const WALSENDERS = 3;
/** PostgreSQL's own default: there is no reason to be below it. */
const DEFAULT_LIMIT = 10;

/** Walsenders and slots of the primary against what this standby needs (H37); what it has already counts. */
export function capacityOf(live: LiveServer, { standby }: StepInput): { walSenders: Capacity; slots: Capacity } {
  const name = slotName(standby.id);
  const others = live.senders.filter(({ application }) => application !== name).length;
  const hasSlot = live.slots.some((slot) => slot.name === name);
  return {
    walSenders: measure(Number(live.settings.max_wal_senders), others, WALSENDERS),
    slots: measure(Number(live.settings.max_replication_slots), live.slots.length, hasSlot ? 0 : 1),
  };
}

function measure(limit: number, used: number, needed: number): Capacity {
  const wanted = Math.max(DEFAULT_LIMIT, used + needed);
  return { limit, used, needed, enough: limit >= used + needed, wanted };
}
