import type { Block, Button, Card, Tone } from '../../../src/domain/card.ts';
import { VERBS } from '../../../src/domain/card.ts';

/** What customers' hosts, names and notes may hold at their worst. */
const PIECES = [
  '@everyone',
  '<@&4711>',
  '<@1234567890123456789>',
  '<#1234567890123456789>',
  '</zapas approve:1>',
  '<t:0:R>',
  '<a:blob:123456789012345678>',
  '```\n',
  '``',
  '**bold** __under__ ~~gone~~ ||spoiler||',
  '# heading',
  '\n- list\n1. one\n> quote\n-# small',
  '[click](https://evil.example)',
  'https://evil.example/x',
  '\u202eright to left\u202c',
  '\u200b\u200d\ufeff\u0000\u001b[31m\u0007',
  'Zażółć gęślą jaźń',
  '﷽﷽﷽',
  '👩‍👩‍👧‍👦',
  '𝔘𝔫𝔦',
  '\ud800',
  '████',
  '\\\\`*_',
  '$(reboot) `id`',
  '"\'<>&',
  ' ',
] as const;

/** The same numbers for the same seed (mulberry32). */
export function randomness(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A card of anything a card may be, in any size. */
export function hostileCard(random: () => number): Card {
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const one = <Item>(items: readonly Item[]): Item => items[upTo(items.length - 1)] as Item;
  const many = <Item>(most: number, make: () => Item): Item[] => Array.from({ length: upTo(most) }, make);
  const words = (most = 12): string => many(most, () => one(PIECES)).join(one(['', ' ', 'x']));
  const fields = () => many(25, () => ({ label: words(4), value: words() }));
  const tones: readonly Tone[] = ['info', 'progress', 'question', 'success', 'warning', 'failure', 'stopped'];
  const makers: readonly (() => Block)[] = [
    () => ({ kind: 'text', text: words(60), style: one(['plain', 'strong', 'warning', 'hint', 'muted']) }),
    () => ({ kind: 'fields', fields: fields() }),
    () => ({
      kind: 'checklist',
      title: words(3),
      items: many(30, () => ({
        verdict: one(['ok', 'warning', 'failed', 'unknown']),
        title: words(),
        host: words(2),
        detail: words(),
        next: words(),
      })),
    }),
    () => ({
      kind: 'steps',
      items: many(40, () => ({
        kind: 'step',
        id: 'x.y',
        state: one(['pending', 'running', 'waiting', 'done', 'unchanged', 'failed']),
        title: words(),
        effect: 'read',
        note: words(5),
        progress: { fraction: one([0, 0.5, 1, 7, -1, Number.NaN]), text: words(3) },
      })),
    }),
    () => ({ kind: 'log', title: words(3), lines: many(200, () => words(20)) }),
    () => ({
      kind: 'commands',
      title: words(3),
      groups: many(3, () => ({ host: words(2), commands: many(20, () => words(40)) })),
    }),
    () => ({
      kind: 'evidence',
      title: words(3),
      sightings: many(6, () => ({ saw: one(['alive', 'dead', 'silent', 'host']), text: words() })),
      fields: fields(),
    }),
    () => ({ kind: 'list', title: words(3), items: many(30, () => ({ title: words(), detail: words(30) })) }),
  ];
  const button = (): Button => ({
    verb: one(VERBS),
    payload: one(['k7m29qtx.1.demo', 'k7m29qtx', 'x'.repeat(120)]),
    label: words(20),
    style: one(['primary', 'danger', 'neutral']),
    opensForm: false,
  });
  return {
    id: `run:${words(2)}`,
    rev: 1,
    tone: one(tones),
    title: words(40),
    blocks: many(one([2, 8, 40]), () => one(makers)()),
    buttons: many(one([3, 30]), button),
    footer: words(30),
    fallback: words(),
    alerts: random() < 0.5,
  };
}
