/** One host's power button and console, whatever it is made of. All actions are idempotent. */
export interface Machine {
  /** Starts the host on its disks and returns when its first process runs (its services may still be on their way). */
  boot(base: string): Promise<void>;
  /** The power fails: everything in the host dies at once. Returns when nothing of it runs. */
  kill(): Promise<void>;
  /** The host is shut down in order. Returns when nothing of it runs. */
  shutDown(): Promise<void>;
  /** The id of the host's first process as this machine sees it; undefined while the host is off. */
  leader(): number | undefined;
  /** argv before a command that shall run as root inside the host, past its network. Throws when the host is off. */
  enter(): readonly string[];
}
