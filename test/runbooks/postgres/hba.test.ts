import { describe, expect, it } from 'vitest';
import { OpsError } from '../../../src/domain/errors.ts';
import { parseHba } from '../../../src/runbooks/postgres/hba.ts';
import {
  type Cover,
  ensureReplicationEntry,
  entryCovers,
  type ReplicationRule,
} from '../../../src/runbooks/postgres/hba-edit.ts';
import { tokenizeHbaLine } from '../../../src/runbooks/postgres/hba-tokens.ts';
import { joinLines } from '../../../src/runbooks/postgres/lines.ts';

const RULE: ReplicationRule = {
  users: ['replication', 'JKOWALSKI'],
  address: '10.77.0.13/32',
  method: 'md5',
  clientcert: 'verify-ca',
};
const LINE = 'hostssl    replication     replication,JKOWALSKI     10.77.0.13/32     md5  clientcert=verify-ca';

function cover(line: string, rule = RULE): Cover {
  const parsed = parseHba(line).entries[0]?.parsed;
  if (parsed?.kind !== 'record') throw new Error(`no record: ${line}`);
  return entryCovers(parsed.record, rule);
}

function problemOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown instanceof OpsError ? [thrown.params['problem'], thrown.params['line']] : thrown;
  }
}

const texts = (line: string): string[][] => tokenizeHbaLine(line).map((field) => field.map(({ text }) => text));

describe('tokens', () => {
  it('a comma continues a list also over blanks behind it, not before it', () => {
    expect(texts('host a, b c')).toEqual([['host'], ['a', 'b'], ['c']]);
    expect(texts('host a ,b c')).toEqual([['host'], ['a'], ['b'], ['c']]);
    expect(texts('host "a b","c""d" # e')).toEqual([['host'], ['a b', 'c"d']]);
  });

  it('a backslash at the end joins lines, and nothing of the text is lost', () => {
    const text = '# x\r\nhost all \\\r\n  all all \\\r\n md5\r\n\r\nlocal all all peer';
    const file = parseHba(text);
    expect(file.entries.map(({ first, count, parsed }) => [first, count, parsed.kind])).toEqual([
      [1, 1, 'blank'],
      [2, 3, 'record'],
      [5, 1, 'blank'],
      [6, 1, 'record'],
    ]);
    expect(joinLines(file.lines)).toBe(text);
  });
});

describe('what would keep the server from loading the file', () => {
  it.each([
    ['H18: clientcert on plain host', 'host all all all md5 clientcert=verify-ca', 'clientcert-needs-hostssl'],
    ['a value of clientcert that is gone', 'hostssl all all all md5 clientcert=1', 'clientcert'],
    ['no mask behind an address', 'host all all 10.0.0.1 md5', 'mask'],
    ['no such method', 'host all all all scram', 'method'],
    ['H21: a byte order mark', '\uFEFFlocal all all trust', 'byte-order-mark'],
  ])('%s', (_what, line, problem) => {
    expect(parseHba(line).problems).toEqual([{ line: 1, problem }]);
  });
});

describe('does a rule decide about the standby?', () => {
  it.each<[string, Cover]>([
    [LINE, 'covers'],
    ['host replication all all md5', 'covers'],
    ['hostnogssenc replication all 10.0.0.0/8 md5', 'covers'],
    ['hostssl replication all 10.77.0.0 255.255.255.0 md5', 'covers'],
    ['hostssl all,replication all all md5', 'covers'],
    ['hostssl replication JKOWALSKI all md5', 'overlaps'],
    ['hostssl all all all md5', 'no'], // H19
    ['hostssl "replication" all all md5', 'no'],
    ['hostnossl replication all all md5', 'no'],
    ['local replication all peer', 'no'],
    ['hostssl replication jkowalski all md5', 'no'], // H22
    ['hostssl replication all 10.77.0.14/32 md5', 'no'],
    ['hostssl replication all ::/0 md5', 'no'],
    ['hostssl replication +lekarze all md5', 'maybe'],
    ['hostssl replication /^J.*$ all md5', 'maybe'],
    ['hostssl replication all samenet md5', 'maybe'],
    ['hostssl replication all .przychodnia.pl md5', 'maybe'],
    ['hostssl replication @lista all md5', 'maybe'],
  ])('%s: %s', (line, expected) => {
    expect(cover(line)).toBe(expected);
  });

  it('IPv6 ranges, shortened addresses and embedded IPv4', () => {
    const rule = { ...RULE, address: 'fd00::a:1' };
    expect(cover('hostssl replication all fd00:0:0::/48 md5', rule)).toBe('covers');
    expect(cover('hostssl replication all fd00::a:1/128 md5', rule)).toBe('covers');
    expect(cover('hostssl replication all fd01::/16 md5', rule)).toBe('no');
    expect(cover('hostssl replication all ::ffff:10.0.0.0/104 md5', { ...RULE, address: '::ffff:10.1.2.3' })).toBe(
      'covers',
    );
    expect(cover('hostssl replication all 10.77.0.13/32 md5', { ...RULE, address: '10.77.0.0/24' })).toBe('overlaps');
  });
});

