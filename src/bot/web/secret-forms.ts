import { createHash, randomBytes } from 'node:crypto';
import type { SecretRef } from '../../domain/formats.ts';
import type { Language } from '../../domain/inventory.ts';

/** How long a form stays open. */
export const SECRET_FORM_MINUTES = 10;
/** Most open forms of one person; the oldest gives way. */
const OPEN_AT_ONCE = 5;

/** What a form asks for, and of whom. */
export interface SecretRequest {
  readonly person: string;
  readonly ref: SecretRef;
  readonly language: Language;
  readonly timeZone: string;
}

export interface PendingForm extends SecretRequest {
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** `gone` covers used, expired, replaced and never existing: nobody learns which from guessing. */
export type Looked = PendingForm | 'gone';

/**
 * One-time forms for secrets. They live in the memory of this process alone: after a restart every link is dead, which costs a new
 * `zapas secret`. Only hashes of the ids are kept.
 */
export interface SecretForms {
  /** The id of a new form: 256 random bits. */
  open(request: SecretRequest): string;
  /** Looks without using it up: people and link previews open pages more than once. */
  look(id: string): Looked;
  /** Uses it up. Of two at the same moment one gets it. */
  take(id: string): Looked;
}

export function createSecretForms(now: () => Date = () => new Date()): SecretForms {
  const pending = new Map<string, PendingForm>();
  const sweep = (): void => {
    const moment = now().toISOString();
    for (const [key, { expiresAt }] of pending) if (expiresAt <= moment) pending.delete(key);
  };
  const look = (id: string): Looked => {
    sweep();
    return pending.get(keyOf(id)) ?? 'gone';
  };
  return {
    open(request) {
      sweep();
      for (const key of surplus(pending, request)) pending.delete(key);
      const id = randomBytes(32).toString('base64url');
      const expiresAt = new Date(now().getTime() + SECRET_FORM_MINUTES * 60_000).toISOString();
      pending.set(keyOf(id), { ...request, expiresAt });
      return id;
    },
    look,
    take(id) {
      const found = look(id);
      pending.delete(keyOf(id));
      return found;
    },
  };
}

/** Earlier forms of this person for the same secret, and the oldest of too many. */
function surplus(pending: ReadonlyMap<string, PendingForm>, { person, ref }: SecretRequest): readonly string[] {
  const theirs = [...pending].filter(([, form]) => form.person === person);
  const same = theirs.filter(([, form]) => form.ref === ref);
  const others = theirs.filter(([, form]) => form.ref !== ref);
  return [...same, ...others.slice(0, Math.max(0, others.length - OPEN_AT_ONCE + 1))].map(([key]) => key);
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
