import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Debian's package `chromium`. */
const PROGRAM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Is there a browser to drive? Whoever skips for want of it says so. */
export function hasChromium(): boolean {
  return existsSync(PROGRAM);
}

/** A browser with nothing in it. Every context is a person at a machine of their own. */
export interface Browser {
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

export async function launchChromium(): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), 'zapas-chromium-'));
  const browser = await chromium.launch({
    executablePath: PROGRAM,
    headless: true,
    args: ARGUMENTS,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  });
  return {
    context: (options = {}) =>
      browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'pl-PL', ...options }),
    async close() {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
