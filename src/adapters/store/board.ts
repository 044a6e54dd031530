import type { BoardMessage, MessageBoard, ThreadItem } from '../../domain/board.ts';
import type { Card } from '../../domain/card.ts';
import type { Database } from './sql.ts';
import { sql } from './sql.ts';

/** The console's messages on PostgreSQL. Ids that are no numbers are those of messages that are no more. */
export function createBoard(database: Database): MessageBoard {
  return {
    async post(channel, key, card) {
      const [made] = await database.rows<{ id: string }>(sql`
        insert into zapas.board_message (channel, key, card) values (${channel}, ${key}, ${JSON.stringify(card)})
        on conflict (channel, key) do update set key = excluded.key
        returning id`);
      if (!made) throw new Error('a message without an id');
      return made.id;
    },
    async edit(id, card) {
      if (!isId(id)) return false;
      const edited = await database.rows(
        sql`update zapas.board_message set card = ${JSON.stringify(card)} where id = ${id} returning 1`,
      );
      return edited.length > 0;
    },
    async reply(id, key, card) {
      if (!isId(id)) return false;
      await database.rows(sql`
        insert into zapas.board_thread (message, key, card)
        select id, ${key}, ${JSON.stringify(card)} from zapas.board_message where id = ${id}
        on conflict do nothing`);
      return await exists(database, id);
    },
    async attach(id, { name, alt, content }) {
      if (!isId(id)) return false;
      const added = await database.rows(sql`
        insert into zapas.board_thread (message, name, alt, content)
        select id, ${name}, ${alt}, ${Buffer.from(content)} from zapas.board_message where id = ${id} returning 1`);
      return added.length > 0;
    },
    async list(channel, limit) {
      const newest = await database.rows<MessageRow>(sql`
        select id, channel, card, posted_at from zapas.board_message
        where channel = ${channel} order by id desc limit ${limit}`);
      return await withThreads(database, newest.toReversed());
    },
    async file(id) {
      if (!isId(id)) return undefined;
      const [row] = await database.rows<MessageRow & FileRow>(sql`
        select m.id, m.channel, m.card, m.posted_at, t.name, t.alt, t.content
        from zapas.board_thread t join zapas.board_message m on m.id = t.message
        where t.id = ${id} and t.content is not null`);
      if (!row) return undefined;
      const [message] = await withThreads(database, [row]);
      return message && { file: { name: row.name, alt: row.alt, content: row.content }, message };
    },
    async remove(id) {
      if (isId(id)) await database.rows(sql`delete from zapas.board_message where id = ${id}`);
    },
  };
}

interface MessageRow {
  readonly id: string;
  readonly channel: string;
  readonly card: Card;
  readonly posted_at: Date;
}

interface FileRow {
  readonly name: string;
  readonly alt: string;
  readonly content: Uint8Array;
}

interface ThreadRow {
  readonly id: string;
  readonly message: string;
  readonly card: Card | null;
  readonly name: string | null;
  readonly alt: string | null;
  readonly bytes: number | null;
}

async function withThreads(database: Database, rows: readonly MessageRow[]): Promise<readonly BoardMessage[]> {
  const ids = rows.map(({ id }) => id);
  const items = await database.rows<ThreadRow>(sql`
    select id, message, card, name, alt, length(content) as bytes from zapas.board_thread
    where message = any (${ids}::bigint[]) order by id`);
  return rows.map(({ id, channel, card, posted_at: at }) => ({
    id,
    channel,
    card,
    at: at.toISOString(),
    thread: items.flatMap((item) => (item.message === id ? [threadItem(item)] : [])),
  }));
}

function threadItem({ id, card, name, alt, bytes }: ThreadRow): ThreadItem {
  if (card) return { kind: 'card', card };
  return { kind: 'file', id, name: name ?? '', alt: alt ?? '', bytes: bytes ?? 0 };
}

async function exists(database: Database, id: string): Promise<boolean> {
  return (await database.rows(sql`select 1 from zapas.board_message where id = ${id}`)).length > 0;
}

function isId(id: string): boolean {
  return /^\d{1,18}$/.test(id);
}
