import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebConsole } from '../../../src/bot/platforms/web/web.ts';
import { createWebConsole } from '../../../src/bot/platforms/web/web.ts';
import { createRouter } from '../../../src/bot/router.ts';
import { assetRoutes } from '../../../src/bot/web/assets.ts';
import type { WebServer } from '../../../src/bot/web/server.ts';
import { createWebServer } from '../../../src/bot/web/server.ts';
import { createSignIn } from '../../../src/bot/web/sign-in.ts';
import type { WebSettings } from '../../../src/domain/platform-settings.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import type { Scratch } from '../../adapters/store/scratch.ts';
import { embeddedStore } from '../../adapters/store/scratch.ts';
import { wait } from '../../contracts/run-store.ts';
import { peopleOnTheWeb } from '../../fakes/web/people.ts';
import type { Answer } from './http.ts';
import { ask, post } from './http.ts';
import { readMarkup } from './markup.ts';

const LOCAL: WebSettings = { listen: '127.0.0.1:0' };
const PROXIED: WebSettings = { ...LOCAL, signOn: { header: 'X-Forwarded-User', proxies: ['127.0.0.0/8'] } };
const DISTRUSTED: WebSettings = { ...LOCAL, signOn: { header: 'X-Forwarded-User', proxies: ['10.0.0.0/8', '::1'] } };

