import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Layout, Wanted } from '../../src/bot/layout.ts';
import type { ChatPlatform, Place } from '../../src/bot/platform.ts';
import { createScreenDeliveries } from '../../src/bot/platforms/terminal/deliveries.ts';
import type { Publisher } from '../../src/bot/publisher.ts';
import { createPublisher } from '../../src/bot/publisher.ts';
import type { Card } from '../../src/domain/card.ts';
import type { Delivery, DeliveryStore } from '../../src/domain/delivery.ts';
import { createWall } from '../fakes/chat-platform.ts';

const OPS: Place = { platform: 'slack', channel: 'OPS' };
const APPROVALS: Place = { platform: 'slack', channel: 'APPROVALS' };
const DISCORD: Place = { platform: 'discord', channel: 'OPS' };
const BUTTON = { verb: 'approve', payload: 'r.1', label: 'Approve', style: 'danger', opensForm: true } as const;

const card = (id: string, rev: number, over: Partial<Card> = {}): Card => ({
  id,
  rev,
  tone: 'progress',
  title: `${id} ${rev}`,
  blocks: [],
  buttons: [],
  fallback: '',
  ...over,
});

const wanted = (id: string, rev: number, over: Partial<Wanted> = {}): Wanted => ({
  place: OPS,
  card: card(id, rev),
  priority: 'progress',
  ...over,
});

/** A question that is open. */
const question = (rev: number, over: Partial<Wanted> = {}): Wanted =>
  wanted('gate:r.1', rev, {
    place: APPROVALS,
    card: card('gate:r.1', rev, { buttons: [BUTTON] }),
    priority: 'approval',
    asks: true,
    ...over,
  });

const over = (rev: number, place = OPS): Layout => ({
  messages: [
    wanted('run:r', rev, { place, priority: 'final' }),
    wanted('result:r', rev, { place, priority: 'result' }),
  ],
  over: true,
});

/** The run's card on both platforms. */
const both = (rev: number): Layout => ({
  messages: [OPS, DISCORD].map((place) => wanted('run:r', rev, { place })),
  over: rev === 4,
});

interface Office {
  readonly publisher: Publisher;
  readonly reports: Delivery[];
  /** Makes it so, and tells. */
  now(layout: Layout | undefined): void;
}
const open = (platforms: readonly ChatPlatform[], deliveries: DeliveryStore = createScreenDeliveries()): Office => {
  let state: Layout | undefined;
  const reports: Delivery[] = [];
  const publisher = createPublisher({
    platforms,
    deliveries,
    draw: () => Promise.resolve(state),
    report: (gone) => {
      reports.push(gone);
      return Promise.resolve();
    },
    warn: () => undefined,
  });
  return {
    publisher,
    reports,
    now(layout) {
      state = layout;
      publisher.changed('r');
    },
  };
};
const pass = async (seconds: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
};

const stop = async (publisher: Publisher): Promise<void> => {
  const stopped = publisher.stop();
  await pass(4);
  await stopped;
};

