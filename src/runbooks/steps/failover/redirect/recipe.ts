import type { ErrorRef } from '../../../../domain/errors.ts';
import type { RedirectKind, RedirectOf } from '../../../../domain/redirect.ts';
import type { Ask, Change, StepInput } from '../../../../domain/step.ts';

/** What a recipe found on its hosts, and what it does about it. */
export interface Way {
  /**
   * What of the clients' way does not lead to the new primary, in words; empty when all of it does. Absent: the recipe cannot see where
   * the way leads.
   */
  readonly astray?: readonly string[];
  /** The whole redirect, whatever part of it is done already: an approved plan still holds after a crash in between. */
  readonly changes: readonly Change[];
  /** Why nothing of it may be touched. */
  readonly obstacle?: ErrorRef;
  /** A command that connects as the clients do, and the hosts to run it on. */
  readonly proof?: Proof;
}

/** It prints what `destination` reads. */
export interface Proof {
  readonly hosts: readonly string[];
  readonly argv: readonly [string, ...string[]];
}

/** One way to lead the clients to the new primary (M24). */
export interface Recipe<Kind extends RedirectKind> {
  /** Undefined: only people can do it. */
  look(ask: Ask, redirect: RedirectOf<Kind>, input: StepInput): Promise<Way | undefined>;
}

/** The inventory's own command as a proof. */
export function proofOf({
  hosts,
  verify,
}: {
  readonly hosts: readonly string[];
  readonly verify?: readonly string[] | undefined;
}): { readonly proof?: Proof } {
  return verify ? { proof: { hosts, argv: asArgv(verify) } } : {};
}

/** The inventory holds at least the program's name. */
export function asArgv([program = '', ...words]: readonly string[]): readonly [string, ...string[]] {
  return [program, ...words];
}
