import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { plotPng } from '../../src/adapters/plot/png.ts';
import type { Bot, BotDeps } from '../../src/bot/bot.ts';
import { createBot } from '../../src/bot/bot.ts';
import { openLinkBook } from '../../src/bot/link-book.ts';
import { NO_METRICS } from '../../src/bot/metrics.ts';
import type { Account, Answer, ChatPlatform, Finished, Handlers, IncomingCommand } from '../../src/bot/platform.ts';
import { PlatformError } from '../../src/bot/platform.ts';
import { payloadOf } from '../../src/domain/card.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { inventorySchema } from '../../src/domain/inventory.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { RunStore } from '../../src/domain/ports.ts';
import type { Gate } from '../../src/domain/run.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { embeddedStore } from '../adapters/store/scratch.ts';
import { exampleInventory } from '../config/example.ts';
import { minutes } from '../contracts/run-store.ts';
import { plan, STEPS } from '../domain/runs.ts';
import type { Standing, WallPlatform } from '../fakes/chat-platform.ts';
import { createWall } from '../fakes/chat-platform.ts';
import type { Hand } from './hand.ts';
import { handOn, THE_REST } from './hand.ts';
import { people } from './people.ts';

const keys = generateKeyPairSync('ed25519');
const OPS = 'C0000OPS';
const APPROVALS = 'C0000APP';
const DISCORD_OPS = '100000000000000001';
const DISCORD_APPROVALS = '100000000000000002';
const PATIENCE = { timeout: 20_000, interval: 20 };

/** The people of the examples, reachable on both platforms. */
function office(): Inventory {
  const { platforms } = inventorySchema.parse(
    parse(`${exampleInventory}
platforms:
  slack:
    botToken: env:A
    appToken: env:B
    team: T0001
    channels: { ops: ${OPS}, approvals: ${APPROVALS} }
  discord:
    token: env:C
    application: '100000000000000009'
    guild: '100000000000000008'
    channels: { ops: '${DISCORD_OPS}', approvals: '${DISCORD_APPROVALS}' }
`),
  );
  const inventory = people();
  const linked = { ...inventory.people['anna'], accounts: { slack: 'U-ANNA', discord: 'D-ANNA', terminal: 'anna' } };
  return { ...inventory, platforms, people: { ...inventory.people, anna: linked } } as Inventory;
}

const finished = async (answer: Answer | undefined): Promise<Finished> => {
  if (answer?.now !== 'work') throw new Error('no work');
  return await answer.finish();
};

/** The message of that card there, as soon as it stands (and fits). */
const see = (wall: WallPlatform, channel: string, card: string, fits = (_one: Standing): boolean => true) =>
  vi.waitFor(() => {
    const found = wall.at(channel).findLast((one) => one.card.id === card && fits(one));
    if (!found)
      throw new Error(
        `no ${card} in ${channel}: ${wall
          .at(channel)
          .map((one) => one.card.id)
          .join()}`,
      );
    return found;
  }, PATIENCE);

