import { generateKeyPairSync } from 'node:crypto';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WebConsole } from '../../../src/bot/platforms/web/web.ts';
import { createWebConsole } from '../../../src/bot/platforms/web/web.ts';
import { createRouter } from '../../../src/bot/router.ts';
import { assetRoutes } from '../../../src/bot/web/assets.ts';
import { createSecretForms } from '../../../src/bot/web/secret-forms.ts';
import { secretPath, secretRoutes } from '../../../src/bot/web/secret-pages.ts';
import type { WebServer } from '../../../src/bot/web/server.ts';
import { createWebServer } from '../../../src/bot/web/server.ts';
import type { SignIn } from '../../../src/bot/web/sign-in.ts';
import { createSignIn } from '../../../src/bot/web/sign-in.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { Secret } from '../../../src/domain/secret.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import { createMemoryStore } from '../../fakes/run-store.ts';
import { createMemoryBoard } from '../../fakes/web/board.ts';
import type { Browser } from '../../fakes/web/chromium.ts';
import { hasChromium, launchChromium } from '../../fakes/web/chromium.ts';
import { NO_WATCH } from '../../fakes/web/no-watch.ts';
import { peopleOnTheWeb } from '../../fakes/web/people.ts';
import { SCENES } from '../scenes.ts';
import { hostileCards } from './hostile.ts';

const SETTINGS = { listen: '127.0.0.1:0' };
const OPS = { platform: 'web', channel: 'ops' } as const;
const PATIENCE = { timeout: 15_000 };

function unused(): never {
  throw new Error('not here');
}

const question = (title: string): Card => ({
  id: 'gate:k7m29qtx.1',
  rev: 1,
  tone: 'question',
  title,
  blocks: [],
  buttons: [{ verb: 'approve', payload: 'k7m29qtx.1.demo', label: 'Approve …', style: 'danger', opensForm: true }],
  fallback: title,
});

if (!hasChromium()) console.warn('SKIPPED: pages in a browser; install the Debian package chromium');

