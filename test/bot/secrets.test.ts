import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretSink } from '../../src/adapters/secrets/sink.ts';
import type { Account, Answer, Finished } from '../../src/bot/platform.ts';
import type { Router } from '../../src/bot/router.ts';
import { createRouter } from '../../src/bot/router.ts';
import { createSecretForms } from '../../src/bot/web/secret-forms.ts';
import { secretPath, secretRoutes } from '../../src/bot/web/secret-pages.ts';
import type { WebServer } from '../../src/bot/web/server.ts';
import { createWebServer } from '../../src/bot/web/server.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { secretUses } from '../../src/domain/secret-refs.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { embeddedStore } from '../adapters/store/scratch.ts';
import { wait } from '../contracts/run-store.ts';
import { people } from './people.ts';
import { post } from './web/http.ts';

const CANARY = 'Kan4rek-ł"9f3a7c2e';
const PLACE = { platform: 'slack', channel: 'C1' } as const;
const EWA: Account = { platform: 'terminal', account: 'ewa', kind: 'member' };
const PIOTR: Account = { platform: 'terminal', account: 'piotr', kind: 'member' };

/** Everything the text could have become on its way. */
function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const wide = Buffer.from(text, 'utf16le');
  const escaped = JSON.stringify(text).slice(1, -1);
  return [
    text,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    encodeURIComponent(text),
    bytes.toString('hex'),
    ...[bytes, wide].flatMap((one) => (['base64', 'base64url'] as const).map((way) => one.toString(way).slice(0, -3))),
  ];
}

/** What was said to people, and to the log. */
const said: string[] = [];
const note = (fields: object): void => void said.push(JSON.stringify(fields));
const warn = (fields: object, message: string): void => void said.push(message + JSON.stringify(fields));
const nobody = (): never => {
  throw new Error('not here');
};
const finish = async (answer: Answer): Promise<Finished> => {
  if (answer.now === 'form') throw new Error('a form');
  const finished = await answer.finish();
  said.push(JSON.stringify(finished));
  return finished;
};

