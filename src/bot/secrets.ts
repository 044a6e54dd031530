import type { Card } from '../domain/card.ts';
import { looksLikeSecret } from '../domain/looks-like-secret.ts';
import { personOf } from '../domain/policy.ts';
import { replaceable } from '../domain/secret-refs.ts';
import type { CardContext } from './cards/context.ts';
import type { Clicker } from './decide.ts';
import type { Desk, Performed } from './desk.ts';
import { contextFor, refusal } from './desk.ts';
import type { Parsed } from './grammar.ts';
import type { SecretRequest } from './web/secret-forms.ts';
import { SECRET_FORM_MINUTES } from './web/secret-forms.ts';

/** Opens a one-time form and gives its whole address. */
export type OpenSecretForm = (request: SecretRequest) => string;

/** A link to a form for one secret of the inventory, for that person's eyes alone. The value never passes through here. */
export function offerSecret(desk: Desk, who: Clicker, typed: string): Performed {
  const { inventory, openSecretForm } = desk.deps;
  const { platform, account } = who;
  const person = personOf(inventory(), platform, account);
  if (!person) return refusal(desk, who, { code: 'input.unknown-person', params: { platform, person: account } });
  // What was typed may be the secret itself: it is compared, never repeated.
  const ref = replaceable(inventory(), person).find((one) => one === typed);
  if (ref === undefined) return refusal(desk, who, { code: 'secret.unknown', params: {} });
  if (!openSecretForm) return refusal(desk, who, { code: 'secret.no-form', params: {} });
  const context = contextFor(desk, person.language);
  const { language, timeZone } = context.t;
  const url = openSecretForm({ person: person.id, ref, language, timeZone });
  return { ok: true, cards: [secretCard(context, ref, url)], data: { ref } };
}

function secretCard({ t }: CardContext, ref: string, url: string): Card {
  const title = t.say('secret.title', { ref });
  return {
    id: 'secret',
    rev: 0,
    tone: 'info',
    title,
    blocks: [
      { kind: 'text', style: 'plain', text: t.say('secret.how', { minutes: SECRET_FORM_MINUTES }) },
      { kind: 'text', style: 'warning', text: t.say('secret.alone') },
    ],
    link: { label: t.say('secret.link'), url },
    buttons: [],
    fallback: title,
  };
}

/**
 * Did somebody type a secret where none belongs? `texts` is all that was typed. Words behind `secret <ref>` are taken for one
 * whatever they look like.
 */
export function secretSeen(texts: readonly string[], parsed: Parsed): boolean {
  if (texts.some(looksLikeSecret)) return true;
  if (parsed.ok || !('command' in parsed.problem)) return false;
  return parsed.problem.command === 'secret' && parsed.problem.kind !== 'missing';
}
