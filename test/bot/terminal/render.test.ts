import { describe, expect, it } from 'vitest';
import { logCard } from '../../../src/bot/cards/log.ts';
import { cardsOf } from '../../../src/bot/cards/of-run.ts';
import { cleanJson, cleanLine } from '../../../src/bot/clean.ts';
import { cells, cut, wrap } from '../../../src/bot/platforms/terminal/layout.ts';
import { renderCard } from '../../../src/bot/platforms/terminal/render.ts';
import { createScreen } from '../../../src/bot/platforms/terminal/screen.ts';
import { COLOURED, PLAIN } from '../../../src/bot/platforms/terminal/style.ts';
import type { Terminal } from '../../../src/bot/platforms/terminal/terminal.ts';
import { createTerminal, SCREEN } from '../../../src/bot/platforms/terminal/terminal.ts';
import type { Card } from '../../../src/domain/card.ts';
import type { LogReport } from '../../../src/domain/report.ts';
import { createTranslator } from '../../../src/i18n/translate.ts';
import { at } from '../../domain/runs.ts';
import type { Display } from '../../fakes/terminal/display.ts';
import { openDisplay } from '../../fakes/terminal/display.ts';
import { people } from '../people.ts';
import { SCENES } from '../scenes.ts';

const context = {
  t: createTranslator('en', 'Europe/Warsaw'),
  inventory: people(),
  now: new Date(at(4)),
  prefix: 'zapas',
} as const;
const keep = ({ name }: { readonly name: string }): Promise<string> => Promise.resolve(`saved ${name}`);
const scene = (name: string) => {
  const made = SCENES[name]?.();
  if (!made) throw new Error(`no scene ${name}`);
  return made;
};

/** Escape sequences, C1 controls, bidirectional overrides, a title change, a bell, a carriage return and half an emoji. */
const HOSTILE = 'LOG: \u001b[2J\u001b]0;pwned\u0007\u009b31m\u202eevil\u2066\r\u0000\ud83d ok \u{e0041}';
/** Only what the renderer itself writes: colours on and off. */
const ESC = '\u001b';
const OWN = new RegExp(`${ESC}\\[\\d{1,2}m`, 'g');
const FORBIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/** The card with every string in it replaced. */
function poisoned(card: Card): Card {
  const visit = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => visit(one, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, visit(one, name)]));
    const kept = ['kind', 'verb', 'style', 'tone', 'verdict', 'state', 'effect', 'saw'].includes(key);
    return typeof value === 'string' && !kept ? `${value}${HOSTILE}` : value;
  };
  return visit(card, '') as Card;
}

describe('what reaches a terminal', () => {
  it.each(Object.keys(SCENES))('holds no control character of anybody else’s: %s', (name) => {
    for (const card of cardsOf(context, scene(name)).map(poisoned)) {
      for (const style of [PLAIN, COLOURED]) {
        const lines = renderCard(card, { style, width: 100, numberOf: () => 1 });
        expect(lines.join('\n').replaceAll(OWN, '')).not.toMatch(FORBIDDEN);
      }
    }
  });

  it('shows a cluster’s log line with the escape made visible', () => {
    const report: LogReport = {
      kind: 'log',
      host: 'two',
      file: 'x.log',
      verdict: 'ok',
      findings: [],
      excerpt: [HOSTILE],
    };
    const display = openDisplay({ isTTY: true });
    const terminal = createTerminal(createScreen(display.output, { colour: true }), { press: false, keep });
    terminal.print(logCard(context, scene('log-fine'), report));
    terminal.say(HOSTILE);
    const shown = display.written().replaceAll(OWN, '');
    expect(shown).not.toMatch(FORBIDDEN);
    expect(shown).toContain('LOG: ␛[2J␛]0;pwned␇�31m�evil� ␀� ok �');
  });

  it('is the same for one line and for JSON', () => {
    expect(cleanLine('a\r\nb\tc\u001b')).toBe('a b c␛');
    const json = cleanJson({ line: `${HOSTILE}\n` });
    expect(json).not.toMatch(FORBIDDEN);
    expect(JSON.parse(json)).toEqual({ line: `${HOSTILE}\n` });
  });
});

