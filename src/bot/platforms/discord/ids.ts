import { createHash } from 'node:crypto';
import type { Verb } from '../../../domain/card.ts';
import { VERBS } from '../../../domain/card.ts';
import { LIMITS } from './limits.ts';

/** What a button or a form is about. */
export interface Subject {
  readonly verb: Verb;
  readonly payload: string;
}

/** Stands before the id of a button that opens a form again. */
const AGAIN = '+';

/** `verb:payload`, the custom id of a button or of a form. */
export function idOf({ verb, payload }: Subject): string {
  return `${verb}:${payload}`;
}

/** The custom id of the button that opens that form again. */
export function againId(subject: Subject): string {
  return AGAIN + idOf(subject);
}

/** What a custom id is about; undefined when it is none of ours. */
export function subjectOf(id: string): (Subject & { readonly again: boolean }) | undefined {
  const again = id.startsWith(AGAIN);
  const bare = again ? id.slice(AGAIN.length) : id;
  const at = bare.indexOf(':');
  const verb = VERBS.find((one) => one === bare.slice(0, at));
  return verb && { verb, payload: bare.slice(at + 1), again };
}

/** What Discord recognises a repeated message by for some minutes. */
export function nonceOf(...words: readonly string[]): string {
  return digest(words).toString('base64url').slice(0, LIMITS.nonce);
}

/** What this bot recognises its own message by for ever: the number of its container. */
export function numberOf(...words: readonly string[]): number {
  return (digest(words).readUInt32BE(0) & 0x3f_ff_ff_ff) + 1_000;
}

function digest(words: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(words)).digest();
}
