import type { Form } from '../../../domain/card.ts';
import type { Subject } from './ids.ts';
import { idOf } from './ids.ts';
import { createMemory } from './memory.ts';
import type { Values } from './modal.ts';

/** Forms that are open somewhere, with what was typed into them so far, so that a refused one need not be typed anew. */
export interface FormMemory {
  keep(account: string, form: Form, typed: Values): void;
  find(account: string, subject: Subject): { readonly form: Form; readonly typed: Values } | undefined;
}

export function createFormMemory(): FormMemory {
  const known = createMemory<{ readonly form: Form; readonly typed: Values }>();
  return {
    keep: (account, form, typed) => known.set(`${account} ${idOf(form)}`, { form, typed }),
    find: (account, subject) => known.get(`${account} ${idOf(subject)}`),
  };
}
