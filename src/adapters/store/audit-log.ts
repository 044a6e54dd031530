import type { AuditEvent, AuditLog, AuditRow, AuditVerdict } from '../../domain/ports.ts';
import { linkHash } from './audit-chain.ts';
import type { Database, Queries } from './sql.ts';
import { sql } from './sql.ts';

const PAGE = 1_000;
const GENESIS = '0'.repeat(64);

type Broken = Extract<AuditVerdict, { ok: false }>;
type Noted = Readonly<NonNullable<Parameters<AuditLog['verify']>[0]>>;

interface StoredLink {
  readonly number: string;
  readonly run: string;
  readonly event: AuditEvent;
  readonly prev: string;
  readonly hash: string;
}

/** The audit chain, as people read and check it. */
export function createAuditLog(database: Database): AuditLog {
  return {
    verify: (known) =>
      database.transaction(async (queries) => {
        // One snapshot: runs go on while the chain is walked.
        await queries.rows(sql`set transaction isolation level repeatable read, read only`);
        return await walk(queries, known);
      }),
    async read(run) {
      const links = await database.rows<StoredLink>(
        run === undefined
          ? sql`select number, run, event, prev, hash from zapas.audit order by number`
          : sql`select number, run, event, prev, hash from zapas.audit where run = ${run} order by number`,
      );
      return links.map(auditRow);
    },
  };
}

async function walk(queries: Queries, known: Noted | undefined): Promise<AuditVerdict> {
  let end = { rows: 0, head: GENESIS };
  for (;;) {
    const links = await queries.rows<StoredLink>(sql`
      select number, run, event, prev, hash from zapas.audit where number > ${end.rows} order by number limit ${PAGE}`);
    for (const link of links) {
      const broken = brokenAt(link, end) ?? notAsKnown(link, known);
      if (broken) return broken;
      end = { rows: end.rows + 1, head: link.hash };
    }
    if (links.length < PAGE) return (await brokenEnd(queries, end, known)) ?? { ok: true, ...end };
  }
}

function brokenAt(link: StoredLink, before: Noted): Broken | undefined {
  const at = before.rows + 1;
  if (Number(link.number) !== at) return { ok: false, at, reason: 'gap' };
  if (link.prev !== before.head) return { ok: false, at, reason: 'link' };
  return link.hash === linkHash(link.prev, at, link.run, link.event) ? undefined : { ok: false, at, reason: 'hash' };
}

function notAsKnown(link: StoredLink, known: Noted | undefined): Broken | undefined {
  if (!known || Number(link.number) !== known.rows || link.hash === known.head) return undefined;
  return { ok: false, at: known.rows, reason: 'link' };
}

/** Rows missing at the end: against the store's own note of the head, and against one that was kept elsewhere. */
async function brokenEnd(queries: Queries, end: Noted, known: Noted | undefined): Promise<Broken | undefined> {
  const [head] = await queries.rows<{ number: string; hash: string }>(sql`select number, hash from zapas.audit_head`);
  const expected = Math.max(Number(head?.number ?? 0), known?.rows ?? 0);
  if (expected > end.rows) return { ok: false, at: end.rows + 1, reason: 'gap' };
  if (!head || Number(head.number) < end.rows || head.hash !== end.head)
    return { ok: false, at: end.rows, reason: 'link' };
  return undefined;
}

function auditRow({ number, run, event, hash }: StoredLink): AuditRow {
  return { number: Number(number), run, event, hash };
}
