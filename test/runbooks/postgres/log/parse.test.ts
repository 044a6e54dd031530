import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../../../src/runbooks/postgres/log/decode.ts';
import { parsePlainLog } from '../../../../src/runbooks/postgres/log/parse.ts';
import { readLog } from '../../../../src/runbooks/postgres/log/read.ts';
import { parseCsvLog, parseJsonLog } from '../../../../src/runbooks/postgres/log/structured.ts';

const PL = join(import.meta.dirname, '../../../fixtures/postgres/log/pl');

describe('the plain log', () => {
  it('joins DETAIL, HINT, CONTEXT, STATEMENT and tab-indented lines to their message', () => {
    const entries = parsePlainLog([
      '2026-11-22 21:49:22.786 UTC [6547] DZIENNIK:  nie można przyjąć połączenia SSL: certificate verify failed',
      '2026-11-22 21:49:22.786 UTC [6547] SZCZEGÓŁY:  Client certificate verification failed.',
      '\tFailed certificate data (unverified): subject "/CN=other".',
      '2026-11-22 21:49:22.900 UTC [6600] BŁĄD:  gniazdo replikacji "brak" nie istnieje',
      '2026-11-22 21:49:22.900 UTC [6600] WYRAŻENIE:  START_REPLICATION SLOT "brak"',
    ]);
    expect(entries).toEqual([
      {
        at: '2026-11-22 21:49:22.786 UTC',
        pid: 6547,
        severity: 'LOG',
        message: 'nie można przyjąć połączenia SSL: certificate verify failed',
        detail: 'Client certificate verification failed.\nFailed certificate data (unverified): subject "/CN=other".',
        first: 1,
        last: 3,
      },
      {
        at: '2026-11-22 21:49:22.900 UTC',
        pid: 6600,
        severity: 'ERROR',
        message: 'gniazdo replikacji "brak" nie istnieje',
        statement: 'START_REPLICATION SLOT "brak"',
        first: 4,
        last: 5,
      },
    ]);
  });

  it('keeps parts with their own process when two write at once', () => {
    const entries = parsePlainLog([
      '2026-01-01 10:00:00.000 CET [1] LOG:  one',
      '2026-01-01 10:00:00.000 CET [2] LOG:  two',
      '2026-01-01 10:00:00.000 CET [1] DETAIL:  of one',
    ]);
    expect(entries.map(({ message, detail }) => [message, detail])).toEqual([
      ['one', 'of one'],
      ['two', undefined],
    ]);
  });

  it.each([
    ["'%m [%p] '", '2026-01-01 10:00:00.123 CET [42] FATAL:  x: y', undefined],
    ["'%m [%p] %e '", '2026-01-01 10:00:00.123 CET [42] 57P01 FATAL:  x: y', '57P01'],
    ["'%t [%p]: user=%u,db=%d '", '2026-01-01 10:00:00 CET [42]: user=a,db=b FATAL:  x: y', undefined],
  ])('reads log_line_prefix %s', (_prefix, line, sqlstate) => {
    expect(parsePlainLog([line])[0]).toMatchObject({ pid: 42, severity: 'FATAL', message: 'x: y' });
    expect(parsePlainLog([line])[0]?.sqlstate).toBe(sqlstate);
  });

  it("takes the first severity of a line: a server's own words inside a message stay inside", () => {
    const line = '2026-01-01 10:00:00.123 CET [42] KATASTROFALNY:  failed: BŁĄD:  inner';
    expect(parsePlainLog([line])[0]).toMatchObject({ severity: 'FATAL', message: 'failed: BŁĄD:  inner' });
  });

  it('keeps lines that are no entries', () => {
    expect(parsePlainLog(['pg_ctl: could not start server', '', 'Examine the log'])).toMatchObject([
      { severity: 'OTHER', message: 'pg_ctl: could not start server' },
      { severity: 'OTHER', message: 'Examine the log', first: 3 },
    ]);
  });
});

const read = (name: string): ReturnType<typeof readLog>['entries'] =>
  readLog(readFileSync(join(PL, `${name}.txt`)), name.replace(/^.*\.standby/, 'x')).entries;
const core = (entries: ReturnType<typeof read>): unknown[] =>
  entries.map(({ severity, message, pid }) => ({ severity, message: message.replace(/\s+/g, ' '), pid }));

describe('csvlog and jsonlog say what the plain log says', () => {
  it.each(['wrong-password', 'insufficient-live'])('%s', (scenario) => {
    const plain = core(read(`${scenario}.standby`));
    expect(core(read(`${scenario}.standby.csv`))).toEqual(plain);
    expect(core(read(`${scenario}.standby.json`))).toEqual(plain);
  });

  it('csv cells hold quotes, commas and line ends; a row cut off at the end is left out', () => {
    const row = `2026-01-01 10:00:00.000 CET,,,42,,s,1,,2026-01-01 10:00:00 CET,,0,BŁĄD,42601,"a ""b"", c\nd",,,,,,,,,"","x",,0`;
    expect(parseCsvLog(`${row}\n${row.slice(0, 85)}`.split('\n'))).toMatchObject([
      { severity: 'ERROR', sqlstate: '42601', message: 'a "b", c\nd', pid: 42, first: 1, last: 2 },
    ]);
  });

  it('a broken json line is left out', () => {
    expect(parseJsonLog(['{"pid":1,"error_severity":"LOG","message":"x"}', '{"pid":'])).toHaveLength(1);
  });
});

describe("one line's encoding (H44)", () => {
  it.each([
    ['utf-8', [0x62, 0xc5, 0x82, 0xc4, 0x85, 0x64], 'błąd'],
    ['cp1250', [0x62, 0xb3, 0xb9, 0x64], 'błąd'],
    ['cp852', [0x62, 0x88, 0xa5, 0x64], 'błąd'],
    ['cp1250', [0x9c, 0x9f, 0xbf, 0xea, 0xf1, 0xf3, 0xe6], 'śźżęńóć'],
    ['cp852', [0x98, 0xab, 0xbe, 0xa9, 0xe4, 0xa2, 0x86], 'śźżęńóć'],
  ])('%s', (encoding, bytes, text) => {
    expect(decodeLine(Uint8Array.from(bytes))).toEqual({ text, encoding });
  });
});
