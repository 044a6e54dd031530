import { vi } from 'vitest';
import type { Place } from '../../src/bot/platform.ts';
import type { ChatDriver, Seen } from '../contracts/chat-driver.ts';

/** A setup copies the database meanwhile. */
export const PATIENCE = { timeout: 90_000, interval: 200 };
const APPROVE = /^Approve|^Zatwierd/;

/** Does a message offer such a button? */
export const offers =
  (label: RegExp = APPROVE) =>
  (seen: Seen): boolean =>
    seen.buttons.some((one) => label.test(one));

/** The newest message of that run there that fits, as soon as there is one. */
export function see(
  on: ChatDriver,
  at: Place,
  run: string,
  fits: (seen: Seen) => boolean,
  patience = PATIENCE,
): Promise<Seen> {
  return vi.waitFor(async () => {
    const messages = (await on.screen('piotr', at)).filter(({ text }) => text.includes(run));
    const found = messages.findLast(fits);
    if (!found)
      throw new Error(messages.map(({ text, buttons }) => `${text}\n[${buttons.join('] [')}]`).join('\n---\n'));
    return found;
  }, patience);
}

/** Presses the button with such a label. */
export async function press(
  on: ChatDriver,
  who: 'anna' | 'piotr',
  card: Seen,
  label: RegExp,
): ReturnType<ChatDriver['press']> {
  return await on.press(who, card, card.buttons.find((one) => label.test(one)) ?? '');
}

/** Approves, and types the cluster's name. */
export async function approve(on: ChatDriver, who: 'anna' | 'piotr', card: Seen): Promise<void> {
  const { form } = await press(on, who, card, APPROVE);
  if (!form) throw new Error('no form');
  await on.submit(who, form, { name: 'demo' });
}
