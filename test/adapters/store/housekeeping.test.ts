import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../../src/domain/card.ts';
import type { Scratch } from './scratch.ts';
import { embeddedStore } from './scratch.ts';

const card: Card = { id: 'c', rev: 1, tone: 'info', title: 't', blocks: [], buttons: [], fallback: 't' };

describe('old messages', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await embeddedStore();
  }, 60_000);
  afterAll(async () => await scratch.remove());

  it('are thrown away when nothing of them will change; those that may change and newer ones stay', async () => {
    const { deliveries, board, housekeeping } = scratch.store;
    const long = new Date(Date.now() - 100 * 86_400_000).toISOString();
    const age = (id: string): Promise<object[]> =>
      scratch.sql('update zapas.board_message set posted_at = $1 where id = $2', [long, id]);
    for (const [subject, final, publishedAt] of [
      ['old', true, long],
      ['open', false, long],
      ['new', true, new Date().toISOString()],
    ] as const) {
      const key = { subject, platform: 'web', channel: 'ops', card: `run:${subject}` };
      await deliveries.want(subject, [key]);
      const message = await board.post('ops', subject, card);
      if (subject !== 'new') await age(message);
      await deliveries.save({ ...key, state: 'shown', round: 1, message, publishedAt, reported: false, final });
    }
    // More than one batch of them, from before deliveries were kept.
    await scratch.sql(
      `insert into zapas.board_message (channel, key, card, posted_at)
       select 'ops', 'k' || n, '{}', $1 from generate_series(1, 2500) n`,
      [long],
    );
    expect(await housekeeping.prune(90)).toBe(1 + 1 + 2_500);
    expect(await deliveries.want('old', [])).toEqual([]);
    expect(await deliveries.want('open', [])).toHaveLength(1);
    expect(await deliveries.want('new', [])).toHaveLength(1);
    expect(await board.list('ops', 10)).toHaveLength(2);
    expect(await housekeeping.prune(90)).toBe(0);
  });
});
