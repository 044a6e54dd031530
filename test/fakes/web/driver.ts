import type { Page } from 'playwright-core';
import type { ChatPlatform, Place } from '../../../src/bot/platform.ts';
import { createWebConsole } from '../../../src/bot/platforms/web/web.ts';
import { assetRoutes } from '../../../src/bot/web/assets.ts';
import { createWebServer } from '../../../src/bot/web/server.ts';
import { createSignIn } from '../../../src/bot/web/sign-in.ts';
import type { Actor, ChatDriver, Reaction, Seen } from '../../contracts/chat-driver.ts';
import { createMemoryStore } from '../run-store.ts';
import { createMemoryBoard } from './board.ts';
import type { Browser } from './chromium.ts';
import { launchChromium } from './chromium.ts';
import { faulty } from './faulty-board.ts';
import { NO_WATCH } from './no-watch.ts';
import { peopleOnTheWeb } from './people.ts';
import type { KnownButton } from './screen.ts';
import { fillIn, readForm, readScreen, sendForm, teach } from './screen.ts';

const SETTINGS = { listen: '127.0.0.1:0' };
const OPS: Place = { platform: 'web', channel: 'ops' };
const APPROVALS: Place = { platform: 'web', channel: 'approvals' };

/**
 * The real server and the real console, used through a real browser: each actor has one of their own. Nobody stands between; the
 * board in memory is all that is not the product's.
 */
export async function openWebDriver(): Promise<ChatDriver> {
  const board = faulty(createMemoryBoard());
  const signIn = createSignIn(SETTINGS);
  const violations: string[] = [];
  const warn = (fields: object, message: string): void => void violations.push(`${message} ${JSON.stringify(fields)}`);
  const { runs } = createMemoryStore();
  const audit = {
    verify: () => Promise.resolve({ ok: true, rows: 0, head: '' } as const),
    read: () => Promise.resolve([]),
  };
  const build = (): ReturnType<typeof createWebConsole> =>
    createWebConsole({
      board: board.board,
      signIn,
      inventory: peopleOnTheWeb,
      runs,
      audit,
      watch: NO_WATCH,
      now: () => new Date(),
      warn,
    });
  let current = build();
  const first = current;
  const routes = (): ReturnType<typeof assetRoutes> => [...signIn.routes, ...assetRoutes(), ...current.routes];
  const server = createWebServer({ settings: SETTINGS, routes, warn });
  const origin = await server.start();
  const browser = await launchChromium();
  const screens = createScreens(browser, origin, (account) => signIn.keyPath({ platform: 'web', account }), violations);
  return {
    name: 'web',
    platform: first,
    restarted(): ChatPlatform {
      current = build();
      return current;
    },
    ops: OPS,
    approvals: APPROVALS,
    account: (actor) => actor,
    type: (actor, line, at = OPS, { twice = false } = {}) =>
      screens.with(actor, async (page) => {
        await visit(page, `${origin}/messages/${at.channel}`);
        if (twice) return await sendForm(page, '/do/command', { line, channel: at.channel }, 2);
        await page.fill('#line', line);
        return await acting(page, () => page.press('#line', 'Enter'));
      }),
    screen: (actor, at = OPS) => screens.with(actor, (page) => screens.read(page, at)),
    press: (actor, message, label, { twice = false } = {}) =>
      screens.with(actor, async (page) => {
        const known = screens.button(message, label);
        const article = page.locator(`article[data-key="${message.id}"]`);
        const button = article.getByRole('button', { name: label, exact: true });
        await visit(page, `${origin}/messages/${known.channel}`);
        if (!twice && (await button.count()) > 0) return await acting(page, () => button.first().click());
        return await sendForm(page, '/do/press', { ...known }, twice ? 2 : 1);
      }),
    submit: (actor, form, values) =>
      screens.with(actor, async (page) => {
        const dialog = page.locator(`[data-key="form-${form.id}"]`);
        if ((await dialog.count()) === 0) await page.goto(`${origin}/messages/ops?form=${form.id}`);
        for (const [name, value] of Object.entries(values)) await fillIn(page, form, name, value);
        // The server judges, as it does for whoever has no such browser.
        await page.evaluate("document.querySelector('.dialog form').noValidate = true");
        return await acting(page, () => dialog.locator('button.primary').click());
      }),
    remove: (message) => board.board.remove(message.id.replace('message-', '')),
    faults: board.faults,
    violations: () => violations.splice(0),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

interface Screens {
  /** One thing at a time on each person's screen. */
  with<Result>(actor: Actor, use: (page: Page) => Promise<Result>): Promise<Result>;
  read(page: Page, at: Place): Promise<readonly Seen[]>;
  button(message: Seen, label: string): KnownButton;
}

function createScreens(
  browser: Browser,
  origin: string,
  keyPath: (account: string) => string,
  violations: string[],
): Screens {
  const pages = new Map<Actor, Promise<Page>>();
  const turns = new Map<Actor, Promise<unknown>>();
  const buttons = new Map<string, KnownButton>();
  const open = async (actor: Actor): Promise<Page> => {
    const context = await browser.context();
    await teach(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => violations.push(`script: ${error.message}`));
    page.on('console', (message) => {
      // A cut stream at the end of a page's life is nobody's fault.
      if (message.type() === 'error' && !/ERR_|40\d|503/.test(message.text())) violations.push(message.text());
    });
    await page.goto(origin + keyPath(actor));
    return page;
  };
  return {
    with(actor, use) {
      const page = pages.get(actor) ?? open(actor);
      pages.set(actor, page);
      const turn = (turns.get(actor) ?? Promise.resolve())
        .catch(() => undefined)
        .then(async () => await use(await page));
      turns.set(actor, turn);
      return turn;
    },
    async read(page, { channel }) {
      await visit(page, `${origin}/messages/${channel}`);
      const seen = await readScreen(page, channel);
      for (const { message, sends } of seen)
        for (const [label, sent] of sends) buttons.set(`${message.id} ${label}`, sent);
      return seen.map(({ message }) => message);
    },
    button(message, label) {
      const known = buttons.get(`${message.id} ${label}`);
      if (!known) throw new Error(`no button ${label} was ever on ${message.id}`);
      return known;
    },
  };
}

/** Goes there; where somebody is already, the page brings itself up to date. */
async function visit(page: Page, url: string): Promise<void> {
  if (page.url() === url) await page.evaluate('refresh()');
  else await page.goto(url, { waitUntil: 'domcontentloaded' });
}

/** Does it, and waits until the page has its answer. */
async function acting(page: Page, act: () => Promise<unknown>): Promise<Reaction> {
  const before = performance.now();
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await act();
  await answered;
  const ackMs = performance.now() - before;
  // Not a script that is evaluated again and again: the page's policy forbids that.
  await page.locator('body:not([aria-busy="true"])').waitFor({ state: 'attached' });
  const form = await readForm(page);
  return { ackMs, ...(form && { form }) };
}
