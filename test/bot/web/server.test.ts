import { afterEach, describe, expect, it } from 'vitest';
import { html } from '../../../src/bot/web/html.ts';
import type { Route } from '../../../src/bot/web/http.ts';
import { localPath, preferredLanguage } from '../../../src/bot/web/http.ts';
import { operationsRoutes } from '../../../src/bot/web/operations.ts';
import type { WebServer } from '../../../src/bot/web/server.ts';
import { createWebServer, WEB_LIMITS } from '../../../src/bot/web/server.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import type { WebSettings } from '../../../src/domain/platform-settings.ts';
import { ask, post, raw } from './http.ts';

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/', handle: () => ({ body: html`<p>first page</p>` }) },
  { method: 'GET', path: '/things/:id', handle: ({ params }) => ({ body: html`<p>${params['id']}</p>` }) },
  { method: 'POST', path: '/things/:id', handle: ({ form }) => ({ body: html`<p>took ${form.get('a') ?? ''}</p>` }) },
  {
    method: 'GET',
    path: '/broken',
    handle: () => {
      throw new Error('password=hunter2');
    },
  },
  {
    method: 'GET',
    path: '/no-store',
    handle: () => {
      throw new OpsError('store.unavailable', { detail: 'x' });
    },
  },
];

const warned: string[] = [];
const warn = (fields: object, message: string): void => void warned.push(JSON.stringify({ fields, message }));

