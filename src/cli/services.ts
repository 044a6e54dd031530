import type { KeyObject } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { RouterDeps } from '../bot/desk.ts';
import type { LinkBook } from '../bot/link-book.ts';
import type { Output } from '../bot/platforms/terminal/screen.ts';
import type { ErrorRef } from '../domain/errors.ts';
import type { Inventory, Language } from '../domain/inventory.ts';
import type { AuditLog, RunStore, WakeUps } from '../domain/ports.ts';
import type { Runbook } from '../domain/runbook.ts';

/** What commands about runs and people need. Open it once, close it at the end. */
export interface Office {
  readonly inventory: () => Inventory;
  readonly runs: RunStore;
  readonly audit: AuditLog;
  readonly watch: RouterDeps['watch'];
  readonly links: LinkBook;
  /** The Ed25519 key that signs approvals. */
  readonly signingKey: KeyObject;
  readonly wake: WakeUps;
  /** An SVG as PNG. */
  readonly paint: (svg: string) => Uint8Array;
  readonly close: () => Promise<void>;
}

/** One thing the doctor looked at. Without `error` it is well. */
export interface Diagnosis {
  readonly what: string;
  /** Which one: a file, a reference, a host. */
  readonly subject: string;
  readonly error?: ErrorRef;
}

/** Which part serves in this process. */
export interface Serving {
  readonly parts: 'all' | 'bot' | 'worker';
  /** Somebody at this machine opens the web console as that account; `show` is told the address that signs them in. */
  readonly console?: { readonly account: string; show(url: string): void };
}

/** What the command line can do, handed in by the composition root. Each may throw `OpsError`. */
export interface CliServices {
  readonly version: string;
  /** Known without opening anything: flags and help are derived from them. */
  readonly runbooks: readonly Runbook[];
  readonly openOffice: () => Promise<Office>;
  /** Serves until the signal is aborted, then ends in order. */
  readonly serve: (what: Serving, signal: AbortSignal) => Promise<void>;
  /** Settles when inventory, store and queue can be opened; throws what is wrong. For the health checks of containers. */
  readonly health: () => Promise<void>;
  readonly examine: () => Promise<readonly Diagnosis[]>;
  /** Problems of the inventory, each with file, line and key in its params; empty when there are none. */
  readonly checkInventory: () => Promise<readonly ErrorRef[]>;
  readonly inventorySchema: () => unknown;
  /** Makes the pair of approval keys and returns where they are. */
  readonly generateKeys: () => Promise<{ readonly signing: string; readonly verifying: string }>;
}

/** What the process gives the command line. */
export interface CliWorld {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Of the machine; a person's own language goes before it. */
  readonly language: Language;
  readonly colour: boolean;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly interrupted: AbortSignal;
}
