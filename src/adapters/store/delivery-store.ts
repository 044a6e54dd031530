import type { Card } from '../../domain/card.ts';
import type { Delivery, DeliveryStore } from '../../domain/delivery.ts';
import type { Database, Queries } from './sql.ts';
import { sql } from './sql.ts';

/** Deliveries on PostgreSQL. */
export function createDeliveryStore(database: Database): DeliveryStore {
  return {
    async want(subject, keys) {
      if (keys.length > 0)
        await database.rows(sql`
          insert into zapas.delivery (subject, platform, channel, card)
          select ${subject}, * from unnest(${keys.map(({ platform }) => platform)}::text[],
            ${keys.map(({ channel }) => channel)}::text[], ${keys.map(({ card }) => card)}::text[])
          on conflict do nothing`);
      return await deliveriesOf(database, subject);
    },
    async save({ subject, platform, channel, card, ...became }) {
      const { state, round, message, publishedAt, shown, reported, final } = became;
      const saved = await database.rows(sql`
        update zapas.delivery
        set state = ${state}, round = ${round}, message = ${message ?? null}, published_at = ${publishedAt ?? null},
          shown = ${shown ? JSON.stringify(shown) : null}::json, reported = ${reported}, final = ${final}
        where subject = ${subject} and platform = ${platform} and channel = ${channel} and card = ${card} returning subject`);
      if (saved.length !== 1) throw new Error('a delivery that nobody wanted');
    },
    async open() {
      const rows = await database.rows<{ subject: string }>(
        sql`select distinct subject from zapas.delivery where not final`,
      );
      return rows.map(({ subject }) => subject);
    },
  };
}

interface Row {
  readonly subject: string;
  readonly platform: string;
  readonly channel: string;
  readonly card: string;
  readonly state: Delivery['state'];
  readonly round: number;
  readonly message: string | null;
  readonly published_at: Date | null;
  readonly shown: Card | null;
  readonly reported: boolean;
  readonly final: boolean;
}

async function deliveriesOf(queries: Queries, subject: string): Promise<readonly Delivery[]> {
  const rows = await queries.rows<Row>(sql`
    select subject, platform, channel, card, state, round, message, published_at, shown, reported, final
    from zapas.delivery where subject = ${subject} order by platform, channel, card`);
  return rows.map(({ message, published_at: publishedAt, shown, ...delivery }) => ({
    ...delivery,
    ...(message !== null && { message }),
    ...(publishedAt && { publishedAt: publishedAt.toISOString() }),
    ...(shown && { shown }),
  }));
}
