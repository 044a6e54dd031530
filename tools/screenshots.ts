/**
 * Takes the pictures of the web console for the documents: `tsx tools/screenshots.ts [directory]`. The console is the real one, in
 * headless Chromium (Debian: chromium); what it shows are the scenes of the specifications.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { cardsOf } from '../src/bot/cards/of-run.ts';
import { createWebConsole } from '../src/bot/platforms/web/web.ts';
import { createRouter } from '../src/bot/router.ts';
import { assetRoutes } from '../src/bot/web/assets.ts';
import { createSecretForms } from '../src/bot/web/secret-forms.ts';
import { secretPath, secretRoutes } from '../src/bot/web/secret-pages.ts';
import { createWebServer } from '../src/bot/web/server.ts';
import { createSignIn } from '../src/bot/web/sign-in.ts';
import { createTranslator } from '../src/i18n/translate.ts';
import { RUNBOOKS } from '../src/runbooks/registry.ts';
import { createMemoryBoard } from '../test/fakes/web/board.ts';
import type { Browser } from '../test/fakes/web/chromium.ts';
import { hasChromium, launchChromium } from '../test/fakes/web/chromium.ts';
import type { Scenery } from './screenshots/office.ts';
import { AUDIT, manyClusters, NOW, OFFICE, RUN_STORE, told } from './screenshots/office.ts';

const DIRECTORY = process.argv[2] ?? join(import.meta.dirname, '..', 'docs', 'images');
const SETTINGS = { listen: '127.0.0.1:0' };

interface Shot {
  readonly name: string;
  readonly as: string;
  readonly path: string;
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly act?: (page: Page) => Promise<unknown>;
}

const SHOTS: readonly Shot[] = [
  { name: 'fleet', as: 'ewa', path: '/', height: 980 },
  { name: 'fleet-dark', as: 'piotr', path: '/', height: 980, dark: true },
  { name: 'phone', as: 'piotr', path: '/waiting', width: 390, height: 844 },
  {
    name: 'run',
    as: 'ewa',
    path: '/runs/c4v81hne',
    height: 1000,
    act: async (page) => {
      await page.fill('#line', 'help logs');
      await page.press('#line', 'Enter');
      await page.waitForSelector('aside .card');
    },
  },
  {
    name: 'approve',
    as: 'piotr',
    path: '/runs/k7m29qtx',
    act: async (page) => {
      await page.getByRole('button', { name: 'Zatwierdź' }).click();
      await page.waitForSelector('.dialog');
    },
  },
];

const warn = (fields: object, message: string): void => console.error(message, fields);
const now = (): Date => NOW;
const note = (): void => undefined;
const none = (): never => {
  throw new Error('nothing is changed for a picture');
};

async function main(): Promise<void> {
  if (!hasChromium()) throw new Error('no browser: install the Debian package chromium');
  mkdirSync(DIRECTORY, { recursive: true });
  const { origin, keyPath, secret, stop } = await serve(OFFICE);
  const browser = await launchChromium();
  for (const shot of SHOTS) await take(browser, origin, keyPath(shot.as), shot);
  await take(browser, origin, keyPath('ewa'), { name: 'secret', as: 'ewa', path: secret, height: 620, width: 820 });
  await stop();
  const large = await serve(manyClusters());
  const many = { name: 'fleet-300', as: 'ewa', path: '/', height: 980 };
  await take(browser, large.origin, large.keyPath('ewa'), many);
  await large.stop();
  await browser.close();
}

async function serve({ inventory, watch }: Scenery): Promise<{
  origin: string;
  keyPath: (who: string) => string;
  secret: string;
  stop: () => Promise<void>;
}> {
  const board = createMemoryBoard();
  const signIn = createSignIn(SETTINGS);
  const web = createWebConsole({
    board,
    signIn,
    inventory,
    runs: RUN_STORE,
    audit: AUDIT,
    watch,
    now,
    warn,
  });
  await web.start(router({ inventory, watch }));
  const t = createTranslator('en', 'Europe/Warsaw');
  const cards = told((run) => cardsOf({ t, inventory: inventory(), now: NOW, prefix: 'zapas' }, run));
  for (const card of cards) await web.publish({ platform: 'web', channel: 'ops' }, card, card.id);
  const forms = createSecretForms(now);
  const secretPages = secretRoutes({ forms, sink: { put: () => Promise.resolve() }, personOf: () => undefined, note });
  const routes = [...signIn.routes, ...assetRoutes(), ...secretPages, ...web.routes];
  const server = createWebServer({ settings: SETTINGS, routes: () => routes, warn });
  const ref = 'file:/etc/zapas/secrets/demo-backup';
  const secret = secretPath(forms.open({ person: 'ewa', ref, language: 'en', timeZone: 'Europe/Warsaw' }));
  const origin = await server.start();
  const stop = async (): Promise<void> => {
    await web.stop();
    await server.stop();
  };
  return { origin, keyPath: (account) => signIn.keyPath({ platform: 'web', account }), secret, stop };
}

function router({ inventory, watch }: Scenery): ReturnType<typeof createRouter> {
  return createRouter({
    inventory,
    runs: {
      ...RUN_STORE,
      request: none,
      apply: none,
      claim: none,
      renew: none,
      release: none,
      admit: none,
      due: none,
      overdueGates: none,
      setProgress: none,
    },
    audit: AUDIT,
    watch: { ...watch, putAlert: none, alertsBetween: none, history: none },
    links: { offer: none, redeem: none, remove: none },
    runbooks: RUNBOOKS,
    version: '0.0.0',
    signingKey: generateKeyPairSync('ed25519').privateKey,
    now,
    wake: { advance: none },
    onMissing: () => undefined,
    prefix: 'zapas',
  });
}

async function take(browser: Browser, origin: string, key: string, shot: Shot): Promise<void> {
  const { name, path, act, dark = false, width = 1280, height = 860 } = shot;
  const context = await browser.context({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  await page.goto(origin + key);
  await page.goto(origin + path);
  await act?.(page);
  // Not a script that is evaluated again and again: the page's policy forbids that.
  await page.locator('body:not([aria-busy="true"])').waitFor({ state: 'attached' });
  await page.screenshot({ path: join(DIRECTORY, `console-${name}.png`) });
  await context.close();
  console.log(`console-${name}.png`);
}

await main();