describe.skipIf(!hasChromium())('a page in a browser', () => {
  let browser: Browser;
  let server: WebServer;
  let origin = '';
  let web: WebConsole;
  let signIn: SignIn;
  const forms = createSecretForms();
  const stored: Secret[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    const waiting = SCENES['failover-asks']?.();
    const runs = {
      ...createMemoryStore().runs,
      list: () => Promise.resolve(waiting ? [waiting] : []),
      load: () => Promise.resolve(waiting),
    };
    const audit = {
      verify: () => Promise.resolve({ ok: true, rows: 3, head: 'ab' } as const),
      read: () => Promise.resolve([]),
    };
    signIn = createSignIn(SETTINGS);
    const shared = { inventory: peopleOnTheWeb, runs, audit, watch: NO_WATCH, now: () => new Date() };
    web = createWebConsole({ ...shared, board: createMemoryBoard(), signIn, warn: unused });
    const router = createRouter({
      ...shared,
      links: { offer: unused, redeem: unused, remove: unused },
      runbooks: RUNBOOKS,
      version: '0.0.0',
      signingKey: generateKeyPairSync('ed25519').privateKey,
      wake: { advance: () => undefined },
      onMissing: unused,
      prefix: 'zapas',
    });
    await web.start(router);
    const sink = { put: (_ref: string, secret: Secret) => Promise.resolve(void stored.push(secret)) };
    const secrets = secretRoutes({ forms, sink, personOf: () => undefined, note: () => undefined });
    const routes = [...signIn.routes, ...assetRoutes(), ...secrets, ...web.routes];
    server = createWebServer({ settings: SETTINGS, routes: () => routes, warn: unused });
    origin = await server.start();
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await web.stop();
    await server.stop();
  });
  afterEach(() => {
    const [complaint] = complaints.splice(0);
    if (complaint !== undefined) throw new Error(`the browser complained: ${complaint}`);
  });

  const open = async (account: string, path: string, options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.context(options);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(origin + signIn.keyPath({ platform: 'web', account }));
    await page.goto(origin + path);
    return page;
  };

  it('follows by itself, and keeps what somebody has opened', async () => {
    const page = await open('ewa', '/messages/ops');
    const ref = await web.publish(OPS, question('First'), 'follow');
    await page.getByText('First').waitFor(PATIENCE);
    await web.reply(ref, { ...question('Detail'), buttons: [] }, 'detail');
    await page.locator('details.thread summary').click(PATIENCE);
    await web.publish(OPS, question('Second'), 'another');
    await page.getByText('Second').waitFor(PATIENCE);
    expect(await page.getByText('Detail').isVisible()).toBe(true);
    await web.update(ref, question('Changed'));
    await page.getByText('Changed').waitFor(PATIENCE);
    await page.context().close();
  });

  it('is used by keyboard alone', async () => {
    const page = await open('piotr', '/waiting');
    await page.keyboard.press('/');
    await page.keyboard.type('who');
    await page.keyboard.press('Enter');
    await page.locator('aside article').first().waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Zatwierdź' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor(PATIENCE);
    await page.keyboard.type('demo');
    expect(await dialog.getByLabel('Nazwa pary serwerów').inputValue()).toBe('demo');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached', ...PATIENCE });
    await page.context().close();
  });

  it('works without a script: commands, buttons and forms', async () => {
    const page = await open('piotr', '/waiting', { javaScriptEnabled: false });
    await page.fill('#line', 'help status');
    await page.getByRole('button', { name: 'Wyślij' }).click();
    await page.locator('aside article').first().waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Zatwierdź' }).click();
    await page.getByLabel('Nazwa pary serwerów').fill('dmeo');
    await page.getByRole('dialog').getByRole('button', { name: 'Zatwierdź' }).click();
    await page.getByText('Nie wykonano').first().waitFor(PATIENCE);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  });

  it('takes a secret although the page hides where it comes from', async () => {
    const context = await browser.context({});
    const page = await context.newPage();
    await page.goto(
      origin + secretPath(forms.open({ person: 'ewa', ref: 'file:/x', language: 'en', timeZone: 'UTC' })),
    );
    await page.getByLabel('Secret').fill('typed in a browser');
    await page.getByRole('button', { name: 'Store it' }).click();
    await page.getByText('The secret is stored').waitFor(PATIENCE);
    expect(stored.map((secret) => secret.reveal())).toEqual(['typed in a browser']);
    await context.close();
  });

  it('runs nothing of what hostile texts hold', async () => {
    for (const [index, card] of hostileCards(20).entries())
      await web.publish(OPS, { ...card, id: `run:hostile${index}` }, `h${index}`);
    const page = await open('ewa', '/messages/ops');
    expect(await page.locator('main article').count()).toBeGreaterThanOrEqual(20);
    expect(await page.evaluate('document.querySelectorAll("script, img[onerror], svg, style").length')).toBe(1);
    await page.context().close();
  });

  it.each([360, 1280])('needs no scrolling aside at %i pixels, and names everything one can fill in', async (width) => {
    const page = await open('ewa', '/', { viewport: { width, height: 800 } });
    for (const path of ['/', '/waiting', '/runs', '/runs/k7m29qtx', '/audit']) {
      await page.goto(origin + path);
      expect([path, await page.evaluate('document.documentElement.scrollWidth - innerWidth')]).toEqual([path, 0]);
      const nameless = await page.evaluate(
        `[...document.querySelectorAll('input:not([type="hidden"]), textarea, select, button, nav, aside')].filter((one) =>
          !one.labels?.length && !one.ariaLabel && !one.textContent.trim() && !one.getAttribute('aria-labelledby')).length`,
      );
      expect([path, nameless]).toEqual([path, 0]);
    }
    await page.context().close();
  });
});
