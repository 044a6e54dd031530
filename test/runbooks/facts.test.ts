import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import type { Fact } from '../../src/domain/step.ts';
import * as aside from '../../src/runbooks/facts/aside.ts';
import * as backups from '../../src/runbooks/facts/backups.ts';
import * as binaries from '../../src/runbooks/facts/binaries.ts';
import * as certificates from '../../src/runbooks/facts/certificates.ts';
import * as database from '../../src/runbooks/facts/database.ts';
import * as files from '../../src/runbooks/facts/files.ts';
import * as firewall from '../../src/runbooks/facts/firewall.ts';
import * as log from '../../src/runbooks/facts/log.ts';
import * as moment from '../../src/runbooks/facts/moment.ts';
import * as network from '../../src/runbooks/facts/network.ts';
import * as os from '../../src/runbooks/facts/os.ts';
import * as postgres from '../../src/runbooks/facts/postgres.ts';
import * as redirect from '../../src/runbooks/facts/redirect.ts';
import * as rehearsal from '../../src/runbooks/facts/rehearsal.ts';
import * as service from '../../src/runbooks/facts/service.ts';
import * as traffic from '../../src/runbooks/facts/traffic.ts';
import * as wal from '../../src/runbooks/facts/wal.ts';
import * as watch from '../../src/runbooks/watch/probe.ts';
import { freeze } from './step-cases.ts';

/**
 * What real hosts answered, and what it means: `test/fixtures/facts/<fact id>/<case>.json` with the arguments, the captured
 * result and the value (or the error's code) it stands for.
 */
interface FactCase {
  readonly args: unknown;
  readonly result: { readonly code: number; readonly stdout: string; readonly stderr: string };
  readonly value?: unknown;
  readonly error?: { readonly code: string };
}

const FIXTURES = join(import.meta.dirname, '../fixtures/facts');
const FACTS = [
  aside,
  backups,
  binaries,
  certificates,
  database,
  files,
  firewall,
  log,
  moment,
  network,
  os,
  postgres,
  redirect,
  rehearsal,
  service,
  traffic,
  wal,
  watch,
]
  .flatMap((module) => Object.values<unknown>(module))
  .filter(isFact);

function isFact(value: unknown): value is Fact<unknown, unknown> {
  return typeof value === 'object' && value !== null && 'parse' in value && 'read' in value;
}

function conclude(fact: Fact<unknown, unknown>, { args, result }: FactCase): unknown {
  const encoder = new TextEncoder();
  const raw = { ...result, stdout: encoder.encode(result.stdout), stderr: encoder.encode(result.stderr) };
  try {
    return { value: freeze(fact.parse(raw, args)) };
  } catch (error) {
    return { error: error instanceof OpsError ? error.code : error };
  }
}

/** How long its question may take on Windows. What leads the clients to a server, and rehearsing, is a matter of Linux hosts. */
function onWindows(fact: Fact<unknown, unknown>, args: unknown): number {
  return (/^traffic\.|^files\.rehearsals$/.test(fact.id) ? fact.read.posix : fact.read.windows)(args).timeoutMs;
}

describe.each(FACTS)('$id', (fact) => {
  const directory = join(FIXTURES, fact.id);
  const cases = readdirSync(directory).map((file): [string, FactCase] => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(directory, file), 'utf8')) as FactCase,
  ]);

  it.each(cases)('%s', (_name, one) => {
    const expected = one.error ? { error: one.error.code } : { value: one.value };
    expect(conclude(fact, one)).toEqual(expected);
  });

  it('runs under LC_ALL=C and never without an end (H45)', () => {
    for (const [, { args }] of cases) {
      const command = fact.read.posix(args);
      expect(command.env).toMatchObject({ LC_ALL: 'C' });
      expect(command.timeoutMs).toBeGreaterThan(0);
      expect(onWindows(fact, args)).toBeGreaterThan(0);
    }
    expect(cases.length).toBeGreaterThan(0);
  });
});
