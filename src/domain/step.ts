import type { CommandLine, ExecResult, ShellFamily } from './command.ts';
import type { ErrorRef } from './errors.ts';
import { OpsError } from './errors.ts';
import type { Evidence } from './evidence.ts';
import type { FindingId } from './findings.ts';
import type { SecretRef } from './formats.ts';
import type { Cluster, Host } from './inventory.ts';
import type { RehearsalReport, Report } from './report.ts';
import type { Secret, Word } from './secret.ts';

/** Manual rows are M01…M25 of the vendor's procedure. */
export type ManualRow = `M${number}`;

/**
 * What a step may do to the customer. `read`: nothing. `reversible`: nobody notices. `disruptive`: the primary restarts or a
 * server stops. `irreversible`: there is no way back (the point of no return is before the first of these).
 */
export const EFFECTS = ['read', 'reversible', 'disruptive', 'irreversible'] as const;
export type Effect = (typeof EFFECTS)[number];

/** A read-only question to one host. It answers for every shell dialect, and it never changes anything. */
export interface Fact<Args, Value> {
  /** Stable, dotted; fixtures and the plan's cache hang on it. */
  readonly id: `${string}.${string}`;
  readonly read: Readonly<Record<ShellFamily, (args: Args) => CommandLine>>;
  /** The value, from whatever exit code and output; throws `fact.unreadable` when it cannot be told. */
  parse(result: ExecResult, args: Args): Value;
}

/** What a step may ask while it gathers. Every answer is fresh, or at most as old as the last change of this run. */
export interface Ask {
  /** Throws `host.unreachable` and the other host errors; wrap in {@link attempt} where an absent host is an answer. */
  fact<Args, Value>(host: string, fact: Fact<Args, Value>, args: Args): Promise<Value>;
  /** Does a TCP connection from the worker to this port of the host open? */
  reach(host: string, port: number): Promise<boolean>;
  /** A secret of the inventory. Throws `config.secret-missing`. */
  secret(ref: SecretRef): Promise<Secret>;
  /** A new random secret, URL-safe base64 of that many bytes. */
  random(bytes: number): Secret;
  /** The worker's clock. */
  now(): Date;
  /** The primary's last observed state, from earlier runs and probes; undefined when it was never seen. */
  lastSighting(): Promise<PrimarySighting | undefined>;
  /** The newest rehearsal on that host; undefined when there was none. */
  lastRehearsal(host: string): Promise<RehearsalReport | undefined>;
}

/** The last time Zapas saw the primary alive, and how far its WAL was. */
export interface PrimarySighting {
  readonly at: string;
  readonly lsn: string;
  readonly timeline: number;
}

export interface ExecChange {
  readonly kind: 'exec';
  readonly host: string;
  readonly command: CommandLine;
  /** Exit codes that mean success; 0 alone when absent. */
  readonly okExit?: readonly number[];
}

/** Puts a whole file in place atomically: temporary file beside it, owner and mode set, synced, renamed. */
export interface WriteChange {
  readonly kind: 'write';
  readonly host: string;
  readonly path: string;
  readonly content: Word;
  /** SHA-256 (hex) of the file the plan saw, or `absent`. Anything else there now refuses the write: `file.changed`. */
  readonly ifHash: string;
  /** For a new file; an existing one keeps its own. Octal, e.g. `0600`. */
  readonly mode?: string;
  /** For a new file; an existing one keeps its own. */
  readonly owner?: string;
  /**
   * Run after the file is in place; exit 0 and no output means accepted. Otherwise the old bytes are put back (or the new
   * file removed) and the step fails with `rejected`, the output as its `detail`.
   */
  readonly validate?: { readonly command: CommandLine; readonly rejected: ErrorRef['code'] };
}

/** Long work that outlives every connection: detached on the host, followed by byte offset, started at most once per run. */
export interface JobChange {
  readonly kind: 'job';
  readonly host: string;
  /** Unique within its step. */
  readonly name: string;
  readonly command: CommandLine;
  /** How its output is read as progress. */
  readonly progress?: 'basebackup' | 'percent';
  /** The error that its failure is; `job.failed` when absent. */
  readonly rejected?: ErrorRef['code'];
}

export type Change = ExecChange | WriteChange | JobChange;

/** `attest`: only a person can see or do this; the step id names the text they are asked. */
export type Check = 'done' | 'needed' | { readonly blocked: ErrorRef } | { readonly attest: true };

export type Verdict = 'ok' | 'warning' | 'failed' | 'unknown';