describe('layout', () => {
  it('counts what the screen shows', () => {
    expect(cells('żółć')).toBe(4);
    expect(cells('zo\u0301')).toBe(2);
    expect(cells('🚑日')).toBe(4);
    expect(cut('przełączenie', 6)).toBe('przeł…');
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
  });

  it.each([40, 60, 100])('keeps within %i cells, but for commands and log lines', (width) => {
    for (const name of Object.keys(SCENES)) {
      for (const card of cardsOf(context, scene(name))) {
        const blocks = card.blocks.filter(({ kind }) => kind !== 'commands' && kind !== 'log' && kind !== 'evidence');
        const lines = renderCard(
          { ...card, title: 't', buttons: [], blocks, footer: '' },
          { style: PLAIN, width, numberOf: () => 1 },
        );
        const limit = Math.max(width, 64);
        expect(lines.filter((line) => cells(line) > limit)).toEqual([]);
      }
    }
  });
});

/** Shows these scenes one after the other, as a publisher would. */
async function show(isTTY: boolean, ...names: readonly string[]): Promise<{ display: Display; terminal: Terminal }> {
  const display = openDisplay({ isTTY });
  const terminal = createTerminal(createScreen(display.output, { colour: false }), { press: true, keep });
  const known = new Set<string>();
  for (const name of names) {
    const run = scene(name);
    const progress = { step: 'setup.clone', done: 62, total: 100, unit: 'percent', jobOffset: 0 } as const;
    for (const card of cardsOf(context, run, run.state === 'ready' ? progress : undefined)) {
      if (known.has(card.id)) await terminal.update({ place: SCREEN, message: card.id }, card);
      else await terminal.publish(SCREEN, card, card.id);
      known.add(card.id);
    }
  }
  return { display, terminal };
}

describe('a run on a terminal', () => {
  it('is drawn in place: one picture of it, with a bar, and the question below stays', async () => {
    const { display } = await show(true, 'setup-begins', 'setup-confirm', 'setup-cloning');
    const lines = display.lines();
    expect(lines.filter((line) => line.includes('Setup of demo: running'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('█'))).toEqual([expect.stringContaining('62 %')]);
    expect(lines.filter((line) => line.includes('Confirm: Setup of demo'))).toHaveLength(1);
  });

  it('becomes one line for each step where nothing can be redrawn, each said once', async () => {
    const { display } = await show(false, 'setup-begins', 'setup-confirm', 'setup-cloning', 'setup-done');
    const written = display.written().replaceAll('\u00a0', ' ');
    expect(written).not.toContain('\u001b');
    for (const words of ['19 checks done', 'Restart PostgreSQL on the primary  1 min', '62 %', '✔ Start the standby'])
      expect([words, written.split(words).length]).toEqual([words, 2]);
    expect(written).toContain('✔ Setup of demo: done');
  });

  it('keeps its region within the screen', async () => {
    const display = openDisplay({ isTTY: true, rows: 10 });
    const terminal = createTerminal(createScreen(display.output, { colour: false }), { press: true, keep });
    const [card] = cardsOf(context, scene('setup-begins'));
    if (!card) throw new Error('no card');
    await terminal.publish(SCREEN, card, card.id);
    expect(display.lines().length).toBeLessThanOrEqual(9);
  });

  it('numbers its buttons once and for ever', async () => {
    const { terminal } = await show(true, 'failover-asks', 'failover-rejected');
    expect(terminal.button(1)).toMatchObject({ verb: 'stop' });
    expect(terminal.button(3)).toMatchObject({ verb: 'approve', payload: 'k7m29qtx.1.demo' });
    expect(terminal.button(99)).toBeUndefined();
  });
});