describe('the web server', () => {
  let server: WebServer;
  const serve = async (settings: Partial<WebSettings> = {}, routes = ROUTES, limits = WEB_LIMITS): Promise<string> => {
    server = createWebServer({ settings: { listen: '127.0.0.1:0', ...settings }, routes: () => routes, limits, warn });
    return await server.start();
  };
  afterEach(async () => await server.stop());

  it('gives every answer the headers that keep it here', async () => {
    const origin = await serve();
    for (const path of ['/', '/nothing', '/broken']) {
      const { headers } = await ask(origin, path);
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('goes by its own names alone: a foreign name that leads here is told nothing (DNS rebinding)', async () => {
    const origin = await serve({ publicUrl: 'https://zapas.example.com/' });
    const { port } = new URL(origin);
    const named = (host: string) => ask(origin, '/', { headers: { host } });
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, 'zapas.example.com'])
      expect([host, (await named(host)).status]).toEqual([host, 200]);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost',
      `127.0.0.1.evil.example:${port}`,
      'zapas.example.com:8080',
    ]) {
      const { status, text } = await named(host);
      expect([host, status]).toEqual([host, 421]);
      expect(text).not.toContain('first page');
    }
    expect((await ask(origin, '/nothing', { headers: { host: 'evil.example' } })).status).toBe(421);
  });

  it('takes forms from its own pages alone', async () => {
    const origin = await serve();
    const sent = (headers: Record<string, string>) =>
      ask(origin, '/things/1', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: 'a=b',
      }).then(({ status }) => status);
    expect(await sent({ origin })).toBe(200);
    // Forms of pages with `no-referrer`: the browser hides the origin and vouches in its own way.
    expect(await sent({ origin: 'null', 'sec-fetch-site': 'same-origin' })).toBe(200);
    for (const foreign of [
      {},
      { origin: 'null' },
      { origin: 'http://evil.example' },
      { origin: origin.replace('http:', 'https:') },
      { origin: `${origin}.evil.example` },
      { origin, 'sec-fetch-site': 'cross-site' },
      { origin, 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ])
      expect([foreign, await sent(foreign)]).toEqual([foreign, 403]);
  });

  it('takes forms, nothing else, and not too much', async () => {
    const origin = await serve();
    const typed = (type: string) => post(origin, '/things/1', { a: 'b' }, { 'content-type': type });
    expect((await typed('text/plain')).status).toBe(415);
    expect((await typed('application/json')).status).toBe(415);
    expect((await typed('application/x-www-form-urlencoded; charset=UTF-8')).text).toContain('took b');
    expect((await post(origin, '/things/1', { a: 'x'.repeat(WEB_LIMITS.bodyBytes) })).status).toBe(413);
    const chunked = ['POST /things/1 HTTP/1.1', `Host: ${new URL(origin).host}`, `Origin: ${origin}`];
    const head = [...chunked, 'Content-Type: application/x-www-form-urlencoded', 'Transfer-Encoding: chunked', '', ''];
    const size = WEB_LIMITS.bodyBytes + 1;
    const answer = await raw(origin, `${head.join('\r\n')}${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('does not wait for a request that comes drop by drop', async () => {
    const origin = await serve({}, ROUTES, { ...WEB_LIMITS, headersMs: 300, requestMs: 300 });
    expect(await raw(origin, 'GET / HTTP/1.1\r\nHost: ')).toMatch(/^HTTP\/1\.1 408 /);
    const { host } = new URL(origin);
    const head = `POST /things/1 HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nContent-Length: 10\r\n`;
    const slow = await raw(origin, `${head}Content-Type: application/x-www-form-urlencoded\r\n\r\na=`);
    expect(slow).not.toContain('took');
  });

  it('answers in time even when a page hangs', async () => {
    const hang: Route = { method: 'GET', path: '/hang', handle: () => new Promise(() => undefined) };
    const origin = await serve({}, [hang], { ...WEB_LIMITS, answerMs: 100 });
    expect((await ask(origin, '/hang')).status).toBe(503);
  });

  it('knows its pages and what they are for', async () => {
    const origin = await serve();
    expect((await ask(origin, '/things/abc-1')).text).toBe('<p>abc-1</p>');
    for (const path of [
      '/nothing',
      '/things',
      '/things/',
      '/things/a/b',
      '/things/a%2Fb',
      '/things/%3Cscript%3E',
      '//evil',
    ])
      expect([path, (await ask(origin, path)).status]).toEqual([path, 404]);
    expect((await ask(origin, '/', { method: 'DELETE' })).status).toBe(405);
    expect((await post(origin, '/', {})).status).toBe(405);
    const head = await ask(origin, '/', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('says what went wrong in the reader’s language, and nothing of how', async () => {
    const origin = await serve();
    const inPolish = { headers: { 'accept-language': 'de, pl;q=0.8, en;q=0.5' } };
    expect((await ask(origin, '/nothing', inPolish)).text).toContain('Nie ma takiej strony');
    expect((await ask(origin, '/nothing', { headers: { 'accept-language': 'en-GB' } })).text).toContain(
      'There is no such page',
    );
    const broken = await ask(origin, '/broken');
    expect([broken.status, broken.text.includes('hunter2')]).toEqual([500, false]);
    expect(warned.at(-1)).toContain('a page could not be made');
    const away = await ask(origin, '/no-store', { headers: { 'accept-language': 'en' } });
    expect(away.status).toBe(503);
    expect(away.text).toContain('store.unavailable');
  });

  it('tells by whatever name whether it lives, is ready, and its figures', async () => {
    let storeOk = true;
    const probes = () => ({
      store: () => Promise.resolve({ ok: storeOk, detail: 'secret detail' }),
      queue: () => Promise.resolve({ ok: true, detail: '' }),
    });
    const metrics = { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('zapas_x 1\n') };
    const origin = await serve({}, operationsRoutes(probes, metrics));
    const probe = (path: string) => ask(origin, path, { headers: { host: '10.0.0.7:8080' } });
    expect(await probe('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await probe('/readyz')).toMatchObject({ status: 200, text: 'store: ok\nqueue: ok\n' });
    expect(await probe('/metrics')).toMatchObject({ status: 200, text: 'zapas_x 1\n' });
    storeOk = false;
    expect(await probe('/readyz')).toMatchObject({ status: 503, text: 'store: failed\nqueue: ok\n' });
    expect((await probe('/healthz')).status).toBe(200);
  });
});

describe('a way back', () => {
  it('is a path of ours', () => {
    for (const path of ['/', '/runs/k7m29qtx', '/runs?cluster=demo']) expect(localPath(path)).toBe(path);
    for (const path of [null, '', 'http://evil', '//evil', '/\\evil', '/a\r\nset-cookie: x', 'runs', '/<b>'])
      expect(localPath(path)).toBe('/');
  });
});

describe('the language of a browser', () => {
  it('is the first one it asks for that we speak', () => {
    expect(preferredLanguage('en-US,en;q=0.9,pl;q=0.8')).toBe('en');
    expect(preferredLanguage('de-DE,de;q=0.9,en;q=0.4,pl;q=0.6')).toBe('pl');
    expect(preferredLanguage('de')).toBe('pl');
    expect(preferredLanguage(undefined)).toBe('pl');
  });
});
