import type { z } from 'zod';
import type { Effect, Step } from './step.ts';
import { EFFECTS } from './step.ts';

export const RUNBOOK_IDS = [
  'check',
  'setup',
  'switchover',
  'failover',
  'accept-roles',
  'fence',
  'rebuild',
  'rehearse',
  'status',
  'logs',
] as const;
export type RunbookId = (typeof RUNBOOK_IDS)[number];

/** Who goes first when several runs wait: the smaller number. A failover does not wait behind anything. */
export const URGENCY: Readonly<Record<RunbookId, number>> = {
  fence: 1,
  failover: 1,
  'accept-roles': 2,
  switchover: 2,
  setup: 2,
  rebuild: 2,
  rehearse: 3,
  check: 3,
  status: 3,
  logs: 3,
};

/** Runs of one lane may wait for each other, those of different lanes never do. */
export type Lane = 'urgent' | 'mutating' | 'reads';

/** The lane of a run: no failover waits behind other procedures, and no read behind any. */
export function laneOf({ runbook, mutating }: { readonly runbook: RunbookId; readonly mutating: boolean }): Lane {
  if (URGENCY[runbook] === 1) return 'urgent';
  return mutating ? 'mutating' : 'reads';
}

/** An ordered list of steps with its options; commands, forms, flags and the documents are derived from it. */
export interface Runbook {
  readonly id: RunbookId;
  readonly options: z.ZodObject;
  readonly steps: readonly Step[];
  /** After its own steps, which only read, the plan of this runbook is made and shown; nothing of it is carried out. */
  readonly preview?: RunbookId;
  /** The step after which the standby is the primary; the engine records the new roles with its completion. */
  readonly swapsRolesAfter?: string;
  /**
   * Carried out, in order, when a run that has begun to change something ends before its point of no return: afterwards the
   * servers do what they did before. Each may be entered at any time, also when there is nothing to put back.
   */
  readonly putBack?: readonly Step[];
  /** Its changes wait for nobody's consent: they only keep a server down that has lost its role (ADR 8). */
  readonly unattended?: true;
  /** Can be put off: inside a freeze or outside the maintenance windows it needs a reason. */
  readonly planned?: true;
}

/** The strongest effect among the steps. */
export function strongestEffect(effects: readonly Effect[]): Effect {
  return effects.reduce<Effect>(
    (worst, effect) => (EFFECTS.indexOf(effect) > EFFECTS.indexOf(worst) ? effect : worst),
    'read',
  );
}

/** Does a run of it hold the cluster for itself? */
export function isMutating(runbook: Runbook): boolean {
  return strongestEffect(runbook.steps.map((step) => step.effect)) !== 'read';
}
