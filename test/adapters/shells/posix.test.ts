import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { none, sudo } from '../../../src/adapters/become/become.ts';
import { inner, prepare, quote, describe as show } from '../../../src/adapters/shells/posix.ts';
import type { CommandLine } from '../../../src/domain/command.ts';
import { Secret } from '../../../src/domain/secret.ts';

/** Every shell a login account may have and this machine has. */
const SHELLS = [
  ['/bin/sh'],
  ['/bin/dash'],
  ['/bin/bash', '--norc'],
  ['/bin/bash', '--norc', '--posix'],
  ['/bin/zsh'],
  ['/bin/ksh'],
].filter(([path = '']) => existsSync(path));

/** What a program gets when a login shell reads the words as we quote them. */
function through(shell: readonly string[], words: readonly string[]): readonly string[] {
  const [program = '', ...options] = shell;
  const line = ['printf', '%s\\0', ...words].map(quote).join(' ');
  const { stdout, stderr, status } = spawnSync(program, [...options, '-c', line]);
  if (status !== 0) throw new Error(`${program}: ${String(stderr)}`);
  return stdout.toString('utf8').split('\0').slice(0, -1);
}

const ODD_WORDS = [
  '',
  ' ',
  'plain',
  'a b',
  "it's",
  "'",
  "''",
  "'\\''",
  '"',
  '\\',
  '\\n',
  'line 1\nline 2\n',
  '\n',
  '\r\n',
  '\t',
  '$HOME',
  '$(touch /tmp/owned)',
  '`id`',
  '${x:-y}',
  '$((1+1))',
  '!!',
  '!history',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '~',
  '~root',
  '=ls',
  'a=b',
  '-n',
  '--',
  '-rf',
  '#comment',
  ';',
  '&',
  '|',
  '<',
  '>',
  '&&',
  '()',
  '%s%d',
  '^x^y',
  'żółw',
  '漢字',
  '🐘',
  'user\u202egpj.exe',
  '\u200b',
  '\ufeff',
  '\u0001\u001b[31m\u007f',
];

describe('quoting for a POSIX shell', () => {
  it.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('%s gives every odd word as it was', (_, shell) => {
    expect(through(shell, ODD_WORDS)).toEqual(ODD_WORDS);
  });

  it.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
    '%s gives every character of ASCII, in every place',
    (_, shell) => {
      const characters = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code + 1));
      const words = characters.flatMap((character) => [character, `${character}x`, `x${character}`, `x${character}x`]);
      expect(through(shell, words)).toEqual(words);
    },
  );

  it.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
    '%s gives random words as they were',
    (_, shell) => {
      // A seed of its own, so that a failure can be seen again.
      let seed = 20_261_122;
      const next = (below: number): number => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed % below;
      };
      const alphabet = Array.from('\'"\\$`!*?[]{}()<>|&;#~=%^-+,.:/ \n\r\tabcżł漢🐘\u202e\u0001');
      const words = Array.from({ length: 400 }, () =>
        Array.from({ length: next(24) }, () => alphabet[next(alphabet.length)] ?? '').join(''),
      );
      expect(through(shell, words)).toEqual(words);
    },
  );

  it('leaves readable what needs no quotes', () => {
    expect(quote('/opt/mmedica/pgsql-17/bin/pg_ctl')).toBe('/opt/mmedica/pgsql-17/bin/pg_ctl');
  });

  it('refuses NUL, which no argument can carry', () => {
    expect(() => quote('a\0b')).toThrow('input.invalid');
  });
});

describe('a command as people read it', () => {
  const command: CommandLine = {
    argv: ['pg_ctl', 'promote', '-D', '/data dir'],
    env: { LC_ALL: 'C', PGOPTIONS: '-c x=1' },
    as: 'postgres',
    cwd: '/var/lib/x y',
    timeoutMs: 1000,
  };

  it('is the very words that run, without the guard', () => {
    expect(show(command)).toBe(
      "[postgres] cd '/var/lib/x y' && LC_ALL=C PGOPTIONS='-c x=1' pg_ctl promote -D '/data dir'",
    );
  });

  it('shows standard input, and a secret one as ***', () => {
    expect(show({ argv: ['psql'], stdin: 'select 1;', timeoutMs: 1 })).toBe("psql <<< 'select 1;'");
    expect(show({ argv: ['psql'], stdin: new Secret('hunter2'), timeoutMs: 1 })).toBe('psql <<< ***');
  });

  it('H24: what goes over the line has the secret nowhere but in standard input', () => {
    const { rendered } = prepare({ argv: ['cat'], stdin: new Secret('hunter2'), timeoutMs: 1 }, sudo);
    expect(rendered.text).not.toContain('hunter2');
    expect(rendered.ender?.text).not.toContain('hunter2');
    expect(String(rendered.stdin)).toBe('hunter2');
  });
});

describe('rights', () => {
  const command: CommandLine = { argv: ['id'], timeoutMs: 1000 };

  it('sudo never asks for a password and takes the rest as it is', () => {
    expect(prepare(command, sudo).rendered.text).toMatch(/^exec sudo -n -- \/bin\/sh -c '/);
  });

  it("another account is switched to inside the administrator's rights", () => {
    expect(inner({ ...command, as: 'postgres' }, sudo)).toEqual(sudo.account(inner(command, sudo), 'postgres'));
  });

  it('without become the login account is itself, and nobody else', () => {
    expect(inner({ ...command, as: 'anna' }, none('anna'))).toEqual(inner(command, none('anna')));
    expect(() => inner({ ...command, as: 'postgres' }, none('anna'))).toThrow('host.become-failed');
    expect(inner({ ...command, as: 'postgres' }, none('root'))).toEqual(sudo.account(inner(command, sudo), 'postgres'));
  });

  it.each(['A B', '1A', 'A=B', '', 'A;B', 'LD PRELOAD'])('the name of a variable is no place for %j', (name) => {
    expect(() => inner({ ...command, env: { [name]: 'x' } }, sudo)).toThrow('input.invalid');
  });

  it('a program whose name would be taken for a variable is refused', () => {
    expect(() => inner({ ...command, argv: ['A=b'] }, sudo)).toThrow('input.invalid');
  });
});
