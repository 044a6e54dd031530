import { describe, expect, it } from 'vitest';
import { pointNames } from '../../src/runbooks/hosts-file.ts';

const rule = { block: 'demo', address: '10.77.0.13', names: ['db', 'mmedica'] };
const BLOCK = '# BEGIN zapas demo\n10.77.0.13 db mmedica\n# END zapas demo\n';

describe('names in a hosts file (M24)', () => {
  it.each([
    ['an empty file', '', BLOCK],
    ['a file without them', '127.0.0.1 localhost\n', `127.0.0.1 localhost\n${BLOCK}`],
    ['a last line without an end', '127.0.0.1 localhost', `127.0.0.1 localhost\n${BLOCK}`],
    ['lines that named only them', '10.77.0.12 db\n10.77.0.12\tmmedica\n::1 localhost\n', `::1 localhost\n${BLOCK}`],
    [
      'a line that names others too',
      '10.77.0.12 db old-server # server room\n',
      `10.77.0.12 old-server # server room\n${BLOCK}`,
    ],
    ['names in capitals', '10.77.0.12 DB\n', BLOCK],
    ['comments, kept', '# 10.77.0.12 db\n\n', `# 10.77.0.12 db\n\n${BLOCK}`],
    ['names that only begin alike', '10.77.0.12 db2 dbx.local\n', `10.77.0.12 db2 dbx.local\n${BLOCK}`],
    [
      'another cluster’s block',
      '# BEGIN zapas other\n10.0.0.1 odb\n# END zapas other\n',
      `# BEGIN zapas other\n10.0.0.1 odb\n# END zapas other\n${BLOCK}`,
    ],
  ])('%s', (_what, before, after) => {
    expect(pointNames(before, rule)).toBe(after);
  });

  it('move with their block, in its place, and back again', () => {
    const before = `127.0.0.1 localhost\n${BLOCK}10.0.0.9 printer\n`;
    const away = pointNames(before, { ...rule, address: '10.77.0.12' });
    expect(away).toBe(before.replace('10.77.0.13', '10.77.0.12'));
    expect(pointNames(away, rule)).toBe(before);
  });

  it('stay as they are when nothing has to change', () => {
    const once = pointNames('127.0.0.1 localhost\n', rule);
    expect(pointNames(once, rule)).toBe(once);
  });
});
