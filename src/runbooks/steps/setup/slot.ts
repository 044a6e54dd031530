import type { Change, Check, Step } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type Volume, volume } from '../../facts/files.ts';
import { psql } from '../../facts/psql.ts';
import { slotName } from '../../names.ts';
import { quoteLiteral } from '../../postgres/sql.ts';
import { type AskPlace, askPrimary, askTarget, judgePlace, type Primary } from '../pair.ts';
import { slotBoundMegabytes } from './slot-bound.ts';

interface Facts {
  readonly primary: Primary;
  readonly volume: Volume;
  /** A standby that rests on the slot is there. */
  readonly copied: boolean;
}

/**
 * The standby has a slot of its own on the primary, and all slots together a bound from the free disk, set before the slot is: so
 * a standby that stays away can never fill its primary. A bound that somebody has set stays. H12, H13, H14, H15, H31.
 */
export function slotStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    async gather(ask, input) {
      const [primary, target, found] = await Promise.all([
        askPrimary(ask, input),
        askPlace(ask, input),
        ask.fact(input.primary.id, volume, { path: input.cluster.dataDir }),
      ]);
      return { primary, volume: found, copied: judgePlace(target, input) === 'ours' };
    },
    check({ primary, volume, copied }, { cluster, primary: { id: host }, standby }): Check {
      const { slots, settings } = primary.live;
      const slot = slots.find(({ name }) => name === slotName(standby.id));
      const unbound = settings.max_slot_wal_keep_size === '-1';
      if (unbound && slotBoundMegabytes(volume.availableBytes) === undefined) {
        const free = Math.floor(volume.availableBytes / 1024 / 1024);
        return { blocked: { code: 'disk.full', params: { host, path: cluster.dataDir, needed: 512, free } } };
      }
      if (slot?.walStatus === 'lost' && copied)
        return { blocked: { code: 'replication.slot-lost', params: { host, slot: slot.name } } };
      return slot && slot.walStatus !== 'lost' && !unbound ? 'done' : 'needed';
    },
    apply({ primary, volume }, { primary: { id: host }, standby }): readonly Change[] {
      const { slots, settings } = primary.live;
      const name = slotName(standby.id);
      const slot = slots.find((one) => one.name === name);
      const run = (sql: string, variables?: Readonly<Record<string, string>>): Change => ({
        kind: 'exec',
        host,
        command: psql(primary.server, sql, variables && { variables }),
      });
      const bound = quoteLiteral(`${slotBoundMegabytes(volume.availableBytes)}MB`);
      const bind = run(`alter system set max_slot_wal_keep_size = ${bound};\nselect pg_reload_conf();`);
      const drop = run("select pg_drop_replication_slot(:'slot');", { slot: name });
      const create = run("select pg_create_physical_replication_slot(:'slot', true);", { slot: name });
      const usable = slot !== undefined && slot.walStatus !== 'lost';
      return [
        ...(settings.max_slot_wal_keep_size === '-1' ? [bind] : []),
        ...(slot && !usable ? [drop] : []),
        ...(usable ? [] : [create]),
      ];
    },
  });
}

export const setupSlot = slotStep('setup.slot', askTarget);
