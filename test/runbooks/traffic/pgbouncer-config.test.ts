import { describe, expect, it } from 'vitest';
import { databaseHost, pointDatabase } from '../../../src/runbooks/traffic/pgbouncer-config.ts';
import { type Random, seeded } from '../postgres/support/random.ts';

const OLD = '10.77.0.12';
const NEW = '10.77.0.13';
const around = (line: string): string =>
  `; pooler of the clinic\n[databases]\nother = host=10.77.0.12\n${line}\n\n[pgbouncer]\nlisten_port = 6432\nmmedica = host=10.77.0.12\n`;

describe('a database of PgBouncer’s file (M24)', () => {
  it.each([
    ['plain', 'mmedica = host=10.77.0.12 port=5432', 'mmedica = host=10.77.0.13 port=5432'],
    ['tight', 'mmedica=host=10.77.0.12', 'mmedica=host=10.77.0.13'],
    ['quoted name', '"mmedica" = host=10.77.0.12', '"mmedica" = host=10.77.0.13'],
    ['quoted value', "mmedica = host = '10.77.0.12'  port='5432' ", "mmedica = host = '10.77.0.13'  port='5432' "],
    [
      'with a password',
      "mmedica = password='it''s host=x' host=10.77.0.12",
      "mmedica = password='it''s host=x' host=10.77.0.13",
    ],
    ['Windows line ends', 'mmedica = host=10.77.0.12 port=5432\r', 'mmedica = host=10.77.0.13 port=5432\r'],
  ])('%s', (_what, before, after) => {
    expect(databaseHost(around(before), 'mmedica')).toBe(OLD);
    expect(pointDatabase(around(before), 'mmedica', NEW)).toBe(around(after));
    expect(databaseHost(around(after), 'mmedica')).toBe(NEW);
  });

  it('given twice: the last counts, both are moved', () => {
    const twice = around('mmedica = host=192.0.2.1\nmmedica = host=10.77.0.12');
    expect(databaseHost(twice, 'mmedica')).toBe(OLD);
    expect(pointDatabase(twice, 'mmedica', NEW)).toBe(around('mmedica = host=10.77.0.13\nmmedica = host=10.77.0.13'));
  });

  it.each([
    ['a local socket', 'mmedica = dbname=mmedica'],
    ['another database', 'mmedica2 = host=10.77.0.12'],
    ['a comment', ';mmedica = host=10.77.0.12'],
    ['what cannot be read', "mmedica = host='10.77.0.12 port=5432"],
    ['an included file', '%include /etc/pgbouncer/more.ini'],
  ])('%s is none', (_what, line) => {
    expect(databaseHost(around(line), 'mmedica')).toBeUndefined();
    expect(pointDatabase(around(line), 'mmedica', NEW)).toBe(around(line));
  });

  it('in any file: moved once it stays, back again is the file of before, all else byte by byte (2000 files)', () => {
    for (let seed = 0; seed < 2_000; seed += 1) {
      const before = anyFile(seeded(seed));
      const moved = pointDatabase(before, 'mmedica', NEW);
      expect(pointDatabase(moved, 'mmedica', NEW), `seed ${seed}`).toBe(moved);
      expect(pointDatabase(moved, 'mmedica', OLD), `seed ${seed}`).toBe(before);
      const found = databaseHost(before, 'mmedica');
      expect(databaseHost(moved, 'mmedica'), `seed ${seed}`).toBe(found === undefined ? undefined : NEW);
    }
  });
});

function anyFile(random: Random): string {
  const setting = () =>
    random.pick([
      `host=${OLD}`,
      `host='${OLD}'`,
      'port=5432',
      "password='ż'''",
      'dbname = x',
      "'",
      'user=',
      '#',
      'pool_size=5',
    ]);
  const gap = () => random.text(' \t', 1, 2);
  const line = () =>
    random.pick([
      () => random.text('abż ;#"\'=[]%\t', 0, 20),
      () => random.pick(['[databases]', '[pgbouncer]', ' [databases] ', '[users]']),
      () =>
        `${random.pick(['mmedica', '"mmedica"', 'other', '*'])}${random.pick(['=', ' = '])}${Array.from({ length: random.int(5) }, setting).join(gap())}`,
    ])();
  const body = Array.from({ length: random.int(14) }, line);
  return ['[databases]', ...body].join(random.pick(['\n', '\r\n'])) + random.pick(['', '\n']);
}
