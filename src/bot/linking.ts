import { personOf } from '../domain/policy.ts';
import { ackCard } from './cards/answers.ts';
import { personName, platformName } from './cards/context.ts';
import { linkCodeCard } from './cards/linking.ts';
import type { Effect } from './commands.ts';
import type { Clicker } from './decide.ts';
import type { Desk, Performed } from './desk.ts';
import { contextFor, languageOf, refusal } from './desk.ts';

type Linking = Extract<Effect, { readonly do: 'link' | 'unlink' }>;

/**
 * Links accounts of one person: a code is shown to whoever the account already belongs to, and typed at the other account. Guests,
 * bots and people of another workspace have no account here that could be linked.
 */
export async function link(desk: Desk, who: Clicker, effect: Linking): Promise<Performed> {
  const { platform, account } = who;
  if (account === '') return refusal(desk, who, { code: 'link.not-a-member', params: { platform } });
  const person = personOf(desk.deps.inventory(), platform, account);
  if (effect.do === 'link' && effect.code !== undefined) {
    if (person) return refusal(desk, who, { code: 'link.taken', params: { platform } });
    return await redeem(desk, who, effect.code);
  }
  if (!person) return refusal(desk, who, { code: 'input.unknown-person', params: { platform, person: account } });
  const context = contextFor(desk, person.language);
  if (effect.do === 'link')
    return { ok: true, cards: [linkCodeCard(context, await desk.deps.links.offer(person))], data: null };
  const removed = await desk.deps.links.remove(person, effect.platform, platform);
  if (!removed) return refusal(desk, who, { code: 'link.none', params: { platform: effect.platform } });
  const text = context.t.say('link.removed', { platform: platformName(context, effect.platform) });
  return { ok: true, cards: [ackCard(text)], data: null };
}

async function redeem(desk: Desk, who: Clicker, code: string): Promise<Performed> {
  const made = await desk.deps.links.redeem(who, code);
  // In the language of the person whom the account belongs to from now on.
  const context = contextFor(desk, languageOf(desk, who));
  const params = { person: personName(context, made.person), platform: platformName(context, who.platform) };
  return { ok: true, cards: [ackCard(context.t.say('link.made', params))], data: made };
}