describe('a secret', () => {
  let scratch: Scratch;
  let directory: string;
  let server: WebServer;
  let origin = '';
  let router: Router;
  const woken: unknown[] = [];
  let deliveries = 0;
  const ref = (): `file:${string}` => `file:${join(directory, 'backup')}`;

  const inventory = (): Inventory => {
    const base = people();
    const clinic = base.sites['clinic'];
    const demo = clinic?.clusters['demo'];
    const ewa = base.people['ewa'];
    if (!clinic || !demo || !ewa) throw new Error('no demo');
    const admin = { role: 'admin', sites: ['clinic', 'other'] } as const;
    return {
      ...base,
      sites: { ...base.sites, clinic: { ...clinic, clusters: { demo: { ...demo, backupPassword: ref() } } } },
      people: { ...base.people, ewa: { ...ewa, roles: [...ewa.roles, { ...admin, sites: [...admin.sites] }] } },
    };
  };

  beforeAll(async () => {
    scratch = await embeddedStore();
    directory = await mkdtemp(join(tmpdir(), 'zapas-canary-'));
    const forms = createSecretForms();
    const sink = createSecretSink(() => secretUses(inventory()).map((use) => use.ref));
    const routes = secretRoutes({ forms, sink, personOf: () => undefined, note });
    const settings = { listen: '127.0.0.1:0' };
    server = createWebServer({ settings, routes: () => routes, warn });
    origin = await server.start();
    router = createRouter({
      inventory,
      runs: scratch.store.runs,
      audit: scratch.store.audit,
      watch: scratch.store.watch,
      links: { offer: nobody, redeem: nobody, remove: nobody },
      openSecretForm: (request) => origin + secretPath(forms.open(request)),
      runbooks: RUNBOOKS,
      version: '0.0.0',
      signingKey: generateKeyPairSync('ed25519').privateKey,
      now: () => new Date(),
      wake: { advance: (run) => void woken.push(run) },
      onMissing: nobody,
      prefix: '/zapas',
    });
  });
  afterAll(async () => {
    await server.stop();
    await scratch.remove();
    await rm(directory, { recursive: true });
  });

  const incoming = (who: Account) => ({ who, place: PLACE, delivery: `d-${(deliveries += 1)}` });
  const type = (text: string, who = EWA): Promise<Finished> =>
    finish(router.command({ ...incoming(who), input: { text } }));
  /** Every row of every table. */
  const store = async (): Promise<string> => {
    const tables = await scratch.sql<{ name: string }>(
      "select format('%I.%I', table_schema, table_name) as name from information_schema.tables where table_schema in ('zapas', 'bullmq') and table_type = 'BASE TABLE'",
    );
    const rows = await Promise.all(
      tables.map(({ name }) => scratch.sql<{ row: string }>(`select t::text as row from ${name} t`)),
    );
    expect(tables.length).toBeGreaterThan(5);
    return rows
      .flat()
      .map(({ row }) => row)
      .join('\n');
  };
  const expectNowhere = async (text: string): Promise<void> => {
    const everything = [await store(), ...said, JSON.stringify(woken)].join('\n');
    expect(formsOf(text).filter((form) => everything.includes(form))).toEqual([]);
  };

  it('gets a link that is shown to whoever asked, and goes from the form into its file and nowhere else', async () => {
    const { ok, cards } = await type(`secret ${ref()}`);
    expect(ok).toBe(true);
    const url = new URL(cards[0]?.link?.url ?? '');
    expect(url.origin).toBe(origin);
    expect((await post(origin, url.pathname, { secret: CANARY })).status).toBe(200);
    expect(await readFile(join(directory, 'backup'), 'utf8')).toBe(`${CANARY}\n`);
    await expectNowhere(CANARY);
  });

  it('is asked for in a form when it is not named, of those the person may replace', () => {
    const opened = router.command({ ...incoming(EWA), input: { text: 'secret' } });
    const options = [{ value: 'file:/etc/zapas/id_ed25519' }, { value: ref() }];
    expect(opened).toMatchObject({ now: 'form', form: { fields: [{ name: 'ref', options }] } });
    expect(router.complete(EWA, 'secret file:/e')).toEqual(['file:/etc/zapas/id_ed25519']);
  });

  it('is none of the business of whoever is no administrator of every site it serves', async () => {
    expect(await type(`secret ${ref()}`, PIOTR)).toMatchObject({ ok: false });
    expect(said.at(-1)).toContain('secret.unknown');
    expect(await type('secret file:/etc/passwd')).toMatchObject({ ok: false });
    expect(router.complete(PIOTR, 'secr')).toEqual([]);
  });

  it.each([
    (run: string) => `reject ${run} hasło: ${CANARY}`,
    (run: string) => `approve ${run} demo --note "postgres://zapas:${CANARY}@host/db"`,
    () => `status demo --password ${CANARY}`,
    () => `secret ${CANARY}`,
    () => `secret file:/etc/zapas/id_ed25519 ${CANARY}`,
    () => `secret --ref ${CANARY} --value ${CANARY}`,
    () => `secret ${CANARY.repeat(40)}`,
  ])('that somebody types is refused unheard, and stands nowhere (%#)', async (line) => {
    const run = await wait(scratch.store);
    expect(await type(line(run.id))).toMatchObject({ ok: false });
    expect(said.at(-1)).toMatch(/secret\.(?:seen|unknown)/);
    expect((await scratch.store.runs.load(run.id))?.state).toBe('waiting');
    await expectNowhere(CANARY);
  });

  it('in a form’s note is refused, too', async () => {
    const run = await wait(scratch.store);
    const payload = `${run.id}.1.${run.cluster}`;
    const values = { name: run.cluster, note: `password=${CANARY}` };
    expect(await finish(router.submit({ ...incoming(PIOTR), verb: 'approve', payload, values }))).toMatchObject({
      ok: false,
    });
    expect((await scratch.store.runs.load(run.id))?.state).toBe('waiting');
    await expectNowhere(CANARY);
  });

  it('in options that a platform has told apart is refused, too', async () => {
    const input = { name: 'reject', values: { run: 'k7m29qtx', note: `token=${CANARY}` } };
    expect(await finish(router.command({ ...incoming(PIOTR), input }))).toMatchObject({ ok: false });
    await expectNowhere(CANARY);
  });
});