describe('making the rule decide (M11)', () => {
  const DEFAULT =
    '# TYPE DATABASE USER ADDRESS METHOD\nlocal all all peer\nhostssl all all 10.0.0.0/8 md5 clientcert=verify-ca\n';

  it("appends the manual's line behind the last record, and then leaves the file alone", () => {
    const edit = ensureReplicationEntry(DEFAULT, RULE);
    expect(edit).toMatchObject({
      content: `${DEFAULT}${LINE}\n`,
      changed: true,
      line: 4,
      shadows: [],
      rejectedBy: undefined,
    });
    expect(ensureReplicationEntry(edit.content, RULE)).toMatchObject({
      content: edit.content,
      changed: false,
      line: 4,
    });
  });

  it('leaves a rule alone that says the same of more people and addresses', () => {
    const text = 'hostssl replication replication,JKOWALSKI,admin 10.77.0.0/24 md5 clientcert=verify-ca\n';
    expect(ensureReplicationEntry(text, RULE)).toMatchObject({ content: text, changed: false, line: 1 });
  });

  it('goes in front of the first line that would decide instead, because the first match wins', () => {
    const text = `local all all peer\nhost replication all 10.0.0.0/8 trust\n${LINE}\n`;
    const edit = ensureReplicationEntry(text, RULE);
    expect(edit.content).toBe(`local all all peer\n${LINE}\nhost replication all 10.0.0.0/8 trust\n${LINE}\n`);
    expect(edit).toMatchObject({ line: 2, shadows: [{ line: 2, cover: 'covers', method: 'trust' }] });
    expect(ensureReplicationEntry(edit.content, RULE).changed).toBe(false);
  });

  it('reports a reject that somebody put there on purpose', () => {
    const edit = ensureReplicationEntry('host replication all all reject\n', RULE);
    expect(edit.rejectedBy).toEqual({ line: 1, cover: 'covers', method: 'reject' });
  });

  it('goes in front of an include, whose content is not known here', () => {
    const edit = ensureReplicationEntry('include other.conf\nlocal all all peer\n', RULE);
    expect(edit).toMatchObject({ line: 1, shadows: [{ line: 1, method: 'include' }] });
  });

  it('a weaker rule of the same kind (no clientcert, other method) is no fulfilment', () => {
    expect(ensureReplicationEntry('hostssl replication all all md5\n', RULE)).toMatchObject({ changed: true, line: 1 });
    const scram = { ...RULE, method: 'scram-sha-256' } as const;
    expect(ensureReplicationEntry(`${LINE}\n`, scram)).toMatchObject({ changed: true, line: 1 }); // H17
  });

  it('keeps the newline style and completes a last line without an end', () => {
    expect(ensureReplicationEntry('local all all peer\r\nlocal x x peer', RULE).content).toBe(
      `local all all peer\r\nlocal x x peer\r\n${LINE}\r\n`,
    );
  });

  it('a new address of the standby gets its own line beside the old one', () => {
    const edit = ensureReplicationEntry(`${LINE}\n`, { ...RULE, address: '10.77.0.14' });
    expect(edit.content.split('\n')).toEqual([LINE, LINE.replace('10.77.0.13/32', '10.77.0.14/32'), '']);
  });

  it.each([
    [
      'a file with an error of its own (H20)',
      () => ensureReplicationEntry('local all\nhost all all x y\n', RULE),
      ['user-missing', 1],
    ],
    ['a byte order mark (H21)', () => ensureReplicationEntry('\uFEFF# x\n', RULE), ['byte-order-mark', 1]],
    [
      'a file that ends in a backslash',
      () => ensureReplicationEntry('local all all peer\n# x \\', RULE),
      ['dangling-backslash', 2],
    ],
    [
      'a name with a line break',
      () => ensureReplicationEntry('', { ...RULE, users: ['a\nb'] }),
      ['control-character', 0],
    ],
    [
      'a name the server takes for a regular expression',
      () => ensureReplicationEntry('', { ...RULE, users: ['/a'] }),
      ['name', 0],
    ],
    ['what is no address', () => ensureReplicationEntry('', { ...RULE, address: 'standby.local' }), ['address', 0]],
    ['nobody', () => ensureReplicationEntry('', { ...RULE, users: [] }), ['user-missing', 0]],
  ])('refuses %s', (_what, act, problem) => {
    expect(problemOf(act)).toEqual(problem);
  });
});