interface Served {
  readonly origin: string;
  readonly console: WebConsole;
  keyPath(account: string): string;
  /** Signs in by the key and gives the headers that go on from there. */
  as(account: string): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

const unused = (): never => {
  throw new Error('not here');
};

/** The first page, as a proxy would ask for it. */
const by = async ({ origin }: Served, headers: Record<string, string>): Promise<number> =>
  (await ask(origin, '/', { headers })).status;

async function serve({ store }: Scratch, settings: WebSettings): Promise<Served> {
  const router = createRouter({
    inventory: peopleOnTheWeb,
    runs: store.runs,
    audit: store.audit,
    watch: store.watch,
    links: { offer: unused, redeem: unused, remove: unused },
    runbooks: RUNBOOKS,
    version: '0.0.0',
    signingKey: generateKeyPairSync('ed25519').privateKey,
    now: () => new Date(),
    wake: { advance: () => undefined },
    onMissing: unused,
    prefix: 'zapas',
  });
  const signIn = createSignIn(settings);
  const warn = unused;
  const { runs, audit, board, watch } = store;
  const web = createWebConsole({
    board,
    signIn,
    inventory: peopleOnTheWeb,
    runs,
    audit,
    watch,
    now: () => new Date(),
    warn,
  });
  await web.start(router);
  const routes = [...signIn.routes, ...assetRoutes(), ...web.routes];
  const server: WebServer = createWebServer({ settings, routes: () => routes, warn });
  const origin = await server.start();
  return {
    origin,
    console: web,
    keyPath: (account) => signIn.keyPath({ platform: 'web', account }),
    async as(account) {
      const { headers } = await ask(origin, signIn.keyPath({ platform: 'web', account }));
      return { cookie: (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '' };
    },
    async stop() {
      await web.stop();
      await server.stop();
    },
  };
}

describe('the web console over HTTP', () => {
  let scratch: Scratch;
  let served: Served;
  beforeAll(async () => {
    scratch = await embeddedStore();
    served = await serve(scratch, LOCAL);
  });
  afterAll(async () => {
    await served.stop();
    await scratch.remove();
  });

  const get = async (path: string, account?: string): Promise<Answer> =>
    await ask(served.origin, path, { headers: account === undefined ? {} : await served.as(account) });
  const act = async (path: string, account: string, values: Record<string, string>): Promise<Answer> =>
    await post(served.origin, path, { channel: 'ops', nonce: 'n', back: '/', ...values }, await served.as(account));

  describe('signing in', () => {
    it('is needed for every page and every act; the style alone is for everybody', async () => {
      const run = await wait(scratch.store);
      const pages = [
        '/',
        '/waiting',
        '/messages/ops',
        '/runs',
        `/runs/${run.id}`,
        `/runs/${run.id}/audit`,
        '/audit',
        '/complete',
        '/events',
        '/files/1',
      ];
      for (const path of pages) {
        const { status, text } = await get(path);
        expect([path, status]).toEqual([path, 401]);
        expect(text).not.toContain(run.id);
      }
      for (const path of ['/do/command', '/do/press', '/do/submit', '/do/dismiss'])
        expect((await post(served.origin, path, { channel: 'ops', line: 'help' })).status).toBe(401);
      expect((await get('/assets/console.css')).status).toBe(200);
    });

    it('by a key sets a cookie that no script and no foreign page gets at', async () => {
      expect(served.keyPath('ewa')).toMatch(/^\/sign-in\?key=[\w-]{43}$/);
      const wrong = await get(`/sign-in?key=${'A'.repeat(43)}`);
      expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined]);
      expect((await get('/sign-in')).status).toBe(401);
      const { headers, status } = await ask(served.origin, served.keyPath('ewa'));
      expect([status, headers.location]).toEqual([303, '/']);
      expect(headers['set-cookie']?.[0]).toMatch(
        /^zapas=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
      );
    });

    it('ends with signing out, and a made-up session is none', async () => {
      const headers = await served.as('ewa');
      expect((await ask(served.origin, '/', { headers })).status).toBe(200);
      await post(served.origin, '/sign-out', {}, headers);
      expect((await ask(served.origin, '/', { headers })).status).toBe(401);
      expect((await ask(served.origin, '/', { headers: { cookie: 'zapas=' } })).status).toBe(401);
      expect((await ask(served.origin, '/', { headers: { cookie: `zapas=${'A'.repeat(43)}` } })).status).toBe(401);
    });

    it('by a header is nothing where no proxy was named', async () => {
      expect((await ask(served.origin, '/', { headers: { 'x-forwarded-user': 'ewa' } })).status).toBe(401);
    });

    it('by a header is believed of trusted proxies alone, and one name at a time', async () => {
      const proxied = await serve(scratch, PROXIED);
      const distrusted = await serve(scratch, DISTRUSTED);
      expect(await by(proxied, { 'x-forwarded-user': 'ewa' })).toBe(200);
      expect(await by(proxied, {})).toBe(401);
      for (const spoof of ['ewa, jan', 'ewa jan', '', 'x'.repeat(64)])
        expect([spoof, await by(proxied, { 'x-forwarded-user': spoof })]).toEqual([spoof, 401]);
      // A client that reaches the server past the proxy, whatever else it claims.
      expect(await by(distrusted, { 'x-forwarded-user': 'ewa', 'x-forwarded-for': '10.0.0.1' })).toBe(401);
      await proxied.stop();
      await distrusted.stop();
    });

    it('by a key is closed where a proxy signs people in', async () => {
      const proxied = await serve(scratch, PROXIED);
      expect(await proxied.as('ewa')).toEqual({ cookie: '' });
      await proxied.stop();
    });
  });

  it('acts for nobody but whoever is signed in, from its own pages', async () => {
    const run = await wait(scratch.store);
    const body = { verb: 'approve', payload: `${run.id}.1.${run.cluster}`, 'field.name': run.cluster, channel: 'ops' };
    const headers = await served.as('piotr');
    const foreign = await post(served.origin, '/do/submit', body, { ...headers, origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect((await scratch.store.runs.load(run.id))?.state).toBe('waiting');
    expect(
      (await post(served.origin, '/do/submit', { ...body, back: '//evil.example' }, headers)).headers.location,
    ).toBe('/');
    expect((await scratch.store.runs.load(run.id))?.state).toBe('ready');
  });

  it('holds to the same rules of approval: not the requester, not without the name, not a viewer', async () => {
    const run = await wait(scratch.store);
    const approve = (account: string, name: string): Promise<Answer> =>
      act('/do/submit', account, { verb: 'approve', payload: `${run.id}.1.${run.cluster}`, 'field.name': name });
    await approve(run.requester.person, run.cluster);
    await approve('jan', run.cluster);
    await approve('piotr', 'demoo');
    await approve('nobody-known', run.cluster);
    expect((await scratch.store.runs.load(run.id))?.state).toBe('waiting');
    const refused = (await scratch.store.audit.read(run.id)).flatMap(({ event }) =>
      event.type === 'refused' ? [event.error.code] : [],
    );
    expect(refused).toEqual([
      'approval.same-person',
      'approval.not-approver',
      'approval.wrong-name',
      'approval.unlinked',
    ]);
    expect((await get('/', 'jan')).text).toContain('kto');
  });

  it('shows runs, logs and trails to those who may see them; to others there are none', async () => {
    const run = await wait(scratch.store);
    expect((await get(`/runs/${run.id}`, 'jan')).text).toContain(run.id);
    for (const path of [`/runs/${run.id}`, `/runs/${run.id}/audit`, `/runs/${run.id}/log`, '/runs/nosuchrn'])
      expect([path, (await get(path, 'obcy')).status]).toEqual([path, 404]);
    expect((await get('/runs', 'obcy')).text).not.toContain(run.id);
    expect((await get('/waiting', 'obcy')).text).not.toContain(run.id);
    expect((await get(`/runs/${run.id}/audit`, 'jan')).status).toBe(404);
    expect((await get('/audit', 'jan')).status).toBe(403);
    expect((await get(`/runs/${run.id}/audit`, 'piotr')).text).toContain('gate-opened');
    expect((await get('/audit', 'piotr')).text).toContain(run.id);
  });

  it('shows a message to those who may see what it is about', async () => {
    const run = await wait(scratch.store);
    const card = {
      id: `run:${run.id}`,
      rev: 1,
      tone: 'info',
      title: 'Secret plans of the clinic',
      blocks: [],
      buttons: [],
      fallback: '',
    } as const;
    const ref = await served.console.publish({ platform: 'web', channel: 'ops' }, card, card.id);
    await served.console.upload(ref, { name: 'lag.png', alt: 'Lag', content: new Uint8Array([1]) });
    const file = /\/files\/(\d+)/.exec((await get('/messages/ops', 'jan')).text)?.[0] ?? '';
    expect((await get(file, 'jan')).headers['content-type']).toBe('image/png');
    expect((await get('/messages/ops', 'obcy')).text).not.toContain('Secret plans');
    expect((await get(file, 'obcy')).status).toBe(404);
    expect((await get('/messages/ops', 'nobody-known')).text).not.toContain('Secret plans');
    expect((await get('/messages/secret-channel', 'jan')).status).toBe(404);
  });

  it('hands a file to one person, who saves it: it is never opened as a page of the console', async () => {
    const to = { platform: 'web', account: 'anna', kind: 'member' } as const;
    const content = Buffer.from('<script>alert(1)</script>');
    await served.console.hand(to, { platform: 'web', channel: 'ops' }, { name: 'a "b".html', content, alt: 'Report' });
    const page = (await get('/', 'anna')).text;
    const file = /\/answers\/[\w-]+/.exec(page)?.[0] ?? 'none';
    expect(page).toContain('a &quot;b&quot;.html');
    const saved = await get(file, 'anna');
    expect(saved.status).toBe(200);
    expect(saved.text).toBe(content.toString());
    expect(saved.headers['content-type']).toBe('application/octet-stream');
    expect(saved.headers['content-disposition']).toBe('attachment; filename="a__b_.html"');
    expect(saved.headers['content-security-policy']).toContain("default-src 'none'");
    expect(saved.headers['x-content-type-options']).toBe('nosniff');
    expect((await get(file, 'jan')).status).toBe(404);
    expect((await get('/', 'jan')).text).not.toContain(file);
  });

  it('has a run’s report behind a button of the run’s page, for whoever may see the run', async () => {
    const run = await wait(scratch.store);
    const page = (await get(`/runs/${run.id}`, 'jan')).text;
    expect(page).toMatch(new RegExp(`name="line" value="report ${run.id}"[^]*Raport z przebiegu</button>`));
    await act('/do/command', 'jan', { line: `report ${run.id}`, nonce: 'report', back: `/runs/${run.id}` });
    const trail = await scratch.store.audit.read(run.id);
    expect(trail.at(-1)?.event).toMatchObject({ type: 'report-taken', by: { person: 'jan', platform: 'web' } });
  });

  it('keeps private answers private', async () => {
    await act('/do/command', 'ewa', { line: 'who', nonce: 'private' });
    const note = /data-key="(note-\w+)"/.exec((await get('/', 'ewa')).text)?.[1] ?? 'none';
    expect(note).not.toBe('none');
    expect((await get('/', 'jan')).text).not.toContain(note);
  });

  it('goes on to the run that a command started, and starts it once however often it is sent', async () => {
    const sent = { line: 'check demo', nonce: 'same' };
    const [one, other] = await Promise.all([act('/do/command', 'anna', sent), act('/do/command', 'anna', sent)]);
    expect(one.headers.location).toMatch(/^\/runs\/[a-z0-9]{8}$/);
    expect(other.headers.location).toBe(one.headers.location);
    const again = await act('/do/command', 'anna', { ...sent, nonce: 'another page' });
    expect(again.headers.location).not.toBe(one.headers.location);
  });

  it('completes whole lines', async () => {
    expect(JSON.parse((await get('/complete?typed=status%20de', 'anna')).text)).toEqual(['status demo']);
    expect(JSON.parse((await get('/complete?typed=fail', 'jan')).text)).toEqual([]);
  });

  it('tells open pages when a run changes', async () => {
    const headers = await served.as('jan');
    const stop = new AbortController();
    const stream = await fetch(`${served.origin}/events`, { headers, signal: stop.signal });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    const listening = (async () => {
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) heard += read.value;
    })().catch(() => undefined);
    await wait(scratch.store);
    await vi.waitFor(() => expect(heard).toContain('event: changed'), { timeout: 10_000 });
    stop.abort();
    await listening;
  });

  it('draws every page as markup that a strict reader can follow', async () => {
    const run = await wait(scratch.store);
    const pressed = await act('/do/press', 'piotr', { verb: 'approve', payload: `${run.id}.1.${run.cluster}` });
    const form = pressed.headers.location?.replace('/?', '?');
    expect(form).toMatch(/^\?form=\w+$/);
    for (const path of [
      '/',
      '/waiting',
      '/messages/ops',
      '/runs',
      `/runs/${run.id}`,
      `/runs/${run.id}/audit`,
      '/audit',
    ]) {
      const { text, status } = await get(path + form, 'piotr');
      expect([path, status]).toEqual([path, 200]);
      expect(text).toContain('class="dialog"');
      expect([path, readMarkup(text.replace('<!doctype html>', '')).problems]).toEqual([path, []]);
      expect(text).not.toMatch(/<script(?! src="\/assets\/console\.js")|<style|style="|javascript:/);
    }
  });
});
