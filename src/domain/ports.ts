import type { CommandLine, ExecResult, ShellFamily } from './command.ts';
import type { SecretRef } from './formats.ts';
import type { Host } from './inventory.ts';
import type { LinkEvent } from './links.ts';
import type { RehearsalReport } from './report.ts';
import type { Run, RunEvent, RunState } from './run.ts';
import type { Secret } from './secret.ts';
import type { PrimarySighting, WriteChange } from './step.ts';

/**
 * What the engine needs of the world. Adapters implement these; nothing here knows how. Each port has one contract suite
 * in `test/contracts/` that every implementation passes.
 */

/**
 * A worker's right to change the cluster `resource`. Tokens are decimal strings from one sequence, so they compare across
 * runs; the host keeps the highest it has seen and refuses older ones (`host.fenced`).
 */
export interface Fence {
  readonly resource: string;
  readonly token: string;
}

/** One host: transport, shell dialect and become composed. Connections are kept and shared; every call may reconnect. */
export interface HostGateway {
  /** Which dialect its commands are written in. */
  readonly family: ShellFamily;
  /** The command as people read it; secrets are `***`. The very text that would run. */
  render(command: CommandLine): string;
  /**
   * Runs a read-only command. Throws `host.*` when nothing was started, `exec.outcome-unknown` when the link was lost while
   * it ran, `exec.timeout`, `exec.aborted`.
   */
  ask(command: CommandLine, signal: AbortSignal): Promise<ExecResult>;
  /**
   * Runs a changing command under the host's lock of the fence's resource: it waits for a change still running there
   * (`host.busy` after a minute) and refuses an older token (`host.fenced`). Same errors as {@link HostGateway.ask}.
   */
  exec(command: CommandLine, fence: Fence, signal: AbortSignal): Promise<ExecResult>;
  /** The whole file, byte-exact; undefined when there is none. */
  read(path: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** See {@link WriteChange}. Returns the bytes that were there before, undefined for a new file. */
  write(change: WriteChange, fence: Fence, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Starts a detached job; a second start of the same id only attaches. Ids are `[a-z0-9.-]+`. */
  startJob(id: string, command: CommandLine, fence: Fence, signal: AbortSignal): Promise<void>;
  /**
   * The state and the output from `offset` on (bytes, stdout and stderr in the order written). While the job runs the answer waits for
   * its end, `patienceMs` at most; at once when that is not given.
   */
  pollJob(id: string, offset: number, signal: AbortSignal, patienceMs?: number): Promise<JobStatus>;
  /** Ends the job's whole process tree and returns when none of it is left. Idempotent. */
  cancelJob(id: string, fence: Fence, signal: AbortSignal): Promise<void>;
  /** Removes the directory of a job that is over. Idempotent. */
  removeJob(id: string, signal: AbortSignal): Promise<void>;
  /** Does a TCP connection from this machine to that port of the host open? Never throws for a closed or silent port. */
  reach(port: number, signal: AbortSignal): Promise<boolean>;
}

/**
 * `absent`: never started. `vanished`: its process is gone without an exit code. `rebooted`: the host restarted meanwhile.
 * With `exited` the output is complete.
 */
export interface JobStatus {
  readonly state: 'running' | 'exited' | 'absent' | 'vanished' | 'rebooted';
  readonly code?: number;
  readonly output: Uint8Array;
  /** Where the next poll reads on. */
  readonly offset: number;
}

export interface Hosts {
  gateway(host: Host): HostGateway;
  /** Closes every connection. */
  close(): Promise<void>;
}

export interface Secrets {
  /** Throws `config.secret-missing`. */
  get(ref: SecretRef): Promise<Secret>;
}

/** Takes secrets that people deliver by a form. It can write them, never read them. */
export interface SecretSink {
  /**
   * Writes the secret to the file of the reference, all or nothing, for the eyes of this account alone. Throws `secret.not-writable`
   * for `env:`, for what does not stand in the inventory, and for a directory that may not be written.
   */
  put(ref: SecretRef, secret: Secret): Promise<void>;
}

/** A run a worker may write to until its lease ends. */
export interface Claim {
  readonly run: Run;
  readonly fence: string;
}

/** Ephemeral progress of the running step; not an event, not audited, the newest wins. */
export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'percent';
  readonly etaSeconds?: number;
  /** Where to read on in the output of the step's detached job. */
  readonly jobOffset: number;
  /** Id of the host whose link is lost: its job goes on there and is followed again as soon as it answers. */
  readonly waitsFor?: string;
}

export interface RunFilter {
  readonly cluster?: string;
  readonly states?: readonly RunState[];
  readonly limit?: number;
}

/** The truth about runs. All time is the store's or inside the events; ids are opaque strings. */
export interface RunStore {
  /** Idempotent by `asked`: the same request again gives the run it started. Refuses a second mutating run never: it queues. */
  request(event: RunEvent & { readonly type: 'requested' }): Promise<{ readonly run: Run; readonly created: boolean }>;
  load(id: string): Promise<Run | undefined>;
  /** Newest first. */
  list(filter: RunFilter): Promise<readonly Run[]>;
  /**
   * Decides, evolves, saves and audits in one transaction. With `fence`, `run.lost-lease` when the claim is no longer ours.
   * A refusal is thrown as its error; when `event.by` is a person it is audited first as `refused`.
   */
  apply(id: string, event: RunEvent, fence?: string): Promise<Run>;
  /** The claim on a ready run that nobody holds; undefined otherwise. Draws a new fencing token. */
  claim(id: string, owner: string, ttlMs: number): Promise<Claim | undefined>;
  /** Extends the lease. False: it is lost. `stopAsked`: someone wants the run stopped. */
  renew(id: string, fence: string, ttlMs: number): Promise<{ readonly held: boolean; readonly stopAsked: boolean }>;
  /** Gives the claim back; a run still `ready` is due again after `wakeMs`. */
  release(id: string, fence: string, wakeMs: number): Promise<void>;
  /** Lets the most urgent queued run of each free cluster in; returns their ids. */
  admit(): Promise<readonly string[]>;
  /** Ids of ready runs that are due and that nobody holds. */
  due(): Promise<readonly string[]>;
  /** Open gates whose time is over. */
  overdueGates(): Promise<readonly { readonly id: string; readonly number: number }[]>;
  setProgress(id: string, fence: string, progress: Progress): Promise<void>;
  progress(id: string): Promise<Progress | undefined>;
  /** Calls back with the id of every run that changed (events and progress), from any process; returns how to stop. */
  watch(onChange: (id: string) => void): Promise<() => Promise<void>>;
}

/** What Zapas knows of a cluster beside the inventory. */
export interface ClusterStore {
  /** Roles since the last failover; undefined: as in the inventory. */
  roles(cluster: string): Promise<{ readonly primary: string; readonly standby: string } | undefined>;
  setRoles(cluster: string, roles: { readonly primary: string; readonly standby: string }, run: string): Promise<void>;
  lastSighting(cluster: string): Promise<PrimarySighting | undefined>;
  /** What the newest rehearsal of a standby on that host has measured. */
  lastRehearsal(cluster: string, host: string): Promise<RehearsalReport | undefined>;
  saw(cluster: string, sighting: PrimarySighting): Promise<void>;
}

/** The result of walking the audit chain. `at` is the number of the first broken row. */
export type AuditVerdict =
  | { readonly ok: true; readonly rows: number; readonly head: string }
  | { readonly ok: false; readonly at: number; readonly reason: 'hash' | 'link' | 'gap' };

/** Everything that is audited. */
export type AuditEvent = RunEvent | LinkEvent;

export interface AuditRow {
  readonly number: number;
  /** Empty for what belongs to no run. */
  readonly run: string;
  readonly event: AuditEvent;
  readonly hash: string;
}

export interface AuditLog {
  /**
   * Walks the whole chain. `known` is an earlier verdict that was kept elsewhere: the chain must still contain it, which also
   * finds a tail that was cut off together with the store's own note of the head.
   */
  verify(known?: { readonly rows: number; readonly head: string }): Promise<AuditVerdict>;
  /** In order; of one run, or all of them. */
  read(run?: string): Promise<readonly AuditRow[]>;
}

/** Wakes a worker up. A lost wake-up costs a second, never a run. Never waits, never throws. */
export interface WakeUps {
  advance(run: Pick<Run, 'id' | 'runbook' | 'mutating'>): void;
}
