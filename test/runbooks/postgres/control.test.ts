import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseControlData } from '../../../src/runbooks/postgres/control.ts';
import {
  compareLsn,
  formatLsn,
  historyFileTimeline,
  leftAt,
  lsnBytes,
  parseLsn,
  parseTimelineHistory,
  parseWalFileName,
  walFileName,
} from '../../../src/runbooks/postgres/lsn.ts';
import { seeded } from './support/random.ts';

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/postgres', name), 'utf8');

describe('pg_controldata', () => {
  it('H5, H6, H38: a real standby: consistent up to a point, no backup left to finish', () => {
    expect(parseControlData(fixture('controldata-standby.txt'))).toMatchObject({
      state: 'in archive recovery',
      systemIdentifier: '7711116590839825696',
      checkpoint: parseLsn('0/3000080'),
      redo: parseLsn('0/3000028'),
      timeline: 1,
      minRecovery: { end: parseLsn('0/3000120'), timeline: 1 },
      backupStart: 0n,
      endOfBackupRequired: false,
      checksums: false,
      walLogHints: true,
      walLevel: 'replica',
      segmentBytes: 16_777_216,
    });
  });

  it('a promoted server is on timeline 2; H16: the five parameters have their configuration names', () => {
    const data = parseControlData(fixture('controldata-primary.txt'));
    expect(data).toMatchObject({ state: 'in production', timeline: 2, previousTimeline: 2 });
    expect(data.parameters).toEqual({
      max_connections: 100,
      max_worker_processes: 8,
      max_wal_senders: 10,
      max_prepared_transactions: 0,
      max_locks_per_transaction: 64,
    });
  });

  it('H45: Polish labels are refused, not misread; and so is a cut-off output', () => {
    expect(() => parseControlData(fixture('controldata-polish.txt'))).toThrow(/postgresql.format/);
    expect(() => parseControlData(fixture('controldata-standby.txt').slice(0, 900))).toThrow(/label-missing/);
    expect(parseControlData(fixture('controldata-standby.txt').replaceAll('\n', '\r\n')).timeline).toBe(1);
  });
});

describe('LSN', () => {
  it('reads, writes, compares and subtracts as PostgreSQL does', () => {
    expect(formatLsn(parseLsn('16/b374d848'))).toBe('16/B374D848');
    expect(lsnBytes(parseLsn('0/FFFFFFFF'), parseLsn('1/0'))).toBe(1n);
    expect(lsnBytes(parseLsn('1/0'), parseLsn('0/0'))).toBe(-4_294_967_296n);
    expect(['1/0', '0/FFFFFFFF', '0/1'].map(parseLsn).sort(compareLsn).map(formatLsn)).toEqual([
      '0/1',
      '0/FFFFFFFF',
      '1/0',
    ]);
    for (const text of ['', '1', '1/', '1/123456789', 'g/1', ' 1/1'])
      expect(() => parseLsn(text)).toThrow(/postgresql.format/);
  });

  it('every LSN survives its text form', () => {
    const random = seeded(11);
    for (let round = 0; round < 200; round++) {
      const lsn = (BigInt(random.int(2 ** 32)) << 32n) | BigInt(random.int(2 ** 32));
      expect(parseLsn(formatLsn(lsn))).toBe(lsn);
      expect(parseWalFileName(walFileName(3, lsn))).toEqual({ timeline: 3, start: (lsn >> 24n) << 24n });
    }
  });

  it('names WAL files', () => {
    expect(walFileName(1, parseLsn('0/3000080'))).toBe('000000010000000000000003');
    expect(walFileName(0x1a, parseLsn('2/FF000000'))).toBe('0000001A00000002000000FF');
    expect(walFileName(1, parseLsn('1/40000000'), 1_073_741_824)).toBe('000000010000000100000001');
    expect(parseWalFileName('000000010000000000000003.partial')).toBeUndefined();
  });
});

describe('timeline history (H3, H6)', () => {
  it('a real file says where the old timeline was left', () => {
    const history = parseTimelineHistory(fixture('00000002.history'));
    expect(history).toEqual([{ timeline: 1, end: parseLsn('0/17000000'), reason: 'no recovery target specified' }]);
    expect(leftAt(history, 1)).toBe(parseLsn('0/17000000'));
    expect(leftAt(history, 2)).toBeUndefined();
  });

  it('comments and blank lines are skipped; disorder is refused', () => {
    expect(parseTimelineHistory('# x\r\n\r\n1\t0/1\ta\r\n\t3\t0/2\tb c\r\n').map(({ timeline }) => timeline)).toEqual([
      1, 3,
    ]);
    expect(() => parseTimelineHistory('2\t0/1\ta\n1\t0/2\tb\n')).toThrow(/line=2/);
    expect(() => parseTimelineHistory('one 0/1')).toThrow(/postgresql.format/);
  });

  it('the file name tells the timeline', () => {
    expect(historyFileTimeline('0000000A.history')).toBe(10);
    expect(historyFileTimeline('0000000A.history.bak')).toBeUndefined();
  });
});
