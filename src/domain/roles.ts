/** A role that at most one process of the office has at a time. */
export interface Held {
  /** Settles when the role is no longer this process's: it may have it again, or somebody else has it now. */
  readonly lost: Promise<void>;
  /** Did another process wait for it when that was last known? */
  readonly wanted: boolean;
  release(): Promise<void>;
}

/** Who does what only one may do. A process that dies has no role any more. */
export interface Roles {
  /** The role of talking to people; undefined while another process has it. Throws `store.unavailable`. */
  take(): Promise<Held | undefined>;
  /** Waits no longer. */
  leave(): Promise<void>;
}
