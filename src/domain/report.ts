import type { Finding } from './step.ts';

/** One server as `status` saw it. Null where the question could not be answered. */
export interface ServerState {
  readonly host: string;
  readonly reachable: boolean;
  readonly running: boolean | null;
  readonly role: 'primary' | 'standby' | null;
  readonly version: string | null;
  readonly timeline: number | null;
  readonly lsn: string | null;
  readonly diskFreeBytes: string | null;
}

/** The pair as one picture. Lag in bytes (decimal string) and seconds. */
export interface StatusReport {
  readonly kind: 'status';
  readonly at: string;
  readonly primary: ServerState;
  readonly standby: ServerState;
  readonly streaming: boolean | null;
  readonly receiveLagBytes: string | null;
  readonly replayLagBytes: string | null;
  readonly replayLagSeconds: number | null;
  /** The newest rehearsal on the standby's host; null: never. Absent where there are none, on Windows. */
  readonly rehearsed?: { readonly at: string; readonly milliseconds: number } | null;
  readonly slot: { readonly name: string; readonly active: boolean; readonly walStatus: string } | null;
  readonly findings: readonly Finding[];
}

/** A judged piece of pg_log. */
export interface LogReport {
  readonly kind: 'log';
  readonly host: string;
  readonly file: string;
  readonly verdict: 'ok' | 'warning' | 'failed' | 'inconclusive';
  /** Message ids of the log table with the host to mend. */
  readonly findings: readonly {
    readonly id: string;
    readonly mend: 'primary' | 'standby' | 'link';
    readonly line: string;
  }[];
  readonly excerpt: readonly string[];
}

/** How long nothing could be written. */
export interface OutageReport {
  readonly kind: 'outage';
  /** Milliseconds from the standby's last word of the old primary to the first accepted write. */
  readonly milliseconds: number | null;
  readonly lastContact: string | null;
  readonly firstWrite: string;
  readonly timeline: number;
}

/** A dated proof: a copy of the standby was promoted and took a write. */
export interface RehearsalReport {
  readonly kind: 'rehearsal';
  readonly host: string;
  /** When the copy's first write was committed. */
  readonly at: string;
  /** From the promotion to that write. */
  readonly milliseconds: number;
  /** From the start of the copy until it was consistent. */
  readonly recoveryMilliseconds: number;
  /** That of the copy, which began with the promotion. */
  readonly timeline: number;
  /** `absent`: pg_amcheck is not there or could not work. `unfinished`: nothing was found in the time it had. */
  readonly amcheck: 'sound' | 'unfinished' | 'absent';
}

export type Report = StatusReport | LogReport | OutageReport | RehearsalReport;
