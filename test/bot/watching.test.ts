import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { plotPng } from '../../src/adapters/plot/png.ts';
import { createAlertSource } from '../../src/bot/alert-source.ts';
import { alertCards } from '../../src/bot/cards/alert.ts';
import { boardCard, PAGE_ROWS } from '../../src/bot/cards/board.ts';
import { conditionTexts } from '../../src/bot/cards/condition.ts';
import { cardsOf } from '../../src/bot/cards/of-run.ts';
import type { Layout } from '../../src/bot/layout.ts';
import type { Account, Answer, Finished } from '../../src/bot/platform.ts';
import type { Router } from '../../src/bot/router.ts';
import { createRouter } from '../../src/bot/router.ts';
import { withLag } from '../../src/bot/status-plot.ts';
import type { Button, Card } from '../../src/domain/card.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Point } from '../../src/domain/watch.ts';
import { pointOf } from '../../src/domain/watch.ts';
import type { Alert } from '../../src/domain/watch-alert.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { embeddedStore } from '../adapters/store/scratch.ts';
import { CASES, GONE } from '../domain/watch-cases.ts';
import { dead, host, sample } from '../domain/watches.ts';
import { alertsOf, fleet } from './alarms.ts';
import { contextIn } from './drawings.ts';
import { people } from './people.ts';
import { SCENES } from './scenes.ts';

const SILENT = sample({ primary: host('one', { server: dead() }), port: false, ready: 'silent', ...GONE });
const DOWN = sample({ standby: host('two', { server: dead('stopped') }), ...GONE });

const member = (account: string): Account => ({ platform: 'terminal', account, kind: 'member' });
const textOf = (cards: readonly Card[]): string => JSON.stringify(cards);
const fail = (key: string): never => {
  throw new Error(`${key} lacks a value`);
};
const onChats = (): Inventory => ({
  ...people(),
  platforms: {
    discord: {
      token: 'env:DISCORD',
      application: '1'.repeat(17),
      guild: '2'.repeat(17),
      channels: { ops: '111', approvals: '222' },
    },
  },
});
const finished = async (answer: Answer): Promise<Finished> => {
  if (answer.now === 'form') throw new Error('a form');
  return await answer.finish();
};

