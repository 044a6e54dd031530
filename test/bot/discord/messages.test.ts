import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageRef, PlatformError } from '../../../src/bot/platform.ts';
import type { Seen } from '../../contracts/chat-driver.ts';
import type { DiscordDriver } from '../../fakes/discord/driver.ts';
import { openDiscordDriver } from '../../fakes/discord/driver.ts';
import { RIGHTS } from '../../fakes/discord/world.ts';
import { APPROVE, cardOf, soon, told } from './support.ts';

let driver: DiscordDriver;

beforeEach(async () => {
  driver = await openDiscordDriver();
});
afterEach(close);

async function close(): Promise<void> {
  await driver.close();
  expect(driver.violations()).toEqual([]);
}

async function screen(): Promise<readonly Seen[]> {
  return await driver.screen('anna', driver.ops);
}

function failure(work: Promise<unknown>): Promise<PlatformError> {
  return work.then(
    () => expect.unreachable('it was taken'),
    (error: unknown) => error as PlatformError,
  );
}

/** Repeats as the publisher does: as long as the platform asks for patience. */
async function persist(work: () => Promise<unknown>): Promise<void> {
  await soon(() =>
    work().then(
      () => true,
      () => undefined,
    ),
  );
}

describe('publishing', () => {
  it('posts one message, however often it is asked with the same key', async () => {
    const refs: MessageRef[] = [];
    for (let times = 0; times < 3; times += 1)
      refs.push(await driver.platform.publish(driver.ops, cardOf('Run'), 'run:1'));
    expect(new Set(refs.map(({ message }) => message)).size).toBe(1);
    await driver.platform.publish(driver.ops, cardOf('Other'), 'run:2');
    expect((await screen()).map(({ text }) => text)).toEqual([
      expect.stringContaining('Run'),
      expect.stringContaining('Other'),
    ]);
  });

  it.each(['close', 'reset'] as const)('doubles nothing when an answer gets lost (%s)', async (how) => {
    driver.fake.faults.loseNextAnswer(how);
    const error = await failure(driver.platform.publish(driver.ops, cardOf('Run'), 'run:1'));
    expect(error.kind).toBe('unavailable');
    await driver.platform.publish(driver.ops, cardOf('Run'), 'run:1');
    expect(await screen()).toHaveLength(1);
  });

  it('finds its message again after a restart, long after Discord has forgotten the nonce', async () => {
    const { message } = await driver.platform.publish(driver.ops, cardOf('Run'), 'run:1');
    driver.fake.world.advance(30 * 60_000);
    const other = driver.restarted();
    expect((await other.publish(driver.ops, cardOf('Run'), 'run:1')).message).toBe(message);
    await other.update({ place: driver.ops, message }, cardOf('Run, later'));
    const third = driver.restarted();
    expect((await third.publish(driver.ops, cardOf('Run'), 'run:1')).message).toBe(message);
    expect((await screen()).map(({ text }) => text)).toEqual([expect.stringContaining('Run, later')]);
  });

  it('makes devices ring for a card that alerts, and for no other', async () => {
    await driver.platform.publish(driver.ops, cardOf('Quiet'), 'a');
    await driver.platform.publish(driver.ops, cardOf('Loud', { alerts: true }), 'b');
    expect((await screen()).map(({ alerts }) => alerts)).toEqual([false, true]);
  });

  it('calls nobody, whatever the data says', async () => {
    const text = '@everyone <@&1> [x](https://evil.example)';
    const blocks = [{ kind: 'text', style: 'plain', text }] as const;
    await driver.platform.publish(driver.ops, cardOf(text, { blocks }), 'a');
    expect((await screen())[0]?.text).toContain(text);
  });
});

describe('redrawing', () => {
  it('edits the one message in place and takes its buttons away', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Approve?', { buttons: [APPROVE] }), 'gate');
    await driver.platform.update(ref, cardOf('Approved by Piotr'));
    const [message, ...more] = await screen();
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      id: ref.message,
      buttons: [],
      text: expect.stringContaining('Approved by Piotr') as unknown,
    });
  });

  it('says that the message is gone when somebody has deleted it', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Run'), 'run');
    const [message] = await screen();
    if (message) await driver.remove(message);
    expect((await failure(driver.platform.update(ref, cardOf('Run')))).kind).toBe('gone');
  });

  it('of a message older than an hour is rationed, and says how long to wait (30046)', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Run'), 'run');
    driver.fake.world.advance(61 * 60_000);
    await driver.platform.update(ref, cardOf('one'));
    const error = await failure(driver.platform.update(ref, cardOf('two')));
    expect(error.kind).toBe('rate-limited');
    expect(error.retryAfterMs).toBeGreaterThan(50_000);
    driver.fake.world.advance(60_000);
    expect(driver.platform.can.oldAfterMs).toBeLessThan(60 * 60_000);
  });
});

