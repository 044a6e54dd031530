import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import {
  type BasebackupPlan,
  basebackupArguments,
  detectBasebackupBuild,
} from '../../../src/runbooks/postgres/basebackup.ts';
import { parseConninfo } from '../../../src/runbooks/postgres/conninfo.ts';
import { addSample, etaSeconds, NO_SAMPLES, parseProgress, rate } from '../../../src/runbooks/postgres/progress.ts';
import { scramVerifier } from '../../../src/runbooks/postgres/scram.ts';
import { quoteIdentifier, quoteLiteral } from '../../../src/runbooks/postgres/sql.ts';

const PLAN: BasebackupPlan = {
  pgdata: '../data',
  source: {
    host: '10.77.0.12',
    port: 5432,
    user: 'admin',
    passfile: '/opt/mmedica/pgpass',
    sslmode: 'verify-ca',
    sslrootcert: '/opt/mmedica/certs/root.crt',
    sslcert: '/opt/mmedica/certs/client.crt',
    sslkey: '/opt/mmedica/certs/client.key',
  },
};

describe('pg_basebackup (M14)', () => {
  it("stock: the vendor's extra options become a connection string; nothing is written by -R (H24)", () => {
    const args = basebackupArguments({ ...PLAN, slot: 'zapas', maxRateKiloBytes: 51_200 }, 'stock');
    const dbname = args.find((arg) => arg.startsWith('--dbname='))?.slice('--dbname='.length) ?? '';
    expect(parseConninfo(dbname).settings).toEqual({ ...PLAN.source, port: '5432' });
    expect(args).toEqual([
      '--pgdata=../data',
      '--format=p',
      '--checkpoint=fast',
      '--label=mmedica',
      '--progress',
      `--dbname=${dbname}`,
      '--no-password',
      '--wal-method=stream',
      '--slot=zapas',
      '--max-rate=51200k',
      '--manifest-checksums=SHA256',
    ]);
  });

  it("vendor: the manual's options in the manual's order, the password never among them", () => {
    expect(basebackupArguments(PLAN, 'vendor').slice(0, 16)).toEqual([
      '--pgdata=../data',
      '--format=p',
      '--write-recovery-conf',
      '--checkpoint=fast',
      '--label=mmedica',
      '--progress',
      '--host=10.77.0.12',
      '--port=5432',
      '--username=admin',
      '-R',
      '-M',
      '/opt/mmedica/certs/root.crt',
      '-o',
      '/opt/mmedica/certs/client.crt',
      '-O',
      '/opt/mmedica/certs/client.key',
    ]);
    expect(basebackupArguments(PLAN, 'vendor').join(' ')).not.toContain('password=');
  });

  it('H35: tablespaces are mapped, an equals sign in a path is escaped', () => {
    const args = basebackupArguments({ ...PLAN, tablespaces: [{ from: '/ts=1', to: '/srv/ts1' }] }, 'stock');
    expect(args).toContain('--tablespace-mapping=/ts\\=1=/srv/ts1');
  });

  it.each([
    ['a slot name PostgreSQL refuses', { slot: 'Zapas-1' }],
    ['a rate out of range', { maxRateKiloBytes: 8 }],
    ['a line break', { pgdata: '/a\n/b' }],
  ])('refuses %s', (_what, change) => {
    expect(() => basebackupArguments({ ...PLAN, ...change }, 'stock')).toThrow(/postgresql.format/);
  });

  it('tells the builds apart by --help; every stock option used is one that 17.11 knows', () => {
    const help = readFileSync(join(import.meta.dirname, '../../fixtures/postgres/pg_basebackup-help.txt'), 'utf8');
    expect(detectBasebackupBuild(help)).toBe('stock');
    expect(detectBasebackupBuild(`${help}\n  --replication-password=HASLO\n`)).toBe('vendor');
    const plan = { ...PLAN, slot: 'z', maxRateKiloBytes: 100, tablespaces: [{ from: '/a', to: '/b' }] };
    for (const arg of basebackupArguments(plan, 'stock')) expect(help).toContain(arg.split('=')[0]);
  });
});

describe('progress (H33)', () => {
  it.each([
    ['  8725/151226 kB (5%), 0/1 przestrzeń tabel', { done: 8725 * 1024, total: 151_226 * 1024, percent: 5 }],
    [
      'waiting for checkpoint\n36544/36544 kB (100%), 0/1 tablespace\n',
      { percent: 100, tablespaces: { done: 0, total: 1 } },
    ],
    [
      '    0/10 kB (0%), 0/2 tablespaces (base/1/2)\r   10/10 kB (102%), 2/2 tablespaces',
      { percent: 100, tablespaces: { done: 2, total: 2 } },
    ],
  ])('%j', (output, expected) => {
    expect(parseProgress(output)).toMatchObject(expected);
  });

  it('says nothing while the checkpoint runs, and ignores a line that is cut off', () => {
    expect(parseProgress('waiting for checkpoint\n')).toBeUndefined();
    expect(parseProgress('100/200 kB (50%), 0/1 tablespace\n120/20')).toMatchObject({ percent: 50 });
  });
});

const fold = (...samples: [number, number][]): typeof NO_SAMPLES =>
  samples.reduce((state, [at, bytes]) => addSample(state, { at, bytes }), NO_SAMPLES);

describe('the time left', () => {
  it('follows the rate of the last minute, not of the whole clone', () => {
    const state = fold([0, 0], [60_000, 60_000_000], [120_000, 60_600_000]);
    expect(rate(state)).toBe(10_000);
    expect(etaSeconds(state, 61_200_000)).toBe(60);
  });

  it('is unknown with one sample or when nothing moves, and zero at the end', () => {
    expect(etaSeconds(NO_SAMPLES, 10)).toBeUndefined();
    expect(etaSeconds(fold([0, 0]), 10)).toBeUndefined();
    expect(etaSeconds(fold([0, 5], [1000, 5]), 10)).toBeUndefined();
    expect(etaSeconds(fold([0, 5], [1000, 10]), 10)).toBe(0);
  });

  it('starts anew when the clone does', () => {
    expect(fold([0, 0], [1000, 100], [2000, 10]).samples).toEqual([{ at: 2000, bytes: 10 }]);
  });
});

describe('what goes into SQL', () => {
  it('literals and identifiers are quoted whatever they hold; NUL and names that would be cut are refused', () => {
    expect(quoteLiteral("o'brien")).toBe("'o''brien'");
    expect(quoteLiteral("a\\'b")).toBe("E'a\\\\''b'");
    expect(quoteIdentifier('J"K')).toBe('"J""K"');
    for (const act of [() => quoteLiteral('a\0'), () => quoteIdentifier(''), () => quoteIdentifier('ą'.repeat(32))]) {
      expect(act).toThrow(/postgresql.format/);
    }
  });

  it('a verifier needs an ASCII password and a real salt, and prints as ***', () => {
    expect(String(scramVerifier(new Secret('x'), new Uint8Array(16)))).toBe('***');
    expect(() => scramVerifier(new Secret('hasło'), new Uint8Array(16))).toThrow(/password-characters/);
    expect(() => scramVerifier(new Secret(''), new Uint8Array(16))).toThrow(/password-characters/);
    expect(() => scramVerifier(new Secret('x'), new Uint8Array(8))).toThrow(/salt/);
  });
});
