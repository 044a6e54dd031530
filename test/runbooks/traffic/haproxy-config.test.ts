import { describe, expect, it } from 'vitest';
import { pointServer, serverAddress } from '../../../src/runbooks/traffic/haproxy-config.ts';
import { type Random, seeded } from '../postgres/support/random.ts';

const DB = { backend: 'mmedica', server: 'db' };
const OLD = '10.77.0.12';
const NEW = '10.77.0.13';

const around = (line: string, section = 'backend mmedica'): string =>
  `global\n\tstats socket /run/haproxy/admin.sock\n\nlisten other\n\tserver db 192.0.2.1:5432\n\n${section}\n\tmode tcp\n${line}\n`;

describe('the server of a backend in HAProxy’s configuration (M24)', () => {
  it.each([
    ['with a port', '\tserver db 10.77.0.12:5432 check inter 1s', '\tserver db 10.77.0.13:5432 check inter 1s'],
    ['without one', '  server db 10.77.0.12', '  server db 10.77.0.13'],
    ['with a comment', ' server  db\t10.77.0.12:5432  # 10.77.0.12', ' server  db\t10.77.0.13:5432  # 10.77.0.12'],
    ['of a named family', ' server db ipv4@10.77.0.12:5432', ' server db 10.77.0.13:5432'],
    ['by name', ' server db db-a.klinika.test:5432 resolvers x', ' server db 10.77.0.13:5432 resolvers x'],
    ['with Windows line ends', ' server db 10.77.0.12:5432 check\r', ' server db 10.77.0.13:5432 check\r'],
  ])('%s', (_what, before, after) => {
    expect(pointServer(around(before), DB, NEW)).toBe(around(after));
    expect(serverAddress(around(after), DB)).toBe(NEW);
  });

  it('IPv6 stands in brackets, so that its port is one', () => {
    const moved = pointServer(around(' server db [2001:db8::12]:5432'), DB, '2001:db8::13');
    expect(moved).toBe(around(' server db [2001:db8::13]:5432'));
    expect(serverAddress(moved, DB)).toBe('2001:db8::13');
  });

  it.each([
    ['another server', ' server db2 10.77.0.12:5432'],
    ['a comment', ' # server db 10.77.0.12:5432'],
    ['a local socket', ' server db /run/postgresql/.s.PGSQL.5432'],
    ['an address from the environment', ' server db "${DB}:5432"'],
    ['a template', ' server-template db 3 10.77.0.12:5432'],
  ])('%s is none', (_what, line) => {
    const content = around(line);
    expect(pointServer(content, DB, NEW)).toBe(content);
    expect(serverAddress(content, DB)).toBeUndefined();
  });

  it('a server of that name in another section is another one', () => {
    const content = around(' server db 10.77.0.12:5432', 'backend erejestracja');
    expect(pointServer(content, DB, NEW)).toBe(content);
    expect(serverAddress(content, DB)).toBeUndefined();
  });

  it('of a listen section is one too', () => {
    expect(serverAddress(around(' server db 10.77.0.12:5432', 'listen mmedica'), DB)).toBe(OLD);
  });

  it('in any file: moved once it stays, back again is the file of before, all else byte by byte (2000 files)', () => {
    for (let seed = 0; seed < 2_000; seed += 1) {
      const before = anyFile(seeded(seed));
      const moved = pointServer(before, DB, NEW);
      expect(pointServer(moved, DB, NEW), `seed ${seed}`).toBe(moved);
      expect(pointServer(moved, DB, OLD), `seed ${seed}`).toBe(before);
      expect(moved.split('\n').length).toBe(before.split('\n').length);
      const found = serverAddress(before, DB);
      expect(serverAddress(moved, DB), `seed ${seed}`).toBe(found === undefined ? undefined : NEW);
    }
  });
});

function anyFile(random: Random): string {
  const noise = () => random.text('abż #"\\[]:=\t 0', 0, 20);
  const line = () =>
    random.pick([
      noise,
      () =>
        `${random.pick(['backend', 'listen', 'frontend', ' backend'])} ${random.pick(['mmedica', 'x', 'mmedica2'])}`,
      () =>
        `\tserver${random.pick([' ', '\t'])}${random.pick(['db', 'db2', 'd'])} ${OLD}${random.pick([':5432', '', ':1'])}${noise().replace(/^[^\s]+/, '')}`,
      () => `# server db ${OLD}:5432`,
    ])();
  return Array.from({ length: random.int(14) }, line).join(random.pick(['\n', '\r\n'])) + random.pick(['', '\n']);
}
