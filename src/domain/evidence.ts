/** Who looked at the primary, by which way, and what they saw. */
export interface Sighting {
  readonly by: 'bot' | 'standby' | 'primary';
  readonly way: 'login' | 'port' | 'postgres' | 'replication';
  /** `alive`, `dead` (an answer that says no), `silent` (no answer within the time). */
  readonly saw: 'alive' | 'dead' | 'silent';
  readonly detail?: string;
}

/**
 * What a failover rests on: everything the second person needs to judge, gathered at one moment.
 *
 * LSNs are in PostgreSQL's `X/X` form. Bytes are decimal strings (they exceed 2^53 in principle).
 */
export interface Evidence {
  readonly gatheredAt: string;
  readonly sightings: readonly Sighting[];
  readonly primaryAlive: boolean;
  /** Can the old primary be stopped and disabled? `unreachable` is shown as UNFENCED and must be accepted in words. */
  readonly fencing: 'possible' | 'unreachable';
  readonly timeline: number;
  readonly receiveLsn: string;
  readonly replayLsn: string;
  readonly systemIdentifier: string;
  readonly lastContact: string | null;
  readonly loss: LossBound;
  /** What the newest rehearsal on the standby's host has measured: how long a failover takes there. */
  readonly rehearsal?: { readonly at: string; readonly milliseconds: number };
  /** A switchover: the primary is to be alive, and is stopped in order once this is approved. */
  readonly planned?: true;
  /** The standby has taken over already: it goes on writing, and the old primary may be alive beside it. */
  readonly taken?: true;
}

/** The worst case of commits that the standby does not have. */
export interface LossBound {
  /**
   * `none`: the primary stopped cleanly and its last word arrived. `bounded`: its host answers, and the WAL on its disk ends so
   * many bytes behind what arrived. `unknown`: say so.
   */
  readonly kind: 'none' | 'bounded' | 'unknown';
  /** Bytes of WAL that did not arrive: at most so many when `bounded`, at least so many when `unknown` (null: nobody knows). */
  readonly bytes: string | null;
  /** Seconds since the standby last heard from the primary; commits after that are lost. */
  readonly seconds: number | null;
}

/** What an approval allows. Outside of it the worker refuses and asks again. */
export interface Bounds {
  readonly primary: string;
  readonly standby: string;
  readonly timeline: number;
  readonly systemIdentifier: string;
  readonly fencing: Evidence['fencing'];
  /** The received LSN must not be before this one … */
  readonly receiveLsnFrom: string;
  /** … nor more than this many bytes after it. */
  readonly lsnBoundBytes: number;
}
