import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Reaction, Seen, SeenForm } from '../../contracts/chat-driver.ts';

/** What a button on somebody's screen would send. */
export interface KnownButton {
  readonly verb: string;
  readonly payload: string;
  readonly channel: string;
}

/** Puts the readers of `in-page.js` into every page of the context. */
export async function teach(context: BrowserContext): Promise<void> {
  await context.addInitScript(await readFile(join(import.meta.dirname, 'in-page.js'), 'utf8'));
}

/** Messages of the channel and private answers there, each with what its buttons would send. */
export async function readScreen(
  page: Page,
  channel: string,
): Promise<readonly { readonly message: Seen; readonly sends: readonly (readonly [string, KnownButton])[] }[]> {
  return await page.evaluate(`zapas.screen(${JSON.stringify(channel)})`);
}

/** The form that is open, if any. */
export async function readForm(page: Page): Promise<SeenForm | undefined> {
  return await page.evaluate('zapas.form()');
}

/** Sends what a form of ours would send, as often as told, whether or not it still stands there. */
export async function sendForm(
  page: Page,
  path: string,
  values: Readonly<Record<string, string>>,
  times: number,
): Promise<Reaction> {
  const call = `zapas.send(${JSON.stringify(path)}, ${JSON.stringify(values)}, ${times})`;
  const { ackMs, url } = await page.evaluate<{ readonly ackMs: number; readonly url: string }>(call);
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  const form = await readForm(page);
  return { ackMs, ...(form && { form }) };
}

/** Fills in one field of the open form. */
export async function fillIn(page: Page, form: SeenForm, name: string, value: string): Promise<void> {
  const field = page.locator(`[data-key="form-${form.id}"] [name="field.${name}"]`);
  const known = form.fields.find((one) => one.name === name);
  await (known?.options ? field.selectOption(value) : field.fill(value));
}
