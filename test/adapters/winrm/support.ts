import { onTestFinished } from 'vitest';
import { asRendered, type Connection } from '../../../src/adapters/gateway/contracts.ts';
import type { ClientLimits } from '../../../src/adapters/winrm/client/client.ts';
import { createWinrmConnection, DEFAULT_LIMITS } from '../../../src/adapters/winrm/connection.ts';
import type { Endpoint } from '../../../src/adapters/winrm/endpoint.ts';
import type { ExecResult } from '../../../src/domain/command.ts';
import { OpsError } from '../../../src/domain/errors.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { FakeHost, type FakeOptions } from '../../fakes/winrm/host.ts';

/** Waits are short here; what a test waits for are conditions. */
export const LIMITS: ClientLimits = { ...DEFAULT_LIMITS, pollMs: 250, quotaWaitsMs: [10, 20], graceMs: 30_000 };

export const PASSWORD = 'Zażółć 1!';
export const NTLM = { kind: 'ntlm', user: 'LAB\\zapas', password: new Secret(PASSWORD) } as const;

export interface Bench {
  readonly host: FakeHost;
  readonly connection: Connection;
}

/** A host and a connection to it, both gone after the test. */
export async function bench(
  options: FakeOptions = {},
  endpoint: Partial<Endpoint> = {},
  limits: Partial<ClientLimits> = {},
): Promise<Bench> {
  const host = await FakeHost.start(options);
  const target = { scheme: 'http', host: '127.0.0.1', port: host.port, login: NTLM, ...endpoint } as Endpoint;
  const connection = connectTo(target, limits);
  onTestFinished(() => host.stop());
  return { host, connection };
}

export function connectTo(endpoint: Endpoint, limits: Partial<ClientLimits> = {}): Connection {
  const connection = createWinrmConnection('clinic-db', () => Promise.resolve(endpoint), { ...LIMITS, ...limits });
  onTestFinished(() => connection.close());
  return connection;
}

const NEVER = new AbortController().signal;

export interface RunOptions {
  readonly stdin?: Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export function run(connection: Connection, text: string, options: RunOptions = {}): Promise<ExecResult> {
  const { stdin, timeoutMs = 20_000, signal = NEVER } = options;
  return connection.exec(asRendered({ text, timeoutMs, ...(stdin && { stdin }) }), signal);
}

/** The error the promise rejects with; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<OpsError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** Waits until it is so; the test's own time-out is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
