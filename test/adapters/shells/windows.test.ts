import { describe, expect, it } from 'vitest';
import { prepareJob, prepareTask } from '../../../src/adapters/shells/powershell.ts';
import { describeWindows, programOf, quoteArgument, taskValues } from '../../../src/adapters/shells/windows.ts';
import type { CommandLine } from '../../../src/domain/command.ts';
import { Secret } from '../../../src/domain/secret.ts';

/**
 * What the C runtimes of Windows make of a line of arguments, written from Microsoft's description of it ("Parsing C command-line
 * arguments"). That real programs agree is seen on the lab's Windows hosts.
 */
function parsed(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
    if (line[at + slashes] === '"') {
      word = `${word ?? ''}${'\\'.repeat(Math.floor(slashes / 2))}`;
      at += slashes;
      if (slashes % 2 === 1) word += '"';
      else quoted = !quoted;
    } else if (slashes > 0) {
      word = `${word ?? ''}${'\\'.repeat(slashes)}`;
      at += slashes - 1;
    } else if (!quoted && /[ \t]/.test(line[at] ?? '')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = `${word ?? ''}${line[at]}`;
  }
  return word === undefined ? words : [...words, word];
}

const ODD_WORDS = [
  ['', '""'],
  ['plain', 'plain'],
  ['a b', '"a b"'],
  ['"', '"\\""'],
  ['\\', '\\'],
  ['a\\', 'a\\'],
  ['a b\\', '"a b\\\\"'],
  ['a b\\\\', '"a b\\\\\\\\"'],
  ['\\"', '"\\\\\\""'],
  ['C:\\Program Files (x86)\\PostgreSQL\\17\\', '"C:\\Program Files (x86)\\PostgreSQL\\17\\\\"'],
  ['%PATH%', '%PATH%'],
  ['^&|<>!', '^&|<>!'],
  ['zażółć gęślą', '"zażółć gęślą"'],
  ['line 1\nline 2\t', '"line 1\nline 2\t"'],
] as const;

describe('an argument for a Windows program', () => {
  it.each(ODD_WORDS)('%j is written %s', (word, written) => {
    expect(quoteArgument(word)).toBe(written);
  });

  it('comes out as it went in, whatever stands in it', () => {
    const alphabet = ['\\', '"', ' ', 'a', '%', '^', '\t', 'ż'];
    let seed = 1;
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647);
    for (let round = 0; round < 2_000; round += 1) {
      const words = Array.from({ length: (next() % 4) + 1 }, () =>
        Array.from({ length: next() % 8 }, () => alphabet[next() % alphabet.length]).join(''),
      );
      expect(parsed(words.map(quoteArgument).join(' '))).toEqual(words);
    }
  });

  it('has no NUL', () => {
    expect(() => quoteArgument('a\0b')).toThrow('input.invalid');
  });
});

describe('a command for a Windows host', () => {
  const command: CommandLine = {
    argv: ['C:\\a b\\psql.exe', '-c', 'select "x"'],
    env: { LC_ALL: 'C' },
    cwd: 'D:\\x y',
    stdin: new Secret('s3cret'),
    timeoutMs: 5_000,
  };

  it('is values for a script: nothing of it is ever part of a text', () => {
    expect(taskValues(command)).toEqual([
      '5000',
      'D:\\x y',
      '2',
      'LC_ALL',
      'C',
      'C:\\a b\\psql.exe',
      '-c "select \\"x\\""',
    ]);
  });

  it('is shown as people would type it, without its secret', () => {
    expect(describeWindows(command)).toBe(
      'cd /d "D:\\x y" && set "LC_ALL=C" && "C:\\a b\\psql.exe" -c "select \\"x\\"" <<< ***',
    );
  });

  it.each(['run.bat', 'C:\\RUN.CMD', 'a".exe'])('is no batch file: %s', (program) => {
    expect(() => programOf({ argv: [program], timeoutMs: 1 })).toThrow('input.invalid');
  });

  it.each(['A B', '=', ''])('has no variable named %j', (name) => {
    expect(() => taskValues({ argv: ['x'], env: { [name]: '1' }, timeoutMs: 1 })).toThrow('input.invalid');
  });
});

describe('a script as a detached job of a Windows host', () => {
  it('is the same line of letters; script and values are read by it, behind their length', () => {
    const { argv, stdin } = prepareJob('Leave exit 3', ['a b', 'zażółć']);
    expect(argv.join(' ')).toBe(
      prepareTask({ script: 'x', values: [], timeoutMs: 1 }, { argv: ['x'], timeoutMs: 1 }).rendered.text,
    );
    expect(Number(stdin.slice(0, 8))).toBe(stdin.length - 8);
    const [script, ...values] = stdin
      .slice(8)
      .split(' ')
      .map((word) => Buffer.from(word, 'base64').toString());
    expect(script).toMatch(/Leave exit 3$/);
    expect(values).toEqual(['a b', 'zażółć']);
  });
});

describe('a script for a Windows host', () => {
  const task = { script: 'Leave exit 0', values: ['a b', '$(evil)'], payload: new Secret('s3cret'), timeoutMs: 1_000 };
  const told: CommandLine = { argv: ['powershell'], timeoutMs: 1_000 };

  it('is one line of letters that no shell touches, the same for every script and short enough for cmd', () => {
    const { text } = prepareTask(task, told).rendered;
    expect(text).toMatch(/^powershell\.exe [A-Za-z -]+ -EncodedCommand [A-Za-z0-9+/=]+$/);
    expect(text.length).toBeLessThan(8_000);
    expect(prepareTask({ ...task, script: 'x', values: [] }, told).rendered.text).toBe(text);
  });

  it('travels by standard input with its values, the payload after it as it is', () => {
    const stdin = Buffer.from(prepareTask(task, told).rendered.stdin ?? []);
    const size = Number(stdin.subarray(0, 8).toString());
    const words = stdin
      .subarray(8, 8 + size)
      .toString()
      .split(' ')
      .map((word) => Buffer.from(word, 'base64').toString());
    expect(words[0]).toMatch(/Leave exit 0$/);
    expect(words.slice(2)).toEqual(['', '', '0', '6', 'a b', '$(evil)']);
    expect(stdin.subarray(8 + size).toString()).toBe('s3cret');
  });

  it('that PowerShell never began is a missing tool, with what the host said', () => {
    const { answer } = prepareTask(task, told);
    const result = { code: 1, stdout: Buffer.alloc(0), stderr: Buffer.from("'powershell.exe' is not recognized") };
    expect(() => answer(result)).toThrow('host.tool-missing');
  });

  it('that was ended in the middle has an unknown outcome', () => {
    const { rendered, answer } = prepareTask(task, told);
    const words = Buffer.from(rendered.stdin ?? [])
      .toString()
      .split(' ');
    const tag = Buffer.from(words[1] ?? '', 'base64').toString();
    const result = { code: 1, stdout: Buffer.from(`${tag}\n`), stderr: Buffer.from(`${tag}\n`) };
    expect(() => answer(result)).toThrow('exec.outcome-unknown');
  });
});
