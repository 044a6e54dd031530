import type { ErrorRef } from '../../../domain/errors.ts';
import type { Attempt, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { psql, serverOf } from '../../facts/psql.ts';
import { slotName } from '../../names.ts';
import { lsnBytes, parseLsn } from '../../postgres/lsn.ts';
import { askStandby, primaryProblem } from '../pair.ts';

/** On a busy primary the standby is always a little behind: up to one segment of WAL counts as following. */
const FOLLOWS_BYTES = 16n * 1024n * 1024n;
export const WAIT_SECONDS = 120;

export interface Replicating {
  readonly primary: PostgresServer;
  readonly standby: Attempt<PostgresServer>;
}

/**
 * Writes a message to the WAL that means nothing to anybody and waits until this standby has replayed it: so replay is seen to move,
 * also on an idle primary. It changes no table.
 */
export const PROVE_REPLAY = `
select pg_logical_emit_message(true, 'zapas', 'replay proof') as lsn \\gset
set zapas.lsn = :'lsn';
set zapas.name = :'name';
do $$ begin
  for i in 1..${WAIT_SECONDS * 5} loop
    if exists (select from pg_stat_replication where application_name = current_setting('zapas.name')
        and state = 'streaming' and replay_lsn >= current_setting('zapas.lsn')::pg_lsn) then return; end if;
    perform pg_sleep(0.2);
    perform pg_stat_clear_snapshot();
  end loop;
  raise exception 'the standby % has not replayed % in ${WAIT_SECONDS} s', current_setting('zapas.name'), current_setting('zapas.lsn');
end $$;`;

/**
 * Replication is proven by the state of both sides at once: the standby is in recovery, not paused, on the primary's timeline
 * and receives; the primary sees it stream and replay up to what was written just before. One line of a log is no proof. M18, H2.
 */
export const setupStreaming = defineStep<Replicating>({
  id: 'setup.streaming',
  manual: ['M18'],
  effect: 'reversible',
  async gather(ask, input) {
    // The primary first: what it has written by then the standby must have, not the other way round.
    const primary = await ask.fact(input.primary.id, postgresServer, serverArgs(input.cluster));
    return { primary, standby: await askStandby(ask, input) };
  },
  check(facts, input): Check {
    const problem = problemOf(facts, input);
    if (problem) return { blocked: problem };
    return follows(facts, input) ? 'done' : 'needed';
  },
  apply({ primary }, input): readonly Change[] {
    const variables = { name: slotName(input.standby.id) };
    const timeoutMs = (WAIT_SECONDS + 20) * 1000;
    const command = psql(serverOf(input.cluster, primary), PROVE_REPLAY, { variables, timeoutMs });
    return [{ kind: 'exec', host: input.primary.id, command }];
  },
});

/** What waiting would not mend. */
function problemOf({ primary, standby }: Replicating, input: StepInput): ErrorRef | undefined {
  const problem = primaryProblem(primary, input);
  if (problem) return problem;
  const host = input.standby.id;
  const slot = primary.live?.slots.find(({ name }) => name === slotName(host));
  if (slot?.walStatus === 'lost')
    return { code: 'replication.slot-lost', params: { host: input.primary.id, slot: slot.name } };
  if (!standby.ok || !standby.value.live) return undefined;
  const { live } = standby.value;
  if (!live.inRecovery)
    return { code: 'standby.already-promoted', params: { host, timeline: timelineOf(standby.value) } };
  return live.replayPause === 'paused' ? { code: 'standby.replay-paused', params: { host } } : undefined;
}

/** Both sides say that the standby receives, on the primary's timeline, and is at most a little behind. H2. */
export function follows({ primary, standby }: Replicating, input: StepInput): boolean {
  if (!standby.ok || !standby.value.live || !primary.live) return false;
  const { live } = standby.value;
  const row = primary.live.senders.find(({ application }) => application === slotName(input.standby.id));
  const written = primary.live.currentLsn;
  const streams = live.receiver?.status === 'streaming' && row?.state === 'streaming';
  if (!live.inRecovery || !streams || timelineOf(primary) !== live.receiver?.timeline) return false;
  const replayed = live.replayLsn;
  if (written === null || replayed === null) return false;
  return lsnBytes(parseLsn(replayed), parseLsn(written)) <= FOLLOWS_BYTES;
}
