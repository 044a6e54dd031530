import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLog } from '../../../../src/runbooks/postgres/log/read.ts';
import { type JudgeOptions, judgeLog, type LogVerdict } from '../../../../src/runbooks/postgres/log/verdict.ts';

/** Logs of real PostgreSQL 17.11 pairs, once with English and once with Polish messages (M17). */
const LOGS = join(import.meta.dirname, '../../../fixtures/postgres/log');

function judge(file: string, options: Partial<JudgeOptions> = {}): LogVerdict {
  const name = file.replace(/\.(csv|json)\.txt$/, '.$1');
  return judgeLog(readLog(readFileSync(join(LOGS, file)), name), { role: 'standby', anchor: 'newest', ...options });
}

function judgeText(text: string, options: Partial<JudgeOptions> = {}): LogVerdict {
  return judgeLog(readLog(Buffer.from(text), 'x.log'), { role: 'standby', anchor: 'newest', ...options });
}

function summary({ verdict, findings }: LogVerdict): string {
  return [verdict, ...findings.map(({ id, mend }) => `${id}@${mend}`)].join(' ');
}

describe.each(['en', 'pl'])('the verdict on a real standby log in %s', (language) => {
  it.each([
    ['first-start', 'ok'],
    ['too-many-walsenders', 'ok'],
    ['wrong-password', 'failed password-refused@standby'],
    ['no-client-cert', 'failed client-certificate-missing@standby'],
    ['unknown-ca', 'failed certificate-refused@standby'],
    ['server-cert-not-verified', 'failed server-certificate-unverified@standby'],
    ['no-hba-entry', 'failed no-hba-entry@primary'],
    ['role-without-replication', 'failed role-without-replication@primary'],
    ['no-slot', 'failed slot-missing@primary'],
    ['other-system', 'failed other-system@standby'],
    ['no-conninfo', 'failed no-source@standby'],
    ['insufficient-start', 'failed parameters-too-low@standby start-failed@standby'],
    ['bad-hba', 'failed hba-broken@standby'],
    ['port-taken', 'failed address-taken@standby'],
    ['recovery-conf', 'failed fence-tripped@standby start-failed@standby'],
    ['recovery-signal', 'failed restore-command-missing@standby start-failed@standby'],
    ['forked', 'failed forked@standby'],
  ])('%s: %s', (scenario, expected) => {
    expect(summary(judge(`${language}/${scenario}.standby.txt`))).toBe(expected);
  });

  it.each([
    ['wal-removed', 'failed wal-removed@standby'],
    ['prev-link', 'failed diverged@standby'],
  ])('H2: %s follows "started streaming" and is a failure all the same', (scenario, expected) => {
    const log = readLog(readFileSync(join(LOGS, `${language}/${scenario}.standby.txt`)), 'x.log');
    expect(log.entries.some(({ message }) => /started streaming|rozpoczęto przesyłanie/.test(message))).toBe(true);
    expect(summary(judge(`${language}/${scenario}.standby.txt`))).toBe(expected);
  });

  it('H16: replay that paused for too low parameters is a failure although WAL streams', () => {
    const verdict = judge(`${language}/insufficient-live.standby.txt`, { anchor: 'all' });
    expect(summary(verdict)).toMatch(/^failed .*parameters-too-low@standby recovery-paused@standby/);
  });

  it('a restart of the primary that the standby rode out is no trouble, and is still told', () => {
    const verdict = judge(`${language}/primary-restart.standby.txt`, { anchor: 'all' });
    expect(verdict.verdict).toBe('ok');
    expect(verdict.findings.map(({ id, resolved }) => [id, resolved])).toEqual([
      ['primary-stopped', true],
      ['stream-broken', true],
      ['primary-unreachable', true],
    ]);
  });

  it('a start that failed before the log collector is judged from its stderr', () => {
    const verdict = judge(`${language}/bad-conf.boot.txt`, { anchor: 'all' });
    expect(summary(verdict)).toBe('failed config-parameter-unknown@standby config-broken@standby');
  });

  it("H30: the primary's log that came with the clone proves nothing about the standby", () => {
    expect(judge(`${language}/bad-conf.standby.txt`)).toEqual({ verdict: 'inconclusive', findings: [], excerpt: [] });
  });

  it("M23: a promotion and the manual's way both end with a primary that accepts connections", () => {
    expect(judge(`${language}/promote.standby.txt`, { role: 'primary', anchor: 'all' }).verdict).toBe('ok');
    expect(judge(`${language}/manual-failover.standby.txt`, { role: 'primary' }).verdict).toBe('ok');
    expect(judge(`${language}/manual-failover.standby.txt`).verdict).toBe('inconclusive');
  });

  it.each([
    ['primary-restart', 'ok'],
    ['wal-removed', 'warning wal-removed@standby'],
  ])('on a primary that runs, %s: %s', (scenario, expected) => {
    expect(summary(judge(`${language}/${scenario}.primary.txt`, { role: 'primary' }))).toBe(expected);
  });

  it.each([
    ['wrong-password', 'password-refused@standby'],
    ['no-client-cert', 'client-certificate-missing@standby'],
    ['unknown-ca', 'certificate-refused@standby'],
    ['server-cert-not-verified', 'server-certificate-unverified@standby'],
    ['no-hba-entry', 'no-hba-entry@primary'],
    ['role-without-replication', 'role-without-replication@primary'],
    ['no-slot', 'slot-missing@primary'],
    ['slot-invalidated', 'slot-lost@standby'],
  ])("the primary's own log names the same cause: %s", (scenario, expected) => {
    const verdict = judge(`${language}/${scenario}.primary.txt`, { role: 'primary', anchor: 'all' });
    expect(summary(verdict)).toContain(expected);
  });
});

