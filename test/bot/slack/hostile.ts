import type { Block, Button, Card, Tone } from '../../../src/domain/card.ts';
import { VERBS } from '../../../src/domain/card.ts';

/** What customers' hosts, file names and people may say. */
const NASTY = [
  '<!channel>',
  '<!here|x>',
  '<@U0ANNA>',
  '@everyone @here',
  '<https://evil.example|zapas.example>',
  '```',
  '` * _ ~ > &amp; & <',
  ':white_check_mark:',
  '$(rm -rf /)',
  "'; DROP TABLE run; --",
  '\u0000\u0007\u001b[31m',
  '\u202Eevil\u202C',
  '\u2066\u2069\u200b\ufeff',
  '\u{1F1F5}\u{1F1F1}\u{1F468}\u200d\u{1F469}\u200d\u{1F467}',
  '\ud800',
  'zażółć gęślą jaźń',
  'ﷺ'.repeat(30),
  '\r\n\n\t',
  '',
  ' ',
] as const;

const TONES: readonly Tone[] = ['info', 'progress', 'question', 'success', 'warning', 'failure', 'stopped'];

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A card that wants to break its renderer; the same for the same seed. */
export function hostileCard(seed: number): Card {
  const next = random(seed);
  const upTo = (most: number): number => Math.floor(next() * (most + 1));
  const pick = <One>(from: readonly One[]): One => from[upTo(from.length - 1)] as One;
  const text = (most = 8): string =>
    Array.from({ length: upTo(most) }, () => (next() < 0.02 ? pick(NASTY).repeat(100) : pick(NASTY))).join(
      pick(['', ' ', '\n']),
    );
  const many = <One>(most: number, make: () => One): One[] => Array.from({ length: upTo(most) }, make);
  const maybe = (): Record<string, never> | { title: string } => (next() < 0.5 ? {} : { title: text() });
  const blocks: readonly (() => Block)[] = [
    () => ({ kind: 'text', text: text(30), style: pick(['plain', 'strong', 'warning', 'hint', 'muted']) }),
    () => ({ kind: 'fields', fields: many(20, () => ({ label: text(), value: text() })) }),
    () => ({
      kind: 'checklist',
      ...maybe(),
      items: many(50, () => ({
        verdict: pick(['ok', 'warning', 'failed', 'unknown']),
        title: text(),
        detail: text(),
        host: text(2),
        next: text(),
      })),
    }),
    () => ({
      kind: 'steps',
      ...maybe(),
      items: many(50, () =>
        next() < 0.1
          ? { kind: 'point-of-no-return', title: text(), passed: next() < 0.5 }
          : {
              kind: 'step',
              id: 'a.b',
              state: pick(['pending', 'running', 'waiting', 'done', 'unchanged', 'failed']),
              title: text(),
              effect: 'read',
              note: text(),
              progress: { fraction: pick([-1, 0, 0.5, 1, 7, Number.NaN]), text: text() },
            },
      ),
    }),
    () => ({ kind: 'log', title: text(), lines: many(200, () => text(12)) }),
    () => ({
      kind: 'commands',
      title: text(),
      groups: many(8, () => ({ host: text(2), commands: many(10, () => text(12)) })),
    }),
    () => ({
      kind: 'evidence',
      title: text(),
      sightings: many(20, () => ({ saw: pick(['alive', 'dead', 'silent', 'host']), text: text() })),
      fields: many(20, () => ({ label: text(), value: text() })),
    }),
    () => ({ kind: 'list', ...maybe(), items: many(50, () => ({ title: text(), detail: text(), tone: pick(TONES) })) }),
  ];
  const button = (): Button => ({
    verb: pick(VERBS),
    payload: 'k7m29qtx.1.demo',
    label: text(4),
    style: pick(['primary', 'danger', 'neutral']),
    opensForm: false,
  });
  return {
    id: 'run:k7m29qtx',
    rev: seed,
    tone: pick(TONES),
    title: text(20),
    blocks: many(next() < 0.05 ? 80 : 5, () => pick(blocks)()),
    buttons: many(next() < 0.1 ? 60 : 6, button),
    fallback: text(40),
    ...(next() < 0.5 && { footer: text() }),
    ...(next() < 0.5 && { alerts: true }),
  };
}
