import { OpsError } from '../../domain/errors.ts';
import type { Link, LinkStore } from '../../domain/links.ts';
import { appendAudit } from './audit-chain.ts';
import type { Database, Queries } from './sql.ts';
import { sql } from './sql.ts';

/** Links on PostgreSQL. */
export function createLinkStore(database: Database): LinkStore {
  return {
    async list() {
      const rows = await database.rows<Row>(
        sql`select platform, account, person, linked_at from zapas.link order by linked_at`,
      );
      return rows.map(({ linked_at: at, ...link }) => ({ ...link, at: at.toISOString() }));
    },
    async offer({ codeHash, person, expiresAt }) {
      await database.rows(sql`
        insert into zapas.link_code (person, code_hash, expires_at) values (${person}, ${codeHash}, ${expiresAt})
        on conflict (person) do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at`);
    },
    redeem: ({ codeHash, platform, account, at }) =>
      database.transaction(async (queries) => {
        const [offer] = await queries.rows<{ person: string }>(sql`
          delete from zapas.link_code where code_hash = ${codeHash} and expires_at > ${at} returning person`);
        if (!offer) throw new OpsError('link.wrong-code', { platform });
        const link: Link = { platform, account, person: offer.person, at };
        await insert(queries, link);
        const by = { person: link.person, platform };
        await appendAudit(queries, '', [{ type: 'account-linked', platform, account, at, by }]);
        return link;
      }),
    remove: ({ person, platform, by, at }) =>
      database.transaction(async (queries) => {
        const [gone] = await queries.rows<{ account: string }>(
          sql`delete from zapas.link where person = ${person} and platform = ${platform} returning account`,
        );
        if (!gone) return false;
        const { account } = gone;
        await appendAudit(queries, '', [{ type: 'account-unlinked', person, platform, account, at, by }]);
        return true;
      }),
  };
}

interface Row {
  readonly platform: string;
  readonly account: string;
  readonly person: string;
  readonly linked_at: Date;
}

async function insert(queries: Queries, { platform, account, person, at }: Link): Promise<void> {
  const made = await queries.rows(sql`
    insert into zapas.link (platform, account, person, linked_at) values (${platform}, ${account}, ${person}, ${at})
    on conflict do nothing returning person`);
  if (made.length > 0) return;
  const [taken] = await queries.rows(
    sql`select 1 from zapas.link where platform = ${platform} and account = ${account}`,
  );
  throw new OpsError(taken ? 'link.taken' : 'link.occupied', { platform });
}
