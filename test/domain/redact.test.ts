import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/domain/redact.ts';

const CANARY = 'Zażółć/+gęślą "jaźń"-7f3a';
const PEM = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
  'AAAAMwAAAAtzc2gtZWQyNTUxOQAAACBG',
  '-----END OPENSSH PRIVATE KEY-----',
].join('\n');

function knowing(...secrets: readonly string[]) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

const FORMS: readonly (readonly [string, (secret: string) => string])[] = [
  ['clear', (secret) => secret],
  ['JSON', (secret) => JSON.stringify({ secret })],
  ['URL', (secret) => `https://x/?p=${encodeURIComponent(secret)}`],
  ['a form', (secret) => new URLSearchParams({ p: secret }).toString()],
  ['hex', (secret) => Buffer.from(secret).toString('hex')],
  ['HEX', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['base64', (secret) => Buffer.from(secret).toString('base64')],
  ['base64 after one byte', (secret) => Buffer.from(`:${secret}`).toString('base64')],
  ['base64 after two bytes', (secret) => Buffer.from(`a:${secret} and more`).toString('base64')],
  ['base64url', (secret) => Buffer.from(`user:${secret}`).toString('base64url')],
  ['PowerShell -EncodedCommand', (secret) => Buffer.from(`echo ${secret}`, 'utf16le').toString('base64')],
  ['an SQL literal', (secret) => `'${secret.replaceAll("'", "''")}'`],
  ['a POSIX word', (secret) => `'${secret.replaceAll("'", String.raw`'\''`)}'`],
];

/** What a reader could get back from the text: any six consecutive characters of the secret's encoding. */
function leaks(text: string, encoded: string): boolean {
  const core = encoded.slice(6, -6);
  return text.includes(core);
}

describe('a registered secret', () => {
  it.each(FORMS)('does not survive as %s', (_name, form) => {
    for (const secret of [CANARY, "it's a long enough pass'word", 'hunter2hunter2']) {
      const encoded = form(secret);
      const redacted = knowing(secret).text(`before ${encoded} after`);
      expect(redacted).toContain('***');
      expect(leaks(redacted, encoded)).toBe(false);
      expect(redacted.startsWith('before ')).toBe(true);
      expect(redacted.endsWith(' after')).toBe(true);
    }
  });

  it('is taken out of every string of a value, at any depth, and nothing else is touched', () => {
    const value = { at: 1, list: ['x', { detail: `said ${CANARY}` }], none: null, yes: true };
    expect(knowing(CANARY).deep(value)).toEqual({ ...value, list: ['x', { detail: 'said ***' }] });
  });

  it('of two, where one contains the other, goes as a whole', () => {
    expect(knowing('secret', 'secret-and-more').text('a secret-and-more b secret c')).toBe('a *** b *** c');
  });

  it('of fewer than four characters is left, or ordinary text would go with it', () => {
    expect(knowing('a', '').text('banana')).toBe('banana');
  });
});

describe('a secret nobody registered (H24)', () => {
  it.each([
    ["primary_conninfo = 'host=a password=hunter2 port=5432'", 'hunter2'],
    ['PGPASSWORD=hunter2 psql', 'hunter2'],
    ['-R "--replication-password=hunter2"', 'hunter2'],
    [`{"password":"hunter2 with blanks"}`, 'hunter2 with blanks'],
    ["ALTER ROLE replication PASSWORD 'hunter2'", 'hunter2'],
    ['postgresql://replication:hunter2@10.0.0.1/postgres', 'hunter2'],
    ['SCRAM-SHA-256$4096:c2FsdHNhbHQ=$c3RvcmVk:c2VydmVy', 'c3RvcmVk'],
    ['md5d41d8cd98f00b204e9800998ecf8427e', 'd41d8cd9'],
    [`key:\n${PEM}\nafter`, 'b3BlbnNzaC1'],
    [PEM.slice(0, 90), 'b3BlbnNzaC1'],
  ])('is known by its form in %j', (text, secret) => {
    const redacted = createRedactor().text(text);
    expect(redacted).toContain('***');
    expect(redacted).not.toContain(secret);
  });

  it.each([
    'FATAL:  password authentication failed for user "replication"',
    "password_encryption = 'scram-sha-256'",
    'could not connect to host=10.0.0.1 port=5432',
    'pg_basebackup: initiating base backup, waiting for checkpoint to complete',
  ])('is not seen where there is none: %s', (text) => {
    expect(createRedactor().text(text)).toBe(text);
  });
});

describe('text that arrives in pieces', () => {
  const multiline = 'first line of it\nsecond line of it';
  const samples: readonly string[] = [
    `1/9 kB (1%)\r2/9 kB (2%)\rpassword=${CANARY} next\nplain\n`,
    `a\n${CANARY}${CANARY}\r\nb ${Buffer.from(`u:${CANARY}`).toString('base64')}\nend without newline ${CANARY}`,
    `x password=y${multiline} z\nnext ${multiline}`,
    `head\n${PEM}\ntail password=hunter2\n${PEM}`,
    `open key ${PEM.slice(0, 80)}`,
    '',
  ];

  it.each(samples)('is redacted as the whole is, wherever it is cut: %j', (sample) => {
    const redactor = knowing(CANARY, multiline);
    const whole = redactor.text(sample);
    for (let first = 0; first <= sample.length; first += 1) {
      for (let second = first; second <= sample.length; second += 3) {
        const stream = redactor.stream();
        const pieces = [sample.slice(0, first), sample.slice(first, second), sample.slice(second)];
        const out = [...pieces.map((piece) => stream.push(piece)), stream.end()].join('');
        expect(out).toBe(whole);
      }
    }
  });

  it('comes out line by line, not only at the end', () => {
    const stream = createRedactor().stream();
    expect(stream.push('one\ntw')).toBe('one\n');
    expect(stream.push('o\n')).toBe('two\n');
  });

  it('does not pile up behind a private key that never ends', () => {
    const stream = createRedactor().stream();
    let out = stream.push('-----BEGIN RSA PRIVATE KEY-----\n');
    for (let block = 0; block < 40; block += 1) out += stream.push(`${'QUJD'.repeat(4_000)}\n`);
    expect(out + stream.push('-----END RSA PRIVATE KEY-----\nafter\n') + stream.end()).toBe('***\nafter\n');
  });
});