/** One line of a checklist: what was looked at, how it stands, and (in the catalogue) what to do next. */
export interface Finding {
  readonly id: FindingId;
  readonly verdict: Verdict;
  readonly host?: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** What every step of a run is told. Roles are those at the start of the run. */
export interface StepInput {
  readonly run: string;
  readonly cluster: Cluster;
  readonly primary: Host;
  readonly standby: Host;
  /** The hosts a redirect recipe names, by id. */
  readonly others: Readonly<Record<string, Host>>;
  /** Parsed by the runbook's `options`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Ids of steps that a person has attested in this run. */
  readonly attested: readonly string[];
  /** When the request arrived, ISO 8601. */
  readonly requestedAt: string;
  /** People have weighed the evidence and approved: what is gathered now is for the bounds of their approval, not for them. */
  readonly approved: boolean;
}

/** What a step concluded from one gathering of facts. */
export interface Assessment {
  readonly facts: unknown;
  readonly check: Check;
  /** Empty unless `check` is `needed`. */
  readonly changes: readonly Change[];
  /** Does the end state of the step hold? Asked on fresh facts after the changes. */
  readonly verified: boolean;
  /** What there is instead, where the step can say more of it than that the end state is not there. */
  readonly unproven?: ErrorRef;
  readonly findings: readonly Finding[];
  readonly evidence?: Evidence;
  readonly report?: Report;
}

/** A step as its author writes it: pure functions over typed facts. */
export interface StepSpec<Facts> {
  /** Never renamed: audit, fixtures and documents hang on it. */
  readonly id: `${string}.${string}`;
  readonly manual: readonly ManualRow[];
  readonly effect: Effect;
  gather(ask: Ask, input: StepInput): Promise<Facts>;
  check(facts: Facts, input: StepInput): Check;
  /** Called only when `check` says `needed`. A read step has none. */
  apply?(facts: Facts, input: StepInput): readonly Change[];
  /**
   * On facts gathered afresh; absent means: `check` says `done`. Asked again for some seconds until it holds, so a server
   * that takes a moment to come up or to connect is no failure.
   */
  verify?(facts: Facts, input: StepInput): boolean;
  /** What to tell people when the end state does not come; `verify.failed` when absent. */
  unproven?(facts: Facts, input: StepInput): ErrorRef | undefined;
  /** How long the end state may take, in milliseconds, where some eight seconds are not enough. */
  readonly settlesWithinMs?: number;
  findings?(facts: Facts, input: StepInput): readonly Finding[];
  /** Undefined where the standby could not be looked at, and so nothing can be weighed; `check` then blocks. */
  evidence?(facts: Facts, input: StepInput): Evidence | undefined;
  report?(facts: Facts, input: StepInput): Report | undefined;
}

/** A step as the engine sees it: one question in, one conclusion out, no I/O but through `ask`. */
export interface Step {
  readonly id: `${string}.${string}`;
  readonly manual: readonly ManualRow[];
  readonly effect: Effect;
  readonly settlesWithinMs?: number;
  assess(ask: Ask, input: StepInput): Promise<Assessment>;
}

/** Makes a {@link Step} of its specification. */
export function defineStep<Facts>(spec: StepSpec<Facts>): Step {
  return {
    id: spec.id,
    manual: spec.manual,
    effect: spec.effect,
    ...(spec.settlesWithinMs !== undefined && { settlesWithinMs: spec.settlesWithinMs }),
    async assess(ask, input) {
      const facts = await spec.gather(ask, input);
      const check = spec.check(facts, input);
      const evidence = spec.evidence?.(facts, input);
      const report = spec.report?.(facts, input);
      const unproven = spec.unproven?.(facts, input);
      return {
        facts,
        check,
        changes: check === 'needed' ? (spec.apply?.(facts, input) ?? []) : [],
        verified: spec.verify ? spec.verify(facts, input) : check === 'done',
        findings: spec.findings?.(facts, input) ?? [],
        ...(evidence && { evidence }),
        ...(report && { report }),
        ...(unproven && { unproven }),
      };
    },
  };
}

/** An answer, or why there is none. */
export type Attempt<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ErrorRef };

/** Turns a failed question into an answer: an unreachable host is evidence, not an accident. Bugs still throw. */
export async function attempt<Value>(question: Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { ok: true, value: await question };
  } catch (error) {
    if (error instanceof OpsError && error.code !== 'exec.aborted') return { ok: false, error: error.ref() };
    throw error;
  }
}
