import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/bot/commands.ts';
import { defineCommands } from '../../src/bot/commands.ts';
import type { Parsed } from '../../src/bot/grammar.ts';
import { parseLine, parseValues } from '../../src/bot/grammar.ts';
import { nearest } from '../../src/bot/nearest.ts';
import { optionsOf, usageOf } from '../../src/bot/options.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';

const commands = defineCommands(RUNBOOKS);
const read = (line: string): Parsed => parseLine(line, commands);
const effectOf = (line: string): Effect | undefined => {
  const parsed = read(line);
  return parsed.ok ? parsed.effect : undefined;
};
const problemOf = (line: string): unknown => {
  const parsed = read(line);
  return parsed.ok ? `took it for ${parsed.command}` : parsed.problem;
};

const kindOf = (name: string, values: Record<string, string | number | boolean>): string | undefined => {
  const parsed = parseValues(name, values, commands);
  return parsed.ok ? undefined : parsed.problem.kind;
};

const LOGS = {
  do: 'request',
  runbook: 'logs',
  cluster: 'demo',
  options: { host: 'primary', lines: 50, sinceStart: true },
};
const REJECT = { do: 'decide', act: 'reject', run: 'k7m29qtx', note: 'not today, it’s the switch' };

describe('a typed command', () => {
  it.each([
    'logs demo --host primary --lines 50',
    '/zapas logs demo --host primary --lines 50',
    'zapas run logs demo --host primary --lines 50',
    '  LOGS   Demo  --lines=50 --host=PRIMARY ',
    '--lines 50',
  ])('%s', (line) => {
    expect(effectOf(line)).toEqual(line.startsWith('--') ? undefined : LOGS);
  });

  it.each([
    ['em dash', 'logs demo —host primary —lines 50'],
    ['en dash', 'logs demo –host primary –lines=50'],
    ['two minus signs', 'logs demo −−host primary −−lines 50'],
    ['horizontal bar', 'logs ―host primary demo ―lines 50'],
    ['no-break spaces', 'logs\u00a0demo\u202f--host\u00a0primary\u2003--lines\u00a050'],
    ['line ends and tabs', 'logs demo\n--host\tprimary --lines 50'],
    ['links', 'logs <https://demo.example|demo> --host primary --lines 50'],
    ['typographic quotes', 'logs “demo” --host=„primary” --lines «50»'],
    ['plain quotes', `logs "demo" --host 'primary' --lines "50"`],
    ['another order', '/zapas logs --lines 50 demo --host primary'],
    ['what nobody sees', 'lo\u200bgs de\u2060mo --host primary\ufeff --lines 50'],
    ['an option by its key', 'logs demo --host primary --lines 50 --sinceStart=true'],
  ])('tolerates %s', (_what, line) => {
    expect(effectOf(line)).toEqual(LOGS);
  });

  it.each([
    ['reject k7m29qtx not today, it’s the switch'],
    ['reject k7m29qtx --note “not today, it’s the switch”'],
    ['reject --note="not today, it’s the switch" k7m29qtx'],
    ['reject k7m29qtx — not today, it’s the switch'.replace('— ', '')],
  ])('takes a note in quotes or as the rest: %s', (line) => {
    expect(effectOf(line)).toEqual(REJECT);
  });

  it('reads characters that chats escape', () => {
    expect(effectOf('reject k7m29qtx a &amp; b &lt;c&gt; &amp;amp;')).toMatchObject({ note: 'a & b <c> &amp;' });
  });

  it.each([
    ['logs demo --no-since-start', { options: { host: 'standby', lines: 30, sinceStart: false } }],
    ['logs demo --since-start=nie', { options: { host: 'standby', lines: 30, sinceStart: false } }],
    ['show k7m29qtx', { do: 'show', run: 'k7m29qtx' }],
    ['run k7m29qtx', { do: 'show', run: 'k7m29qtx' }],
    ['stop k7m29qtx', { do: 'stop', run: 'k7m29qtx' }],
    ['settle k7m29qtx retry', { do: 'settle', verdict: 'retry' }],
    ['approve k7m29qtx', { do: 'decide', act: 'approve', run: 'k7m29qtx' }],
    ['approve k7m29qtx demo after a call', { do: 'decide', name: 'demo', note: 'after a call' }],
    ['runs', { do: 'runs', limit: 10 }],
    ['', { do: 'help' }],
    ['/zapas', { do: 'help' }],
    ['help logs', { do: 'help', command: 'logs' }],
    ['decide settle k7m29qtx retry', { do: 'settle', verdict: 'retry' }],
    ['/zapas Alert Snooze k7m29qtx 4', { do: 'snooze', alert: 'k7m29qtx', hours: 4 }],
  ])('%s', (line, effect) => {
    expect(effectOf(line)).toMatchObject(effect);
  });

  it.each([
    ['statsu demo', { kind: 'unknown-command', value: 'statsu', nearest: ['status'] }],
    ['rm -rf /', { kind: 'unknown-command', value: 'rm' }],
    ['alert', { kind: 'unknown-command', value: 'alert', nearest: ['alert ack', 'alert snooze'] }],
    ['alert settle k7m29qtx', { kind: 'unknown-command', value: 'alert' }],
    ['setup', { kind: 'missing', command: 'setup', option: 'cluster' }],
    ['status demo; failover demo', { kind: 'extra', value: 'failover' }],
    ['status demo && failover demo', { kind: 'extra', value: '&&' }],
    ['status demo\nfailover demo', { kind: 'extra', value: 'failover' }],
    ['failover demo --force', { kind: 'unknown-option', value: '--force' }],
    ['logs demo --lnies 5', { kind: 'unknown-option', value: '--lnies', nearest: ['--lines'] }],
    ['logs demo --lines', { kind: 'no-value', option: 'lines' }],
    ['logs demo --lines --host primary', { kind: 'no-value', option: 'lines' }],
    ['logs demo --lines 1e9', { kind: 'unknown-value', option: 'lines' }],
    ['logs demo --lines 1000', { kind: 'unknown-value', option: 'lines', value: '1000' }],
    ['logs demo --host standbby', { kind: 'unknown-value', option: 'host', nearest: ['standby'] }],
    ['logs demo --lines 5 --lines 6', { kind: 'repeated', option: 'lines' }],
    ['logs demo --cluster other --cluster demo', { kind: 'repeated', option: 'cluster' }],
    ['settle k7m29qtx perhaps', { kind: 'unknown-value', option: 'verdict' }],
    ['cancel K7M$(reboot)', { kind: 'unknown-value', option: 'run' }],
    ['reject k7m29qtx "not today', { kind: 'open-quote' }],
    [`status ${'x'.repeat(3_000)}`, { kind: 'too-long' }],
    ['--host primary', { kind: 'unknown-command' }],
    ['status --constructor demo', { kind: 'unknown-option' }],
    ['__proto__ demo', { kind: 'unknown-command' }],
  ])('%s is refused', (line, problem) => {
    expect(problemOf(line)).toMatchObject(problem);
  });
});