describe('the bot', () => {
  let scratch: Scratch;
  let slack: WallPlatform;
  let discord: WallPlatform;
  let bot: Bot;
  let hand: Hand;
  let deliveries = 0;
  const inventory = office();

  beforeAll(async () => {
    scratch = await embeddedStore();
    hand = handOn(scratch.store);
    slack = createWall('slack', { editMs: 20, perMinute: 100_000, ackMs: 30_000 });
    discord = createWall('discord', { editMs: 20, perMinute: 100_000, ackMs: 30_000 });
  });
  afterAll(async () => await scratch.remove());
  const build = async (over: Partial<BotDeps> = {}): Promise<Bot> => {
    const { store } = scratch;
    const links = await openLinkBook(store.links, () => inventory);
    links.close();
    return createBot({
      inventory: () => inventory,
      links,
      runs: store.runs,
      audit: store.audit,
      watch: store.watch,
      paint: plotPng,
      deliveries: store.deliveries,
      runbooks: RUNBOOKS,
      version: '0.0.0',
      signingKey: keys.privateKey,
      now: () => new Date(),
      wake: { advance: () => undefined },
      platforms: [slack, discord],
      metrics: NO_METRICS,
      warn: () => undefined,
      onMissing: (key, names) => {
        throw new Error(`${key} lacks ${names.join()}`);
      },
      ...over,
    });
  };
  beforeEach(async () => {
    bot = await build();
    await bot.start();
  });
  afterEach(async () => {
    await bot.stop();
    await freeCluster();
    const violations = [...slack.violations, ...discord.violations];
    if (violations.length > 0) throw new Error(violations.join('\n'));
  });

  /** Ends every run, so that the next test finds the cluster free. */
  const freeCluster = async (): Promise<void> => {
    const { runs } = scratch.store;
    for (;;) {
      const open = await runs.list({ states: ['ready', 'waiting', 'attention', 'queued'] });
      if (open.length === 0) return;
      for (const { id, state } of open) {
        if (state === 'attention') await hand.record(id, { type: 'settled', verdict: 'abandon' });
        else if ((await hand.record(id, { type: 'stop-asked' })).state === 'ready')
          await hand.record(id, { type: 'finished', state: 'cancelled' });
      }
      await runs.admit();
    }
  };
  const anna: Account = { platform: 'slack', account: 'U-ANNA', kind: 'member' };
  const command = (text: string, over: Partial<IncomingCommand> = {}): IncomingCommand => ({
    who: anna,
    place: { platform: 'slack', channel: 'C0000ASK' },
    delivery: `d-${(deliveries += 1)}`,
    input: { text },
    ...over,
  });
  const ask = async (text: string, over?: Partial<IncomingCommand>): Promise<Finished> =>
    await finished(slack.handlers?.command(command(text, over)));
  const failover = async (over: Partial<Gate> = {}): Promise<string> => {
    const { follow = '' } = await ask('failover demo');
    await hand.ask(follow, 'approve', over);
    return follow;
  };

  it('shows a change of a customer’s servers where it was asked, and in ops and approvals of every platform', async () => {
    const run = await failover();
    for (const [wall, channel] of [
      [slack, 'C0000ASK'],
      [slack, OPS],
      [discord, DISCORD_OPS],
    ] as const) {
      await see(wall, channel, `run:${run}`);
      await see(wall, channel, `gate:${run}.1`);
    }
    for (const [wall, channel] of [
      [slack, APPROVALS],
      [discord, DISCORD_APPROVALS],
    ] as const) {
      await see(wall, channel, `gate:${run}.1`);
      expect(wall.at(channel).map(({ card }) => card.id)).toEqual([`gate:${run}.1`]);
    }
  });

  it('hands a report to whoever asked for it, and to nobody else, also after an outage', async () => {
    const { follow = '' } = await ask('status demo');
    slack.outage(1_500);
    const { ok, cards } = await ask(`report ${follow} en`);
    expect(ok).toBe(true);
    expect(cards[0]?.title).toContain(`zapas-status-demo-${follow}.html`);
    const { to, file } = await vi.waitFor(() => {
      const [given] = slack.handed.slice(-1);
      if (!given) throw new Error('nothing was handed over');
      return given;
    }, PATIENCE);
    expect(to.account).toBe('U-ANNA');
    expect(file.name).toBe(`zapas-status-demo-${follow}.html`);
    expect(Buffer.from(file.content).toString()).toContain('THE RUN IS NOT OVER');
    expect(discord.handed).toEqual([]);
  });

  it('says so when a report cannot be handed over', async () => {
    const { follow = '' } = await ask('status demo');
    await bot.stop();
    const platform: ChatPlatform = { ...slack, hand: () => Promise.reject(new PlatformError('gone')) };
    bot = await build({ platforms: [platform, discord] });
    await bot.start();
    const before = slack.notices.length;
    expect((await ask(`report ${follow}`)).ok).toBe(true);
    await vi.waitFor(() => {
      const told = slack.notices.slice(before).map(({ card }) => card.fallback);
      expect(told.join()).toContain(`zapas-status-demo-${follow}.html`);
    }, PATIENCE);
  });

  it('shows a question’s answer only where it was asked', async () => {
    const { follow = '' } = await ask('status demo');
    await see(slack, 'C0000ASK', `run:${follow}`);
    await vi.waitFor(async () =>
      expect(await scratch.store.deliveries.want(follow, [])).toMatchObject([{ state: 'shown' }]),
    );
    const elsewhere = [...slack.at(OPS), ...discord.at(DISCORD_OPS)];
    expect(elsewhere.filter(({ card }) => card.id.includes(follow))).toEqual([]);
  });

  it('takes the first decision, from either platform, and shows on all copies who it was', async () => {
    const run = await failover();
    const card = await see(discord, DISCORD_APPROVALS, `gate:${run}.1`);
    const payload = card.card.buttons[0]?.payload ?? '';
    const press = { place: card.place, verb: 'approve', payload } as const;
    const ewa: Account = { platform: 'discord', account: '4711', kind: 'member' };
    const self: Account = { platform: 'discord', account: 'D-ANNA', kind: 'member' };
    expect(discord.handlers?.press({ ...press, who: ewa, delivery: 'p1' })).toMatchObject({ now: 'form' });
    const values = { name: 'demo' };
    const refused = await finished(discord.handlers?.submit({ ...press, who: self, delivery: 's1', values }));
    expect(refused).toMatchObject({ ok: false });
    const done = await finished(discord.handlers?.submit({ ...press, who: ewa, delivery: 's2', values }));
    expect(done).toMatchObject({ ok: true });
    for (const [wall, channel] of [
      [slack, OPS],
      [slack, APPROVALS],
      [discord, DISCORD_APPROVALS],
    ] as const) {
      const shown = await see(wall, channel, `gate:${run}.1`, (one) => one.card.buttons.length === 0);
      expect(JSON.stringify(shown.card)).toMatch(/Ewa.*Discord/);
    }
    await hand.record(run, ...THE_REST);
    for (const [wall, channel] of [
      [slack, 'C0000ASK'],
      [slack, OPS],
      [discord, DISCORD_OPS],
    ] as const)
      expect((await see(wall, channel, `result:${run}`)).card.alerts).toBe(true);
    await vi.waitFor(async () => expect(await scratch.store.deliveries.open()).not.toContain(run), PATIENCE);
  });

  it('goes on after a restart with the messages that stand, for runs that went on meanwhile', async () => {
    const run = await failover();
    const before = await see(slack, OPS, `gate:${run}.1`);
    await see(discord, DISCORD_OPS, `gate:${run}.1`);
    await bot.stop();
    await hand.record(run, { type: 'stop-asked' });
    bot = await build();
    await bot.start();
    const after = await see(slack, OPS, `gate:${run}.1`, (one) => one.card.buttons.length === 0);
    expect(after.id).toBe(before.id);
    expect(slack.at(OPS).filter(({ card }) => card.id === `run:${run}`)).toHaveLength(1);
  });

  it('tells a run that somebody asked for elsewhere, also when that ended while no bot was there', async () => {
    await bot.stop();
    const { run } = await scratch.store.runs.request({
      type: 'requested',
      id: `cli${Date.now().toString(36)}`,
      asked: `terminal:${Date.now()}`,
      runbook: 'setup',
      cluster: 'demo',
      site: 'clinic',
      mutating: true,
      options: {},
      at: minutes(0),
      by: { person: 'anna', platform: 'terminal' },
    });
    await scratch.store.runs.admit();
    await hand.record(run.id, {
      type: 'finished',
      state: 'failed',
      error: { code: 'run.stopped', params: { by: 'anna' } },
    });
    bot = await build();
    await bot.start();
    for (const [wall, channel] of [
      [slack, OPS],
      [discord, DISCORD_OPS],
    ] as const)
      expect((await see(wall, channel, `result:${run.id}`)).card.tone).toBe('failure');
  });

  it('answers the button of an old card with the truth, after a restart, too', async () => {
    const run = await failover({ openedAt: minutes(-20), expiresAt: minutes(-5) });
    await hand.record(run, { type: 'gate-expired', number: 1 });
    await bot.stop();
    bot = await build();
    await bot.start();
    const payload = payloadOf({ run, gate: 1, cluster: 'demo' });
    const place = { platform: 'slack', channel: APPROVALS } as const;
    const who: Account = { platform: 'slack', account: 'U-EWA', kind: 'member' };
    const press = { who, place, verb: 'reject', payload, delivery: 'old' } as const;
    const answer = await finished(slack.handlers?.submit({ ...press, values: { note: 'late' } }));
    expect(answer.ok).toBe(false);
    expect(JSON.stringify(answer.cards)).toContain('The time to decide');
  });

  it('calls people once more when two thirds of the time are over, and only then', async () => {
    const run = await failover({ openedAt: minutes(-10), expiresAt: minutes(1) });
    const warning = await see(slack, APPROVALS, `expiry:${run}.1`);
    expect(warning.card).toMatchObject({ alerts: true, buttons: [] });
    await see(discord, DISCORD_APPROVALS, `expiry:${run}.1`);
    await hand.record(run, { type: 'stop-asked' });
    const closed = await see(slack, APPROVALS, `gate:${run}.1`, (one) => one.card.buttons.length === 0);
    expect(closed.card.tone).toBe('stopped');
    expect(slack.at(APPROVALS).filter(({ card }) => card.id === `expiry:${run}.1`)).toHaveLength(1);
  });

  it('calls somebody when a run needs a person, again after a retry that came to the same', async () => {
    const { follow: run = '' } = await ask('failover demo');
    const error = { code: 'run.stopped', params: { by: 'anna' } } as const;
    const made = plan(STEPS);
    const started = { type: 'step-started', step: 'failover.evidence', irreversible: false } as const;
    await hand.record(run, { type: 'planned', plan: made, planHash: planHash(made) });
    const calls = (): readonly Standing[] => slack.at(OPS).filter(({ card }) => card.id.startsWith(`attention:${run}`));
    await hand.record(run, started, { type: 'attention', error });
    await vi.waitFor(() => expect(calls()).toHaveLength(1), PATIENCE);
    expect(calls()[0]?.card).toMatchObject({ alerts: true, tone: 'warning' });
    await hand.record(run, { type: 'settled', verdict: 'retry' }, started, { type: 'attention', error });
    await vi.waitFor(() => expect(calls()).toHaveLength(2), PATIENCE);
    await vi.waitFor(() => expect(calls().map(({ card }) => card.buttons.length > 0)).toEqual([false, true]), PATIENCE);
  });

  it('asks a deleted approval anew, and tells the requester once where another message is gone', async () => {
    const run = await failover();
    const gate = await see(slack, APPROVALS, `gate:${run}.1`);
    const card = await see(discord, DISCORD_OPS, `run:${run}`);
    slack.remove(gate.id);
    discord.remove(card.id);
    const wrong = {
      type: 'refused',
      what: 'approve',
      error: { code: 'approval.wrong-name', params: { expected: 'demo' } },
    } as const;
    await hand.record(run, wrong);
    expect((await see(slack, APPROVALS, `gate:${run}.1`)).card.buttons).not.toEqual([]);
    await hand.record(run, { type: 'stop-asked' });
    await see(discord, DISCORD_OPS, `result:${run}`);
    const told = await vi.waitFor(() => {
      const found = slack.notices.filter(({ card: { id } }) => id.startsWith(`gone:${run}`));
      expect(found).toHaveLength(1);
      return found;
    }, PATIENCE);
    expect(told).toMatchObject([{ to: { account: 'U-ANNA' }, card: { id: `gone:${run}.discord` } }]);
    expect(discord.notices).toEqual([]);
  });

  it('does a delivery once and answers it alike, however often it comes', async () => {
    const twice = command('check demo');
    const answers = await Promise.all([1, 2, 3].map(() => finished(slack.handlers?.command(twice))));
    expect(new Set(answers).size).toBe(1);
    expect(await scratch.store.runs.list({ states: ['ready', 'queued'], cluster: 'demo' })).toHaveLength(1);
  });

  it('answers in time when the store hangs, says that it may have been accepted, and tells the outcome later', async () => {
    await bot.stop();
    const gate = { open: (): void => undefined };
    const held = new Promise<void>((resolve) => {
      gate.open = resolve;
    });
    const runs: RunStore = {
      ...scratch.store.runs,
      async request(event) {
        await held;
        return await scratch.store.runs.request(event);
      },
    };
    const acks: number[] = [];
    const hasty = { ...slack, can: { ...slack.can, ackMs: 1_000 }, start: (given: Handlers) => slack.start(given) };
    bot = await build({
      runs,
      platforms: [hasty, discord],
      metrics: { ...NO_METRICS, onAck: (_platform, ms) => acks.push(ms) },
    });
    await bot.start();
    const early = await ask('check demo');
    expect(early).toMatchObject({ ok: false });
    expect(JSON.stringify(early.cards)).toMatch(/przyjęte/);
    expect(acks).toHaveLength(1);
    expect(acks[0]).toBeLessThan(1_000);
    const before = slack.notices.length;
    gate.open();
    await vi.waitFor(() => expect(slack.notices).toHaveLength(before + 1), PATIENCE);
    const [run] = await scratch.store.runs.list({ states: ['ready', 'queued'], cluster: 'demo' });
    await see(slack, 'C0000ASK', `run:${run?.id}`);
  });

  it('works on one platform while the other cannot be opened, and opens that later', async () => {
    await bot.stop();
    let broken = true;
    const dead: WallPlatform = {
      ...discord,
      start: (handlers) => (broken ? Promise.reject(new Error('unreachable')) : discord.start(handlers)),
    };
    bot = await build({ platforms: [slack, dead] });
    await bot.start();
    const { ok } = await ask('status demo');
    expect(ok).toBe(true);
    broken = false;
    await vi.waitFor(() => expect(discord.handlers).toBeDefined(), PATIENCE);
  });
});
