import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LinkBook } from '../../src/bot/link-book.ts';
import { openLinkBook } from '../../src/bot/link-book.ts';
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

const VENDOR_COMMAND =
  'pg_basebackup.exe --pgdata="../data" --format=p --write-recovery-conf --checkpoint=fast --host= --port=5432 ' +
  '--username=replication --replication-password=S3cret -M "C:\\cert\\root.crt" -o "C:\\cert\\c.crt" -O "C:\\cert\\c.key"';

describe('a router', () => {
  let scratch: Scratch;
  let router: Router;
  let links: LinkBook;
  let deliveries = 0;

  beforeAll(async () => {
    scratch = await embeddedStore();
    links = await openLinkBook(scratch.store.links, people);
  });
  afterAll(async () => {
    links.close();
    await scratch.remove();
  });
  beforeEach(() => {
    router = createRouter({
      inventory: () => links.inventory(),
      links,
      runs: scratch.store.runs,
      audit: scratch.store.audit,
      watch: scratch.store.watch,
      runbooks: RUNBOOKS,
      version: '0.0.0',
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

  const codeIn = async (from: Account): Promise<string> => {
    const { cards } = await say('link', from);
    const [code] = /[A-Z0-9]{5}-[A-Z0-9]{5}/.exec(textOf(cards)) ?? [];
    if (code === undefined) throw new Error('no code');
    return code;
  };

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

  describe('linking', () => {
    it('lets a person act from an account after the code of another was typed there, in any spelling', async () => {
      const other = member('U0ANNA', 'slack');
      expect(await say('status demo', other)).toMatchObject({ ok: false });
      const code = await codeIn(member('anna'));
      expect(await say(`link ${code.toLowerCase().replace('-', ' ')}`, other)).toMatchObject({ ok: true });
      const { follow = '' } = await say('status demo', other);
      expect((await scratch.store.runs.load(follow))?.requester).toEqual({ person: 'anna', platform: 'slack' });
      expect(await say('unlink slack', member('anna'))).toMatchObject({ ok: true });
      expect(await say('status demo', other)).toMatchObject({ ok: false });
    });

    it('makes no second person of one: what was asked with one account is not approved with the other', async () => {
      const other = member('100200300400500600', 'discord');
      expect(await say(`link ${await codeIn(member('anna'))}`, other)).toMatchObject({ ok: true });
      const run = await wait(scratch.store);
      const payload = payloadOf({ run: run.id, gate: 1, cluster: run.cluster });
      const sent = await finished(
        router.submit({ ...incoming(other), verb: 'approve', payload, values: { name: run.cluster } }),
      );
      expect(sent.ok).toBe(false);
      const { event } = (await scratch.store.audit.read(run.id)).at(-1) ?? {};
      expect(event).toMatchObject({ type: 'refused', error: { code: 'approval.same-person' } });
      await say('unlink discord', member('anna'));
    });

    it.each(['guest', 'bot', 'external', 'gone'] as const)('is not for a %s', async (kind) => {
      const code = await codeIn(member('jan'));
      expect(await say(`link ${code}`, { ...member('U0X', 'slack'), kind })).toMatchObject({ ok: false });
    });

    it('refuses wrong codes, and codes typed where somebody is linked already', async () => {
      expect(await say('link AAAAA-AAAAA', member('U0Y', 'slack'))).toMatchObject({ ok: false });
      expect(await say(`link ${await codeIn(member('jan'))}`, member('anna'))).toMatchObject({ ok: false });
      expect(await say('link', member('U0Y', 'slack'))).toMatchObject({ ok: false });
    });
  });

  it('asks for what is missing by a form of what the person may see, keeping what was typed', async () => {
    const opened = router.command({ ...incoming(member('anna')), input: { text: 'logs --lines 7' } });
    expect(opened).toMatchObject({
      now: 'form',
      form: {
        verb: 'command',
        payload: 'logs',
        fields: [
          { kind: 'choice', name: 'cluster', required: true, options: [{ value: 'demo' }] },
          { kind: 'choice', name: 'host' },
          { kind: 'text', name: 'lines', initial: '7' },
          { kind: 'choice', name: 'sinceStart' },
        ],
      },
    });
    const values = { cluster: 'demo', lines: '7', host: 'standby', sinceStart: '' };
    const done = await finished(
      router.submit({ ...incoming(member('anna')), verb: 'command', payload: 'logs', values }),
    );
    const run = await scratch.store.runs.load(done.follow ?? '');
    expect(run).toMatchObject({ runbook: 'logs', options: { lines: 7, host: 'standby' } });
    // Somebody without rights anywhere is told so; no form shows them names.
    expect(router.command({ ...incoming(member('nobody')), input: { text: 'logs' } }).now).toBe('work');
  });

  it('takes the vendor’s command only in a form, and keeps no password of it (M14)', async () => {
    const opened = router.command({ ...incoming(member('anna')), input: { text: 'import' } });
    expect(opened).toMatchObject({ now: 'form', form: { verb: 'import' } });
    expect(await say('import pg_basebackup --pgdata=x')).toMatchObject({ ok: false });
    const send = (text: string): Promise<Finished> =>
      finished(router.submit({ ...incoming(member('ewa')), verb: 'import', payload: 'import', values: { text } }));
    const done = await send(VENDOR_COMMAND);
    expect(done.ok).toBe(true);
    const shown = textOf(done.cards);
    expect(shown).toContain('basebackup: vendor');
    expect(shown).toContain('did not keep it');
    expect(shown).not.toContain('S3cret');
    expect(await send('rm -rf /')).toMatchObject({ ok: false });
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
