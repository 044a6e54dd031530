import { createHash } from 'node:crypto';
import type { Evidence } from './evidence.ts';
import type { Check, Effect, Finding, ManualRow } from './step.ts';

/** One step as it will run, with every secret shown as `***`. */
export interface PlannedStep {
  readonly id: string;
  readonly manual: readonly ManualRow[];
  readonly effect: Effect;
  readonly check: Check;
  readonly changes: readonly PlannedChange[];
  readonly findings: readonly Finding[];
}

/** A change as people read it: on which host, and the very command or file. */
export interface PlannedChange {
  readonly host: string;
  readonly kind: 'exec' | 'write' | 'job';
  /** The rendered command line, or the path written. */
  readonly text: string;
  /** SHA-256 of the content of a write, or of a command's standard input; absent when there is none or it is secret. */
  readonly contentHash?: string;
}

/** The rendered steps with the facts they rest on. Its hash is what a second person approves. */
export interface Plan {
  readonly v: 1;
  readonly runbook: string;
  readonly cluster: string;
  readonly primary: string;
  readonly standby: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly steps: readonly PlannedStep[];
  readonly evidence?: Evidence;
  /** What the runbook named by `Runbook.preview` would do, as far as it can be told; nothing of it is carried out. */
  readonly preview?: readonly PlannedStep[];
}

/** SHA-256 (hex) over the canonical JSON of the plan. */
export function planHash(plan: Plan): string {
  return sha256(canonicalJson(plan));
}

/** SHA-256 of UTF-8 text, hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** JSON with object keys sorted and undefined members left out, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (isPlainObject(member) ? sortKeys(member) : member));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