describe('alerts in the hands of people', () => {
  let scratch: Scratch;
  let router: Router;
  let alerts = 0;
  let deliveries = 0;

  beforeAll(async () => {
    scratch = await embeddedStore();
    const { runs, audit, watch } = scratch.store;
    const unused = (): never => fail('nobody');
    router = createRouter({
      inventory: people,
      links: { offer: unused, redeem: unused, remove: unused },
      runs,
      audit,
      watch,
      runbooks: RUNBOOKS,
      version: '0.0.0',
      signingKey: generateKeyPairSync('ed25519').privateKey,
      now: () => new Date(),
      wake: { advance: () => undefined },
      onMissing: fail,
      prefix: '/zapas',
    });
  });
  afterAll(() => scratch.remove());
  beforeEach(() => scratch.sql('delete from zapas.alert'));

  const raise = async (seen = SILENT): Promise<Alert> => {
    const [made] = alertsOf(seen);
    if (!made) throw new Error('nothing is wrong');
    const alert = { ...made, id: `a-${(alerts += 1)}` };
    await scratch.store.watch.putAlert(alert, 0);
    return alert;
  };
  const incoming = (account: string) => ({
    who: member(account),
    place: { platform: 'terminal' as const, channel: 'screen' },
    delivery: `d-${(deliveries += 1)}`,
  });
  const press = (account: string, { verb, payload }: Pick<Button, 'verb' | 'payload'>): Promise<Finished> =>
    finished(router.press({ ...incoming(account), verb, payload }));
  const say = (text: string, account = 'anna'): Promise<Finished> =>
    finished(router.command({ ...incoming(account), input: { text } }));
  const buttonsOf = async (alert: Alert): Promise<readonly Button[]> => {
    const now = await scratch.store.watch.alert(alert.id);
    return now ? alertCards(contextIn('en', fail), now).flatMap(({ buttons }) => buttons) : [];
  };
  const button = async (alert: Alert, verb: Button['verb']): Promise<Button> => {
    const found = (await buttonsOf(alert)).find((one) => one.verb === verb);
    return found ?? fail(verb);
  };

  it('Failover starts the ordinary run that a second person has to approve, in the name of whoever pressed, once', async () => {
    const alert = await raise();
    const failover = await button(alert, 'failover');
    const once = { ...incoming('anna'), verb: failover.verb, payload: failover.payload };
    const answers = await Promise.all([1, 2].map(() => finished(router.press(once))));
    const [run] = new Set(answers.map(({ follow }) => follow ?? ''));
    expect(answers.map(({ follow }) => follow)).toEqual([run, run]);
    expect(await scratch.store.runs.load(run ?? '')).toMatchObject({
      runbook: 'failover',
      cluster: 'demo',
      requester: { person: 'anna' },
      state: 'ready',
    });
  });

  it('Failover is offered only while the primary is silent, and refused when it is not any more', async () => {
    expect((await buttonsOf(await raise(DOWN))).map(({ verb }) => verb)).toEqual(['ack', 'snooze']);
    const alert = await raise();
    const failover = await button(alert, 'failover');
    await scratch.store.watch.putAlert({ ...alert, state: 'closed', version: 3 }, 2);
    const answer = await press('anna', failover);
    expect(answer.ok).toBe(false);
    expect(textOf(answer.cards)).toContain('/zapas status demo');
  });

  it('Failover needs the right to run one', async () => {
    expect(await press('jan', await button(await raise(), 'failover'))).toMatchObject({ ok: false });
  });

  it('is taken by a button or by a command; everybody sees by whom, and the buttons are gone', async () => {
    for (const take of [
      async (alert: Alert) => press('anna', await button(alert, 'ack')),
      (alert: Alert) => say(`ack ${alert.id}`),
    ]) {
      const alert = await raise(DOWN);
      expect(await take(alert)).toMatchObject({ ok: true });
      const taken = await scratch.store.watch.alert(alert.id);
      expect(taken?.held).toMatchObject({ by: { person: 'anna', platform: 'terminal' } });
      expect(await buttonsOf(alert)).toEqual([]);
      expect(textOf(taken ? alertCards(contextIn('pl', fail), taken) : [])).toContain('Zajmuje się tym Anna Nowak');
      await scratch.sql('delete from zapas.alert');
    }
  });

  it('is put off for an hour by a button, for as long as one wants by a command', async () => {
    const alert = await raise(DOWN);
    const hours = async (): Promise<number> => {
      const { held } = (await scratch.store.watch.alert(alert.id)) ?? {};
      return Math.round((Date.parse(held?.until ?? '') - Date.parse(held?.at ?? '')) / 3_600_000);
    };
    await press('anna', await button(alert, 'snooze'));
    expect(await hours()).toBe(1);
    await say(`snooze ${alert.id} 12`);
    expect(await hours()).toBe(12);
  });

  it.each([
    ['by one who may only look', 'jan', (id: string) => `ack ${id}`],
    ['by one of another site', 'obcy', (id: string) => `ack ${id}`],
    ['by nobody anybody knows', 'stranger', (id: string) => `ack ${id}`],
    ['that there is not', 'anna', () => 'ack a-nothing'],
  ])('is not taken %s', async (_, account, line) => {
    const alert = await raise(DOWN);
    expect(await say(line(alert.id), account)).toMatchObject({ ok: false });
    expect((await scratch.store.watch.alert(alert.id))?.held).toBeNull();
  });

  it('is taken though samples go on counting at the same moment', async () => {
    const alert = await raise(DOWN);
    const counting = scratch.store.watch.putAlert({ ...alert, bad: 3, version: 3 }, 2);
    const [answer] = await Promise.all([say(`ack ${alert.id}`), counting]);
    expect(answer).toMatchObject({ ok: true });
    expect((await scratch.store.watch.alert(alert.id))?.held).toMatchObject({ by: { person: 'anna' } });
  });

  it('is told in its site’s channels and language, and every change is called back', async () => {
    const source = createAlertSource({
      inventory: onChats,
      watch: scratch.store.watch,
      now: () => new Date(),
      onMissing: fail,
      prefix: '/zapas',
    });
    const heard: string[] = [];
    const stop = await source.watch((subject) => heard.push(subject));
    const alert = await raise();
    const subject = `alert:${alert.id}`;
    await vi.waitFor(() => expect(heard).toEqual([subject]), { timeout: 10_000 });
    await stop();
    expect(source.owns(subject)).toBe(true);
    expect(await source.current()).toEqual([subject]);
    const layout = await source.draw(subject, []);
    expect(layout?.over).toBe(false);
    expect(layout?.messages.map(({ place, card }) => [place.platform, place.channel, card.title])).toEqual([
      ['discord', '111', 'demo: serwer podstawowy nie odpowiada'],
    ]);
    expect(textOf(layout?.messages.map(({ card }) => card) ?? [])).toContain('/zapas failover demo');
  });

  it('the board is status without a cluster: filtered, paged by its button, without what one may not see', async () => {
    await raise(DOWN);
    await scratch.store.watch.keep({ ...DOWN, at: new Date().toISOString() });
    const board = await say('status');
    expect(board.cards[0]).toMatchObject({ id: 'board', tone: 'warning' });
    expect(textOf(board.cards)).toContain('serwer zapasowy nie działa');
    expect(textOf((await say('status --state ok')).cards)).not.toContain('serwer zapasowy nie działa');
    expect(textOf((await say('status --site clinic')).cards)).toContain('serwer zapasowy nie działa');
    expect(textOf((await say('status', 'obcy')).cards)).not.toContain('demo');
    expect((await press('anna', { verb: 'board', payload: 'all.2' })).cards[0]).toMatchObject({ id: 'board' });
  });
});

