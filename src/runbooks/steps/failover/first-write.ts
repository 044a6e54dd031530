import type { Report } from '../../../domain/report.ts';
import type { Ask, Change, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { MARK } from '../../acts/leftovers.ts';
import { statements } from '../../acts/server.ts';
import { fileText } from '../../facts/files.ts';
import { type LogTail, logArgs, logTail } from '../../facts/log.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { joinPath } from '../../paths.ts';
import { lastContact } from '../evidence/contact.ts';

/** The new primary, and the moment of the first write to it. */
export interface NewPrimary {
  readonly server: PostgresServer;
  readonly log: LogTail | undefined;
  /** When the first write was committed, in milliseconds by the server's clock; undefined before. */
  readonly writtenAt: number | undefined;
}

/**
 * A transaction that writes to the WAL is committed in the product's database, as any client's would be: with a transaction id,
 * flushed to disk, and awaited. It is a logical message of ours, which no table sees and nothing is left of. Then the outage is
 * known: from the standby's last word of the old primary to this commit, both by the same clock. M23, M25.
 */
export const failoverFirstWrite = defineStep<NewPrimary>({
  id: 'failover.first-write',
  manual: ['M23', 'M25'],
  effect: 'reversible',
  gather: gatherFirstWrite,
  check: ({ writtenAt }) => (writtenAt === undefined ? 'needed' : 'done'),
  apply: firstWriteChanges,
  report,
});

export function firstWriteChanges({ server }: Pick<NewPrimary, 'server'>, input: StepInput): readonly Change[] {
  const write = `select pg_logical_emit_message(true, 'zapas', 'first write of run ${input.run}')`;
  const moment = `select extract(epoch from clock_timestamp()) * 1000, current_setting('transaction_read_only')`;
  const options = { database: input.cluster.database, into: markPath(input) };
  return [statements(input.standby.id, input.cluster, server, [write, moment], options)];
}

export async function gatherFirstWrite(ask: Ask, input: StepInput): Promise<NewPrimary> {
  const { cluster, standby } = input;
  const [server, mark] = await Promise.all([
    ask.fact(standby.id, postgresServer, serverArgs(cluster)),
    ask.fact(standby.id, fileText, { path: markPath(input) }),
  ]);
  const writtenAt = mark && readMark(mark.content);
  if (writtenAt === undefined) return { server, writtenAt, log: undefined };
  const tail = await attempt(ask.fact(standby.id, logTail, logArgs(cluster)));
  return { server, writtenAt, log: tail.ok ? tail.value : undefined };
}

function markPath({ cluster, run }: StepInput): string {
  return joinPath(cluster.dataDir, `${MARK}.${run}`);
}

/** psql prints only what was committed: the message's LSN, then the time, and that an ordinary transaction may write. */
function readMark(content: string): number | undefined {
  const match = /^[0-9A-F]+\/[0-9A-F]+\r?\n(\d+)(?:\.\d+)?\|off\r?\n$/.exec(content);
  return match ? Number(match[1]) : undefined;
}

function report({ server, log, writtenAt }: NewPrimary): Report | undefined {
  if (writtenAt === undefined) return undefined;
  const contact = lastContact(server, log);
  return {
    kind: 'outage',
    milliseconds: contact === undefined ? null : Math.max(0, writtenAt - contact),
    lastContact: contact === undefined ? null : new Date(contact).toISOString(),
    firstWrite: new Date(writtenAt).toISOString(),
    timeline: timelineOf(server),
  };
}