describe('a publisher', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows many changes as few edits, the newest state always last', async () => {
    const wall = createWall('slack', {}, 100);
    const office = open([wall]);
    for (let rev = 1; rev <= 500; rev += 1) {
      office.now({ messages: [wanted('run:r', rev)], over: false });
      await pass(0.2);
    }
    await pass(5);
    expect(wall.find('run:r')?.card.rev).toBe(500);
    expect(wall.calls.length).toBeLessThan(60);
    expect(wall.violations).toEqual([]);
  });

  it('costs nothing when nothing changed, and never goes back', async () => {
    const wall = createWall();
    const office = open([wall]);
    for (const rev of [5, 5, 4]) {
      office.now({
        messages: [wanted('run:r', rev, { card: card('run:r', rev, { title: `as of ${rev}` }) })],
        over: false,
      });
      await pass(5);
    }
    expect(wall.calls.map(({ what }) => what)).toEqual(['publish OPS run:r']);
  });

  it('writes down what it wants before anything is sent', async () => {
    const wall = createWall();
    wall.hang(true);
    const deliveries = createScreenDeliveries();
    const office = open([wall], deliveries);
    await office.publisher.follow('r', OPS);
    expect(await deliveries.want('r', [])).toMatchObject([{ card: 'run:r', channel: 'OPS', state: 'wanted' }]);
    office.now({ messages: [wanted('run:r', 1), question(1)], over: false });
    await pass(1);
    expect((await deliveries.want('r', [])).map(({ card: id }) => id)).toEqual(['run:r', 'gate:r.1']);
    expect(wall.find('run:r')).toBeUndefined();
  });

  it('goes on with the same messages after a restart, also where the answer of the last write was lost', async () => {
    const wall = createWall();
    const deliveries = createScreenDeliveries();
    const before = open([wall], deliveries);
    before.now({ messages: [wanted('run:r', 1)], over: false });
    await pass(3);
    wall.loseNextAnswer();
    before.now({ messages: [wanted('run:r', 2), question(2)], over: false });
    await pass(0.6);
    await stop(before.publisher);
    const after = open([wall], deliveries);
    after.now(over(9));
    await pass(10);
    expect(wall.at('OPS').map((one) => one.card.rev)).toEqual([9, 9]);
    // What was sent and never confirmed is one message, and its question is no longer asked.
    expect(wall.at('APPROVALS').map((one) => one.card.buttons)).toEqual([[]]);
    expect(await deliveries.open()).toEqual([]);
  });

  it('costs a restart nothing where the screen is as it should be', async () => {
    const wall = createWall();
    const deliveries = createScreenDeliveries();
    const state: Layout = { messages: [wanted('run:r', 3), question(3)], over: false };
    const before = open([wall], deliveries);
    before.now(state);
    await pass(3);
    await stop(before.publisher);
    const calls = wall.calls.length;
    open([wall], deliveries).now(state);
    await pass(10);
    expect(wall.calls.length).toBe(calls);
  });

  it('takes the buttons from a question that is no longer asked, and asks the next one beside it', async () => {
    const wall = createWall();
    const office = open([wall]);
    office.now({ messages: [question(1)], over: false });
    await pass(3);
    office.now({ messages: [question(2, { card: card('gate:r.2', 2, { buttons: [BUTTON] }) })], over: false });
    await pass(5);
    expect(wall.find('gate:r.1')?.card.buttons).toEqual([]);
    expect(wall.find('gate:r.2')?.card.buttons).toEqual([BUTTON]);
  });

  it('makes no message of what only matters where it stands already', async () => {
    const wall = createWall();
    const office = open([wall]);
    office.now({ messages: [wanted('run:r', 1), wanted('gate:r.1', 1, { standing: true })], over: false });
    await pass(3);
    expect(wall.at('OPS').map(({ key }) => key)).toEqual(['run:r']);
  });

  it('puts details into the thread, once, as soon as there is one', async () => {
    const wall = createWall('slack', {}, 300);
    const office = open([wall]);
    const detail = wanted('log:r.1', 1, {
      under: 'run:r',
      priority: 'log',
      file: { name: 'pg_log.txt', content: new Uint8Array(5), alt: 'log' },
    });
    office.now({ messages: [detail, wanted('run:r', 1)], over: false });
    await pass(4);
    office.now({ messages: [{ ...detail, card: card('log:r.1', 2) }, wanted('run:r', 2)], over: true });
    await pass(4);
    expect(wall.find('run:r')).toMatchObject({ thread: [{ rev: 1 }], files: [{ name: 'pg_log.txt', bytes: 5 }] });
  });

  it('rides out five minutes of "too many requests" with hardly a call, and shows the last state then', async () => {
    const wall = createWall();
    const office = open([wall]);
    office.now({ messages: [wanted('run:r', 1)], over: false });
    await pass(3);
    wall.rateLimit(300_000);
    for (let rev = 2; rev < 300; rev += 1) {
      office.now({ messages: [wanted('run:r', rev)], over: false });
      await pass(1);
    }
    office.now(over(300));
    const refused = wall.calls.length;
    await pass(5);
    expect(wall.find('run:r')?.card.rev).toBe(300);
    expect(wall.find('result:r')?.card.rev).toBe(300);
    expect(refused).toBeLessThan(6);
  });

  it('tries again after an outage, ever more rarely, and shows the last state', async () => {
    const wall = createWall();
    const office = open([wall]);
    wall.outage(120_000);
    office.now(over(2));
    await pass(120);
    const tried = wall.calls.length;
    await pass(62);
    expect(wall.at('OPS')).toHaveLength(2);
    expect(tried).toBeLessThan(20);
  });

  it('lets no platform wait for another that is dead, limited or hangs', async () => {
    const slack = createWall('slack');
    const discord = createWall('discord', { editMs: 2_000, perMinute: 120 });
    const office = open([slack, discord]);
    slack.hang(true);
    for (const rev of [1, 2, 3]) {
      office.now(both(rev));
      await pass(3);
      expect(discord.find('run:r')?.card.rev).toBe(rev);
    }
    slack.hang(false);
    office.now(both(4));
    await pass(65);
    expect([slack, discord].map((wall) => wall.find('run:r')?.card.rev)).toEqual([4, 4]);
    expect(slack.at('OPS')).toHaveLength(1);
  });

  it('lets a deleted card of a run be, says so once, and goes on with the others', async () => {
    const wall = createWall();
    const office = open([wall]);
    office.now({ messages: [wanted('run:r', 1)], over: false });
    await pass(3);
    wall.remove(wall.find('run:r')?.id ?? '');
    for (const rev of [2, 3]) {
      office.now({ messages: [wanted('run:r', rev)], over: false });
      await pass(3);
    }
    office.now(over(4));
    await pass(5);
    expect(wall.at('OPS').map(({ key }) => key)).toEqual(['result:r']);
    expect(office.reports).toMatchObject([{ card: 'run:r', channel: 'OPS' }]);
  });

  it('says once that a place is no more, whatever belonged there, and to nobody again after a restart', async () => {
    const wall = createWall();
    const deliveries = createScreenDeliveries();
    const office = open([wall], deliveries);
    office.now({ messages: [wanted('run:r', 1)], over: false });
    await pass(3);
    wall.archive('OPS');
    office.now({ messages: [wanted('run:r', 2), question(2, { place: OPS })], over: false });
    await pass(5);
    expect(office.reports).toHaveLength(1);
    await stop(office.publisher);
    const after = open([wall], deliveries);
    after.now(over(3));
    await pass(5);
    expect(after.reports).toEqual([]);
  });

  it('asks a deleted question anew: a gate that nobody sees is a trap', async () => {
    const wall = createWall();
    const office = open([wall]);
    office.now({ messages: [question(1)], over: false });
    await pass(3);
    wall.remove(wall.find('gate:r.1')?.id ?? '');
    office.now({ messages: [question(2)], over: false });
    await pass(5);
    expect(wall.at('APPROVALS')).toMatchObject([{ key: 'gate:r.1~2', card: { buttons: [BUTTON] } }]);
    expect(office.reports).toEqual([]);
  });

  it('looks again when time alone changes something', async () => {
    let drawn = 0;
    const later = createPublisher({
      platforms: [createWall()],
      deliveries: createScreenDeliveries(),
      draw: () => Promise.resolve({ messages: [], over: false, lookAt: Date.now() + 60_000 + (drawn += 1) }),
      warn: () => undefined,
    });
    await later.follow('r', OPS);
    await pass(200);
    expect(drawn).toBe(4);
    await stop(later);
  });

  it('goes on when the store was away', async () => {
    const wall = createWall();
    const kept = createScreenDeliveries();
    let away = true;
    const refuse = <Result>(act: () => Promise<Result>): Promise<Result> =>
      away ? Promise.reject(new Error('away')) : act();
    const office = open([wall], {
      want: (run, keys) => refuse(() => kept.want(run, keys)),
      save: (row) => refuse(() => kept.save(row)),
      open: () => kept.open(),
    });
    office.now(over(1));
    await pass(10);
    expect(wall.calls).toEqual([]);
    away = false;
    await pass(10);
    expect(wall.at('OPS')).toHaveLength(2);
    away = true;
    office.now(over(2));
    await pass(5);
    away = false;
    await pass(5);
    expect((await kept.want('r', [])).map(({ shown, final }) => [shown?.rev, final])).toEqual([
      [2, true],
      [2, true],
    ]);
  });

  it('shows what is due before it stops', async () => {
    const wall = createWall();
    const deliveries = createScreenDeliveries();
    const office = open([wall], deliveries);
    office.now({ messages: [wanted('run:r', 1)], over: false });
    await pass(1);
    office.now({ messages: [wanted('run:r', 2)], over: true });
    await stop(office.publisher);
    expect(wall.find('run:r')?.card.rev).toBe(2);
  });

  it('does not hang when it stops while a platform hangs', async () => {
    const wall = createWall();
    wall.hang(true);
    const office = open([wall]);
    office.now({ messages: [wanted('run:r', 1)], over: false });
    await pass(1);
    await stop(office.publisher);
    expect(wall.at('OPS')).toEqual([]);
    wall.hang(false);
  });
});
