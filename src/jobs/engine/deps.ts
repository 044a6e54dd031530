import type { KeyObject } from 'node:crypto';
import type { Inventory } from '../../domain/inventory.ts';
import type { ClusterStore, Hosts, RunStore, Secrets } from '../../domain/ports.ts';
import type { Runbook, RunbookId } from '../../domain/runbook.ts';

/** What the engine needs of the world. */
export interface EngineDeps {
  readonly runs: RunStore;
  readonly clusters: ClusterStore;
  readonly hosts: Hosts;
  readonly secrets: Secrets;
  readonly inventory: Inventory;
  readonly runbook: (id: RunbookId) => Runbook;
  /** The public half of the bot's approval key. */
  readonly verifyingKey: KeyObject;
  /** Names this worker in leases and the log. */
  readonly owner: string;
  readonly now: () => Date;
  readonly log: Log;
  readonly timing: Timing;
  readonly probe: Probe;
}

/** A structured log; pino fits. Fields never carry a secret: errors go through the run's redactor first. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How long things take; all milliseconds. */
export interface Timing {
  /** A claim holds this long after its last renewal; it is renewed four times as often. */
  readonly leaseMs: number;
  /** Waits before a question, or a change of which nothing was started, is tried again; then it has failed. */
  readonly retryDelaysMs: readonly number[];
  /** A run that has changed nothing puts its question one last time when it has asked for this long. */
  readonly soonMs: number;
  /** Waits between looking again whether a step's end state holds; then it is `verify.failed`, unless the step may take longer. */
  readonly settleDelaysMs: readonly number[];
  /** How long a host that fell silent in the middle of a change is waited for before a person has to look. */
  readonly silenceMs: number;
  /** How long a look at a detached job may wait for its end: what it says meanwhile is shown that much later. */
  readonly jobPollMs: number;
}

export const TIMING: Timing = {
  leaseMs: 15_000,
  retryDelaysMs: [1_000, 2_000, 5_000],
  soonMs: 5_000,
  settleDelaysMs: [25, 50, 100, 250, 500, 1_000, 2_000, 4_000],
  silenceMs: 120_000,
  jobPollMs: 1_000,
};

/** The places a test can stop the engine at: everything before has happened, nothing after. */
export type ProbePoint =
  | 'claimed'
  | 'planned'
  | 'gate-opened'
  | 'approval-checked'
  | 'step-started'
  | 'change-started'
  | 'job-followed'
  | 'change-applied'
  | 'roles-set'
  | 'step-finished'
  | 'undo-started'
  | 'finished';

export interface ProbeDetail {
  readonly run: string;
  readonly step?: string;
  /** Position of the change within its step, from 0. */
  readonly change?: number;
}

/** Called at every point; in production it does nothing. */
export type Probe = (point: ProbePoint, detail: ProbeDetail) => void | Promise<void>;

export const noProbe: Probe = () => undefined;