describe('structured options', () => {
  it('give what the typed line gives', () => {
    const parsed = parseValues('logs', { cluster: 'demo', host: 'primary', lines: 50 }, commands);
    expect(parsed).toEqual({ ok: true, command: 'logs', effect: LOGS });
  });

  it('are held to the same rules', () => {
    expect(kindOf('logs', { cluster: 'demo', lines: 1_000 })).toBe('unknown-value');
    expect(kindOf('logs', { cluster: 'demo', hots: 'primary' })).toBe('unknown-option');
    expect(kindOf('logs', {})).toBe('missing');
    expect(kindOf('toString', {})).toBe('unknown-command');
  });
});

/** Small, repeatable randomness. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PIECES = [
  ...commands.map(({ name }) => name),
  'demo',
  'k7m29qtx',
  '--host',
  '--lines',
  '=',
  '5',
  'primary',
  '--note',
  '—',
  '–no-since-start',
  '--',

  '"',
  "'",
  '“',
  '”',
  '„',
  '«',
  '»',
  '\u00a0',
  '\u202e',
  '\u0000',
  '\ud800',
  '<',
  '>',
  '|',
  '&amp;',
  '&',
  ';',
  '$(x)',
  '`',
  '\n',
  '\t',
  'ż',
  '🚑',
  '{',
  '}',
  '/zapas',
  'run',
  '__proto__',
  'constructor',
  '\\',
  '%s',
];

describe('whatever is typed', () => {
  it('never throws, and never does anything that is not spelt out at its beginning', () => {
    const random = randomOf(20_261_122);
    for (let round = 0; round < 20_000; round += 1) {
      const length = 1 + random(10);
      const line = Array.from({ length }, () => (PIECES[random(PIECES.length)] ?? '') + (random(3) ? ' ' : '')).join(
        '',
      );
      const parsed = read(line);
      if (!parsed.ok || parsed.command === 'help') continue;
      // Lower-cased, without what nobody sees, the name of the command stands first, after at most two prefixes.
      const plain = line.replaceAll(/[\p{Cf}\p{Cc}\p{Surrogate}“”„«»"']/gu, (one) => (/\s/.test(one) ? ' ' : ''));
      const words = plain.split(/[\s\u00a0]+/).filter((word) => !['', '/zapas', '/zapasrun'].includes(word));
      const first = words[0] === 'run' && RUNBOOKS.some(({ id }) => id === words[1]) ? words[1] : words[0];
      expect([first, line]).toEqual([parsed.command, line]);
    }
  });

  it('comes back the same: what a command is written as is read as that command', () => {
    for (const command of commands) {
      const words = optionsOf(command).flatMap(({ flag, required, kind, choices }) => {
        const value = choices[0] ?? (kind === 'integer' ? '7' : 'k7m29qtx');
        return required ? [`--${flag}=${value}`] : [];
      });
      const parsed = read([command.name, ...words].join(' '));
      expect(parsed).toMatchObject({ ok: true, command: command.name });
      expect(usageOf(command).startsWith(command.name)).toBe(true);
    }
  });
});

describe('nearest names', () => {
  it.each([
    ['dmeo', ['demo']],
    ['dem', ['demo']],
    ['stat', ['status']],
    ['xyz', []],
    ['', []],
  ])('%s → %s', (typed, found) => {
    expect(nearest(typed, ['demo', 'status', 'failover'])).toEqual(found);
  });
});
