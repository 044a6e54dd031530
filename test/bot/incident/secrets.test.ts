import { describe, expect, it } from 'vitest';
import type { ReportFormat } from '../../../src/bot/incident/file.ts';
import { reportFile } from '../../../src/bot/incident/file.ts';
import { looksLikeSecret } from '../../../src/domain/looks-like-secret.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { contextIn } from '../drawings.ts';
import { failover, incidentOf } from './incidents.ts';

const REGISTERED = 'Zk7-canary/9Qw+tR2';
/** Secrets nobody registered, by their form: what is left of one must not be told. */
const FORMED = [
  'password=Hush4canary-9',
  "ALTER ROLE replication PASSWORD 'Hush4canary-9'",
  'postgres://replication:Hush4canary-9@one/postgres',
  'xoxb-1234567890-Hush4canary',
  'ghp_Hush4canaryHush4canaryHush4canary0',
] as const;
const BODY = /Hush4canary/;
const FORMATS: readonly ReportFormat[] = ['html', 'md'];

const context = contextIn('en', () => undefined);

/** The report of a failover in whose log and note that stands, as it goes out; markup apart. */
function told(lines: readonly string[], note: string, format: ReportFormat): string {
  const redactor = createRedactor();
  redactor.add(REGISTERED);
  const file = reportFile(context, incidentOf(failover({ excerpt: lines }, note)), format, redactor);
  const text = Buffer.from(file.content).toString();
  return format === 'html' ? text.replaceAll(/<[^>]*>/g, '').replaceAll('&#39;', "'") : text.replaceAll('\\', '');
}

/** Without the pictures of what nobody sees. */
function bare(text: string): string {
  return text.replaceAll(/[\ufffd\u2400-\u2426]|\[31m/g, '');
}

/** Every way to cut it in two. */
const halves = (secret: string): readonly (readonly [string, string])[] =>
  Array.from({ length: secret.length - 1 }, (_, at) => [secret.slice(0, at + 1), secret.slice(at + 1)]);

describe.each(FORMATS)('an incident report as %s', (format) => {
  it('shows what is no secret', () => {
    const text = told(['LOG:  database system is ready'], 'the clinic has called', format);
    expect(text).toContain('database system is ready');
    expect(text).toContain('the clinic has called');
  });

  it.each([
    ['a character that nobody sees', '\u200b'],
    ['a soft hyphen', '\u00ad'],
    ['a colour', '\u001b[31m'],
    ['a control character', '\u0007'],
  ])('keeps a secret that is split at any byte by %s', (_name, wedge) => {
    for (const secret of [REGISTERED, ...FORMED]) {
      const split = halves(secret).map(([head, tail]) => `LOG:  ${head}${wedge}${tail}`);
      const lines = split.flatMap((line) => [line, '13:00:01 LOG:  between']);
      const text = bare(told(lines, split.join(' ; ').slice(0, 480), format));
      expect(text).not.toContain(REGISTERED);
      expect(text).not.toMatch(BODY);
      expect(text).toContain('LOG:  between');
    }
  });

  it('keeps a secret that is split at any byte over two lines of a log', () => {
    for (const secret of [REGISTERED, ...FORMED]) {
      const lines = halves(secret).flatMap(([head, tail]) => [head, tail, '13:00:01 LOG:  between']);
      const text = told(lines, 'nothing', format).replaceAll('\n', '');
      expect(text).not.toContain(REGISTERED);
      expect(text).not.toMatch(BODY);
      expect(text).toContain('LOG:  between');
    }
    const [cut, rest] = [REGISTERED.slice(0, 9), REGISTERED.slice(9)];
    const text = told([`x${cut}`, `${rest}y`, '13:00:02 LOG:  after'], 'nothing', format);
    for (const half of [cut, rest]) expect(text).not.toContain(half);
    expect(text).toContain('LOG:  after');
  });

  it('keeps a private key, and what a secret becomes when it is written another way', () => {
    const key = [
      '-----BEGIN PRIVATE KEY-----',
      'TUlJRXZRSUJBREFOQmdrcWhraUc5dzBCQVFFRkFBU0NCS2N3',
      '-----END PRIVATE KEY-----',
    ];
    const base64 = Buffer.from(REGISTERED).toString('base64');
    const [begin = '', ...body] = key;
    const broken = told([begin.slice(0, 14), begin.slice(14), ...body, '13:00:02 LOG:  after'], 'nothing', format);
    expect(broken).not.toContain('TUlJRXZR');
    expect(broken).toContain('LOG:  after');
    const text = told([...key, `LOG:  ${base64}`, `LOG:  ${encodeURIComponent(REGISTERED)}`], base64, format);
    expect(text).not.toContain('TUlJRXZR');
    expect(text).not.toContain(base64);
    expect(text).not.toContain(encodeURIComponent(REGISTERED));
  });

  it('holds nothing that looks like a secret, from the first line to the last', () => {
    const text = told(FORMED, FORMED.join(' '), format);
    expect(text.split('\n').filter(looksLikeSecret)).toEqual([]);
  });
});
