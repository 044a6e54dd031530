import { canonicalJson, sha256 } from '../../domain/plan.ts';
import type { AuditEvent } from '../../domain/ports.ts';
import type { Queries } from './sql.ts';
import { sql } from './sql.ts';

/** The end of the chain after an append; tells later whether that append was committed. */
export interface ChainMark {
  readonly number: number;
  readonly hash: string;
}

interface HeadRow {
  readonly number: string;
  readonly hash: string;
}

/** The hash of one link: SHA-256 (hex) over the hash before it and the canonical JSON of what happened. */
export function linkHash(prev: string, number: number, run: string, event: AuditEvent): string {
  return sha256(prev + canonicalJson({ number, run, event }));
}

/**
 * Appends events of one run (of none: `''`), in order, within the caller's transaction. It locks the end of the chain until that ends, so
 * call it last.
 */
export async function appendAudit(queries: Queries, run: string, events: readonly AuditEvent[]): Promise<ChainMark> {
  const [head] = await queries.rows<HeadRow>(sql`select number, hash from zapas.audit_head for update`);
  if (!head) throw new Error('zapas.audit_head has no row');
  let { hash } = head;
  let number = Number(head.number);
  const links = events.map((event) => {
    const prev = hash;
    number += 1;
    hash = linkHash(prev, number, run, event);
    return { number, event: canonicalJson(event), prev, hash };
  });
  await queries.rows(sql`
    with link as (
      insert into zapas.audit (number, run, event, prev, hash)
      select number, ${run}, event::json, prev, hash
      from unnest(${links.map((link) => link.number)}::bigint[], ${links.map((link) => link.event)}::text[],
        ${links.map((link) => link.prev)}::text[], ${links.map((link) => link.hash)}::text[]) as new(number, event, prev, hash)
    )
    update zapas.audit_head set number = ${number}, hash = ${hash}`);
  return { number, hash };
}

/** Was the append that ended in this mark committed? Waits for a transaction that still holds the end of the chain. */
export async function isAppended(queries: Queries, mark: ChainMark): Promise<boolean> {
  await queries.rows(sql`select number from zapas.audit_head for update`);
  const found = await queries.rows(
    sql`select number from zapas.audit where number = ${mark.number} and hash = ${mark.hash}`,
  );
  return found.length > 0;
}