describe('limits and failures', () => {
  it('a full bucket is told with its time, and nothing is sent before', async () => {
    const places = Array.from({ length: 12 }, (_, at) => `run:${at}`);
    const errors: PlatformError[] = [];
    for (const key of places)
      await driver.platform
        .publish(driver.ops, cardOf(key), key)
        .catch((error: unknown) => errors.push(error as PlatformError));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(({ kind, retryAfterMs }) => kind === 'rate-limited' && retryAfterMs > 0)).toBe(true);
    for (const key of places) await persist(() => driver.platform.publish(driver.ops, cardOf(key), key));
    expect(await screen()).toHaveLength(12);
  });

  it('429 says how long; an outage is unavailable; afterwards it goes on', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Run'), 'run');
    driver.fake.faults.rateLimit(400);
    const limited = await failure(driver.platform.update(ref, cardOf('limited')));
    expect(limited.kind).toBe('rate-limited');
    expect(limited.retryAfterMs).toBeGreaterThan(100);
    await persist(() => driver.platform.update(ref, cardOf('after the limit')));
    driver.fake.faults.outage(300);
    expect((await failure(driver.platform.update(ref, cardOf('down')))).kind).toBe('unavailable');
    await persist(() => driver.platform.update(ref, cardOf('at last')));
    expect((await screen())[0]?.text).toContain('at last');
  });

  it.each([
    ['no longer sees the channel', RIGHTS.view],
    ['may no longer write there', RIGHTS.send],
  ])('a bot that %s has lost the place', async (_, right) => {
    const channel = driver.fake.world.channels.get(driver.ops.channel);
    if (channel) channel.denied = right;
    expect((await failure(driver.platform.publish(driver.ops, cardOf('Run'), 'run'))).kind).toBe('gone');
  });

  it('a channel that is no more is gone', async () => {
    driver.fake.world.channels.delete(driver.ops.channel);
    expect((await failure(driver.platform.publish(driver.ops, cardOf('Run'), 'run'))).kind).toBe('gone');
  });
});

describe('the thread', () => {
  it('is made once, named like the card, and has the details in order', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Failover of demo'), 'run');
    for (const title of ['one', 'two', 'two']) await driver.platform.reply(ref, cardOf(title), title);
    const [message] = await screen();
    expect(message?.thread).toEqual([expect.stringContaining('one'), expect.stringContaining('two')]);
    expect(driver.fake.world.channels.get(ref.message)?.name).toBe('Failover of demo');
  });

  it('is found again after a restart, and nothing in it is doubled (160004)', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Run'), 'run');
    await driver.platform.reply(ref, cardOf('one'), 'one');
    const other = driver.restarted();
    await other.reply(ref, cardOf('one'), 'one');
    await other.reply(ref, cardOf('two'), 'two');
    expect((await screen())[0]?.thread).toHaveLength(2);
  });

  it('is made anew when somebody deleted it', async () => {
    const ref = await driver.platform.publish(driver.ops, cardOf('Run'), 'run');
    await driver.platform.reply(ref, cardOf('one'), 'one');
    driver.fake.world.channels.delete(ref.message);
    await driver.platform.reply(ref, cardOf('two'), 'two');
    expect(driver.fake.world.channels.has(ref.message)).toBe(true);
  });

  it('of a message that stands in a thread itself is that thread', async () => {
    const thread = driver.fake.world.addChannel('talk', { type: 11, parent: driver.ops.channel });
    const place = { platform: 'discord', channel: thread.id } as const;
    const ref = await driver.platform.publish(place, cardOf('Run'), 'run');
    await driver.platform.reply(ref, cardOf('details'), 'details');
    expect((await driver.screen('anna', place)).map(({ text }) => text)).toEqual([
      expect.stringContaining('Run'),
      expect.stringContaining('details'),
    ]);
  });

  it('gets pictures and logs with their alternative text, each once', async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const ref = await driver.platform.publish(driver.ops, cardOf('Run'), 'run');
    const plot = { name: 'lag.png', content: png, alt: 'Lag over time: 3 s at most' };
    for (let times = 0; times < 2; times += 1) await driver.platform.upload(ref, plot);
    const name = 'pg_log żółty (1).txt';
    await driver.platform.upload(ref, { name, content: Buffer.from('FATAL'), alt: 'pg_log of two' });
    expect((await screen())[0]?.files).toEqual([
      { name: 'lag.png', alt: 'Lag over time: 3 s at most', bytes: 8 },
      { name: 'pg_log_ty_1_.txt', alt: 'pg_log of two', bytes: 5 },
    ]);
    expect((await screen())[0]?.thread.join('\n')).toContain('Lag over time');
  });
});

describe('a person', () => {
  it.each([
    ['anna', 'member'],
    ['guest', 'guest'],
    ['external', 'external'],
    ['bot', 'bot'],
  ] as const)('%s is a %s', async (actor, kind) => {
    expect((await driver.platform.person(driver.account(actor))).kind).toBe(kind);
  });

  it.each(['1', '', 'anna', '999999999999999999'])('%j is gone', async (account) => {
    expect((await driver.platform.person(account)).kind).toBe('gone');
  });

  it('is nothing that is guessed while Discord does not answer', async () => {
    driver.fake.faults.outage(5_000);
    expect((await failure(driver.platform.person(driver.account('anna')))).kind).toBe('unavailable');
  });
});

describe('starting', () => {
  it('registers the commands once; a second start finds them as they should be', async () => {
    await driver.platform.start(told());
    await driver.platform.stop();
    await driver.platform.start(told());
    const registered = driver.fake.requests.filter(({ method }) => method === 'PUT');
    expect(registered).toHaveLength(1);
  });

  it('with a wrong token is refused for good', async () => {
    const { Secret } = await import('../../../src/domain/secret.ts');
    await driver.close();
    driver = await openDiscordDriver({}, { token: new Secret('MTA.wrong.token') });
    expect((await failure(driver.platform.start(told()))).kind).toBe('gone');
  });

  it('survives a request to reconnect and an invalid session, each without losing what people do', async () => {
    const handlers = told();
    await driver.platform.start(handlers);
    driver.fake.gateway.askToReconnect();
    await soon(() => driver.fake.gateway.received.resume === 1 || undefined);
    await driver.type('anna', 'help');
    driver.fake.gateway.invalidate();
    await soon(() => driver.fake.gateway.received.identify === 2 || undefined);
    await driver.type('anna', 'help');
    await soon(() => handlers.commands.length === 2 || undefined);
    expect(handlers.commands).toHaveLength(2);
  });
});