describe('the same log in other formats and encodings', () => {
  it.each(['pl/wrong-password.standby.csv.txt', 'pl/wrong-password.standby.json.txt'])('%s', (file) => {
    expect(summary(judge(file))).toBe('failed password-refused@standby');
  });

  it('UTF-8, CP1250 and CP852 lines mixed in one file with Windows line ends (H44)', () => {
    const mixed = readLog(readFileSync(join(LOGS, 'wrong-password.mixed.bin')), 'x.log');
    const original = readLog(readFileSync(join(LOGS, 'pl/wrong-password.standby.txt')), 'x.log');
    expect(mixed).toEqual(original);
  });

  it('letters lost to question marks (H44)', () => {
    expect(summary(judge('wrong-password.lossy.bin'))).toBe('failed password-refused@standby');
  });
});

function start(pid: number): string {
  return `2026-01-01 10:00:00.000 CET [${pid}] LOG:  starting PostgreSQL 17.0 on x86_64, compiled by msvc\n`;
}

describe('where our log begins, and what counts', () => {
  const streaming =
    '2026-01-01 10:00:01.000 CET [7] LOG:  started streaming WAL from primary at 0/3000000 on timeline 1\n';
  const down = '2026-01-01 10:00:02.000 CET [8] FATAL:  could not connect to the primary server: connection refused\n';
  const stopped = '2026-01-01 10:00:03.000 CET [5] LOG:  database system is shut down\n';
  const asked = '2026-01-01 10:00:02.500 CET [5] LOG:  received fast shutdown request\n';

  it('an anchor by process id ignores newer starts of others and says so when the start is missing', () => {
    const text = start(5) + down + start(6) + streaming;
    expect(judgeText(text, { anchor: { postmaster: 6 } }).verdict).toBe('ok');
    expect(judgeText(text, { anchor: { postmaster: 99 } }).verdict).toBe('inconclusive');
    expect(judgeText(start(5) + streaming + start(6) + down).verdict).toBe('failed');
  });

  it('the order decides: link lost last is a failure, streaming last is not', () => {
    expect(judgeText(start(5) + streaming + down).verdict).toBe('failed');
    expect(judgeText(start(5) + down + streaming).verdict).toBe('ok');
    expect(judgeText(start(5)).verdict).toBe('inconclusive');
  });

  it('a login that failed and then worked leaves a warning', () => {
    const refused = '2026-01-01 10:00:00.500 CET [9] FATAL:  password authentication failed for user "a"\n';
    expect(judgeText(start(5) + refused + streaming).verdict).toBe('warning');
  });

  it('a stop that was asked for is no failure; a stop by itself is', () => {
    expect(judgeText(start(5) + streaming + asked + stopped).verdict).toBe('inconclusive');
    expect(judgeText(start(5) + streaming + stopped).verdict).toBe('failed');
  });

  it("errors of people's queries are not about replication; an unknown FATAL before any success is", () => {
    const query =
      '2026-01-01 10:00:04.000 CET [9] ERROR:  division by zero\n2026-01-01 10:00:04.000 CET [9] STATEMENT:  SELECT 1/0\n';
    expect(judgeText(start(5) + streaming + query)).toMatchObject({ verdict: 'ok', findings: [] });
    const odd = '2026-01-01 10:00:00.100 CET [9] FATAL:  something nobody has seen\n';
    expect(summary(judgeText(start(5) + odd))).toBe('failed unknown-error@standby');
    expect(judgeText(start(5) + odd + streaming).verdict).toBe('warning');
  });

  it('H23: of two causes in one message the first is told, not the misleading second', () => {
    const both =
      '2026-01-01 10:00:02.000 CET [8] FATAL:  could not connect to the primary server: connection to server at "p" failed: ' +
      'FATAL:  password authentication failed for user "a"\n' +
      '\tconnection to server at "p" failed: FATAL:  no pg_hba.conf entry for replication connection from host "1.2.3.4", user "a", no encryption\n';
    expect(summary(judgeText(start(5) + both))).toBe('failed password-refused@standby');
  });

  it('an SQLSTATE explains a text that nobody knows', () => {
    const foreign = '2026-01-01 10:00:02.000 CET [8] 28P01 FATAL:  échec de quelque chose\n';
    expect(summary(judgeText(start(5) + foreign))).toBe('failed password-refused@standby');
  });

  it('a finding repeated many times is told once with its count, and the excerpt stays bounded', () => {
    const text = start(5) + down.repeat(200);
    const verdict = judgeText(text, { excerptLines: 12 });
    expect(verdict.findings).toMatchObject([{ id: 'primary-unreachable', count: 200, lineNumber: 2, resolved: false }]);
    expect(verdict.excerpt.filter((line) => line !== '…').length).toBeLessThanOrEqual(12);
    expect(verdict.excerpt[0]).toContain('starting PostgreSQL');
    expect(verdict.excerpt).toContain('…');
  });
});
