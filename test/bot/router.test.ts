import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Account, Answer, Finished } from '../../src/bot/platform.ts';
import type { Router } from '../../src/bot/router.ts';
import { createRouter } from '../../src/bot/router.ts';
import type { Card } from '../../src/domain/card.ts';
import { payloadOf, targetOf, VERBS } from '../../src/domain/card.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { embeddedStore, type Scratch } from '../adapters/store/scratch.ts';
import { wait } from '../contracts/run-store.ts';
import { people } from './people.ts';

const keys = generateKeyPairSync('ed25519');
const PLACE = { platform: 'slack', channel: 'C1' } as const;
const member = (account: string, platform: Account['platform'] = 'terminal'): Account => ({
  platform,
  account,
  kind: 'member',
});

const finished = async (answer: Answer): Promise<Finished> => {
  if (answer.now === 'form') throw new Error('a form');
  return await answer.finish();
};
const textOf = (cards: readonly Card[]): string => JSON.stringify(cards);

describe('a router', () => {
  let scratch: Scratch;
  let router: Router;
  let deliveries = 0;

  beforeAll(async () => {
    scratch = await embeddedStore();
  });
  afterAll(async () => await scratch.remove());
  beforeEach(() => {
    router = createRouter({
      inventory: people,
      runs: scratch.store.runs,
      audit: scratch.store.audit,
      runbooks: RUNBOOKS,
      signingKey: keys.privateKey,
      now: () => new Date(),
      wake: { advance: () => undefined },
      onMissing: (key, names) => {
        throw new Error(`${key} lacks ${names.join()}`);
      },
      prefix: '/zapas',
    });
  });

  const incoming = (who: Account) => ({ who, place: PLACE, delivery: `d-${(deliveries += 1)}` });
  const say = (text: string, who = member('anna')): Promise<Finished> =>
    finished(router.command({ ...incoming(who), input: { text } }));

  const complete = (typed: string, account = 'anna'): readonly string[] => router.complete(member(account), typed);

  it('answers a command with the run to follow', async () => {
    const done = await say('status demo');
    expect(done).toMatchObject({ ok: true });
    expect((await scratch.store.runs.load(done.follow ?? ''))?.runbook).toBe('status');
  });

  it('does a delivery once, however often it comes', async () => {
    const once = incoming(member('anna'));
    const runs = await Promise.all(
      [1, 2, 3].map(() => finished(router.command({ ...once, input: { text: 'logs demo' } }))),
    );
    expect(new Set(runs.map(({ follow }) => follow)).size).toBe(1);
  });

  it('takes structured options like typed ones', async () => {
    const done = await finished(
      router.command({ ...incoming(member('anna')), input: { name: 'logs', values: { cluster: 'demo', lines: 9 } } }),
    );
    expect((await scratch.store.runs.load(done.follow ?? ''))?.options).toMatchObject({ lines: 9 });
  });

  it('speaks the reader’s language, with commands as they are typed there', async () => {
    expect(textOf((await say('statsu demo')).cards)).toContain(
      'Czy chodziło o: status? Wszystkie polecenia: /zapas help',
    );
    expect(textOf((await say('statsu demo', member('ewa'))).cards)).toContain(
      'Did you mean: status? All commands: /zapas help',
    );
    expect(textOf((await say('logs demo --lines', member('ewa'))).cards)).toContain('lines has no value');
  });

  it.each(['guest', 'bot', 'external', 'gone'] as const)(
    'knows no %s, whatever the inventory says of the account',
    async (kind) => {
      const who = { ...member('U-EWA', 'slack'), kind };
      for (const text of ['status demo', 'runs', 'who', 'audit', 'help'])
        expect(await say(text, who)).toMatchObject({ ok: false });
      expect(router.complete(who, 'status ')).toEqual([]);
      const run = await wait(scratch.store);
      const payload = payloadOf({ run: run.id, gate: 1, cluster: run.cluster });
      const sent = await finished(
        router.submit({ ...incoming(who), verb: 'approve', payload, values: { name: run.cluster } }),
      );
      expect(sent).toMatchObject({ ok: false });
      expect((await scratch.store.runs.load(run.id))?.state).toBe('waiting');
    },
  );

  it('opens a form for an approval without looking anything up, and judges what comes back', async () => {
    const run = await wait(scratch.store);
    const payload = payloadOf({ run: run.id, gate: 1, cluster: run.cluster });
    const opened = router.press({ ...incoming(member('piotr')), verb: 'approve', payload });
    expect(opened).toMatchObject({
      now: 'form',
      form: { fields: [{ kind: 'typed', expected: run.cluster }, { name: 'note' }] },
    });
    const send = (values: Record<string, string>): Promise<Finished> =>
      finished(router.submit({ ...incoming(member('piotr')), verb: 'approve', payload, values }));
    expect((await send({ name: 'x' })).ok).toBe(false);
    expect(await send({ name: run.cluster, note: '' })).toMatchObject({ ok: true, follow: run.id });
    expect(textOf((await send({ name: run.cluster })).cards)).toContain('Decyzja już zapadła: zgoda, Piotr Zieliński');
  });

  it('takes buttons of every kind, old ones too: each gets an answer', async () => {
    const payloads = ['nosuchrn', 'nosuchrn.1.demo', '', 'x y', '../../etc'];
    const presses = VERBS.flatMap((verb) => payloads.map((payload) => ({ verb, payload })));
    const answers = presses.map((press) => router.press({ ...incoming(member('ewa')), ...press }));
    const cards = await Promise.all(
      answers.map(async (one) => (one.now === 'form' ? 1 : (await one.finish()).cards.length)),
    );
    expect(cards.filter((count) => count === 0)).toEqual([]);
  });

  it('shows a person only what they may see', async () => {
    const run = await wait(scratch.store);
    expect((await say(`run ${run.id}`, member('jan'))).ok).toBe(true);
    for (const text of [`run ${run.id}`, `audit ${run.id}`, `cancel ${run.id}`])
      expect([text, textOf((await say(text, member('obcy'))).cards)]).toEqual([
        text,
        expect.stringContaining('nie może tego zrobić w placówce Przychodnia Zdrowie'),
      ]);
    expect(textOf((await say('runs', member('obcy'))).cards)).not.toContain(run.id);
    expect(textOf((await say('help', member('jan'))).cards)).not.toContain('failover');
    expect(textOf((await say('help')).cards)).toContain('/zapas failover <cluster>');
    expect((await say('audit', member('jan'))).ok).toBe(false);
    expect((await say('audit', member('piotr'))).ok).toBe(true);
  });

  it('completes commands, clusters, options and choices a person may use', () => {
    expect(complete('fa')).toEqual(['failover']);
    expect(complete('fa', 'jan')).toEqual([]);
    expect(complete('status ')).toEqual(['demo']);
    expect(complete('status ', 'obcy')).toEqual([]);
    expect(complete('logs demo --')).toEqual(['--cluster', '--host', '--lines', '--since-start']);
    expect(complete('logs demo --host st')).toEqual(['standby']);
    expect(complete('help se')).toEqual(['setup', 'settle']);
  });
});

describe('the payload of a button', () => {
  it('comes back as the same target, and stays short', () => {
    const target = { run: 'k7m29qtx', gate: 999_999, cluster: 'c'.repeat(40) };
    expect(targetOf(payloadOf(target))).toEqual(target);
    expect(`abandon:${payloadOf(target)}`.length).toBeLessThanOrEqual(100);
    expect(targetOf('k7m29qtx')).toEqual({ run: 'k7m29qtx' });
    for (const wrong of ['', 'a b', 'a.0', 'a.1.B', 'a.1.b.c', '$(x)']) expect(targetOf(wrong)).toBeUndefined();
  });
});
