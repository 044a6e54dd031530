import { describe, expect, it } from 'vitest';
import type { ChatPlatform, MessageRef, Place } from '../../src/bot/platform.ts';
import { PlatformError } from '../../src/bot/platform.ts';
import { TERMINAL_CAPABILITIES } from '../../src/bot/platforms/terminal/terminal.ts';
import type { Drawing, Publisher } from '../../src/bot/publisher.ts';
import { createPublisher } from '../../src/bot/publisher.ts';
import type { Card } from '../../src/domain/card.ts';

const PLACE: Place = { platform: 'slack', channel: 'C1' };

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

/** A platform that remembers what stands where, and refuses when told to. */
function createWall(editMs = 20) {
  const messages = new Map<string, Card>();
  const calls: string[] = [];
  const refusals: PlatformError[] = [];
  const refuse = (): void => {
    const refusal = refusals.shift();
    if (refusal) throw refusal;
  };
  const platform: Pick<ChatPlatform, 'can' | 'publish' | 'update'> = {
    can: { ...TERMINAL_CAPABILITIES, editMs },
    async publish(place, shown, key): Promise<MessageRef> {
      calls.push(`publish ${key}`);
      refuse();
      messages.set(key, shown);
      return await Promise.resolve({ place, message: key });
    },
    async update({ message }, shown) {
      calls.push(`update ${message} ${shown.rev}`);
      refuse();
      messages.set(message, shown);
      await Promise.resolve();
    },
  };
  return { platform, messages, calls, refusals };
}

function start(wall: ReturnType<typeof createWall>, state: { now: Drawing | undefined }): { publisher: Publisher } {
  const draw = (): Promise<Drawing | undefined> => Promise.resolve(state.now);
  return { publisher: createPublisher({ platform: wall.platform, draw, warn: () => undefined }) };
}

describe('a publisher', () => {
  it('shows many changes as few edits, the newest state always last', async () => {
    const wall = createWall();
    const state: { now: Drawing } = { now: { cards: [card('run:r', 0)], over: false } };
    const { publisher } = start(wall, state);
    await publisher.follow('r', PLACE);
    for (let rev = 1; rev <= 500; rev += 1) {
      state.now = { cards: [card('run:r', rev)], over: rev === 500 };
      publisher.changed('r');
      if (rev % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await publisher.settled();
    expect(wall.messages.get('run:r')?.rev).toBe(500);
    expect(wall.calls.length).toBeLessThan(10);
  });

  it('costs nothing when nothing changed, and never goes back', async () => {
    const wall = createWall(0);
    const state: { now: Drawing } = { now: { cards: [card('run:r', 5)], over: false } };
    const { publisher } = start(wall, state);
    await publisher.follow('r', PLACE);
    publisher.changed('r');
    await publisher.settled();
    state.now = { cards: [card('run:r', 4)], over: false };
    publisher.changed('r');
    await publisher.settled();
    expect(wall.calls).toEqual(['publish run:r']);
  });

  it('publishes what is new beside it, and takes the buttons from a question that is no longer asked', async () => {
    const wall = createWall(0);
    const button = { verb: 'approve', payload: 'r.1', label: 'Approve', style: 'danger', opensForm: true } as const;
    const gate = card('gate:r.1', 1, { buttons: [button] });
    const state: { now: Drawing } = { now: { cards: [card('run:r', 1), gate], over: false } };
    const { publisher } = start(wall, state);
    await publisher.follow('r', PLACE);
    state.now = { cards: [card('run:r', 2), card('gate:r.2', 2, { buttons: [button] })], over: false };
    publisher.changed('r');
    await publisher.settled();
    expect(wall.messages.get('gate:r.1')?.buttons).toEqual([]);
    expect(wall.messages.get('gate:r.2')?.buttons).toEqual([button]);
  });

  it('rides out refusals: waits as long as it is told, then shows the last state', async () => {
    const wall = createWall(0);
    const state: { now: Drawing } = { now: { cards: [card('run:r', 1)], over: false } };
    const { publisher } = start(wall, state);
    await publisher.follow('r', PLACE);
    wall.refusals.push(
      new PlatformError('rate-limited', { retryAfterMs: 60 }),
      new PlatformError('rate-limited', { retryAfterMs: 60 }),
    );
    state.now = { cards: [card('run:r', 2)], over: true };
    const from = Date.now();
    publisher.changed('r');
    await publisher.settled();
    expect(Date.now() - from).toBeGreaterThanOrEqual(115);
    expect(wall.messages.get('run:r')?.rev).toBe(2);
  });

  it('lets a deleted message go, and goes on with the others', async () => {
    const wall = createWall(0);
    const state: { now: Drawing } = { now: { cards: [card('run:r', 1)], over: false } };
    const { publisher } = start(wall, state);
    await publisher.follow('r', PLACE);
    wall.refusals.push(new PlatformError('gone'));
    state.now = { cards: [card('run:r', 2), card('result:r', 2)], over: false };
    publisher.changed('r');
    await publisher.settled();
    publisher.changed('r');
    await publisher.settled();
    expect(wall.calls).toEqual(['publish run:r', 'update run:r 2', 'publish result:r']);
  });

  it('shows what is due before it stops', async () => {
    const wall = createWall(60_000);
    const state: { now: Drawing } = { now: { cards: [card('run:r', 1)], over: false } };
    const { publisher } = start(wall, state);
    await publisher.follow('r', PLACE);
    state.now = { cards: [card('run:r', 2)], over: true };
    await publisher.stop();
    expect(wall.messages.get('run:r')?.rev).toBe(2);
  });
});