describe('the lag under a status', () => {
  const done = SCENES['status-fine']?.();
  const at = (minutesBefore: number): string =>
    new Date(Date.parse(done?.finishedAt ?? '') - minutesBefore * 60_000).toISOString();
  const laid = async (points: readonly Point[], run = done): Promise<Layout> => {
    if (!run) throw new Error('no scene');
    const places = ['one', 'two'].map((channel) => ({ platform: 'slack' as const, channel }));
    const [card] = cardsOf(contextIn('en', fail), run);
    const messages = card ? places.map((place) => ({ place, card, priority: 'final' as const })) : [];
    const deps = { inventory: people, watch: { history: () => Promise.resolve(points) }, paint: plotPng };
    return await withLag(deps, contextIn('en', fail), run, { messages, over: true });
  };
  const point = (minutesBefore: number): Point => ({ ...pointOf(sample()), at: at(minutesBefore) });

  it('is a picture with words, in the thread of each of its messages, of the hours before it', async () => {
    const { messages } = await laid([point(90), point(89), point(-5)]);
    const pictures = messages.filter(({ file }) => file !== undefined);
    expect(pictures.map(({ place, under }) => [place.channel, under])).toEqual([
      ['one', `run:${done?.id}`],
      ['two', `run:${done?.id}`],
    ]);
    expect(pictures[0]?.file).toMatchObject({ name: 'lag-demo.png' });
    expect(pictures[0]?.file?.alt).toContain('Lag of demo from');
    expect((pictures[0]?.file?.content ?? []).length).toBeGreaterThan(1_000);
  });

  it('is left away where nothing was measured, and under everything else', async () => {
    expect((await laid([])).messages).toHaveLength(2);
    expect((await laid([point(9)], SCENES['check-fine']?.())).messages).toHaveLength(2);
  });
});

describe.each(['en', 'pl'] as const)('texts of what can be wrong (%s)', (language) => {
  it.each(CASES.filter(([, , ids]) => ids.length > 0))('%s', (_, over) => {
    for (const alert of alertsOf(sample(over))) {
      for (const condition of alert.conditions) {
        const { title, cause, next } = conditionTexts(contextIn(language, fail), 'demo', condition);
        expect([title, cause, next].filter((words) => words.trim() === '' || /[{}]|undefined|NaN/.test(words))).toEqual(
          [],
        );
      }
    }
  });
});

describe('a board of 300 pairs', () => {
  it('shows the worst first, a page at a time, far below what any platform takes', () => {
    const rows = fleet(300, 40);
    const order = ['failed', 'warning', 'unknown', 'ok'];
    const ranks = rows.map(({ state }) => order.indexOf(state));
    expect(ranks).toEqual(ranks.toSorted((one, other) => one - other));
    const context = contextIn('pl', fail);
    const pages = Array.from({ length: 25 }, (_, index) => boardCard(context, rows, { page: index + 1 }));
    const shown = pages.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'list' ? block.items.map(({ title }) => title) : [])),
    );
    expect(new Set(shown).size).toBe(300);
    const turns = pages.map(({ buttons }) => buttons.map(({ payload }) => payload));
    expect(turns).toEqual(
      pages.map((_, index) =>
        [index, index + 2].filter((page) => page >= 1 && page <= 25).map((page) => `all.${page}`),
      ),
    );
    expect(PAGE_ROWS).toBeLessThanOrEqual(15);
    expect(Math.max(...pages.map((card) => JSON.stringify(card).length))).toBeLessThan(4_000);
  });
});
