import type { Block, Card, Tone } from '../../../src/domain/card.ts';

const PARTS: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)',
  '</textarea></pre></code></dd>',
  '<!--',
  '-->',
  ']]>',
  '&lt;b&gt;',
  '&#x3c;',
  '&',
  '<',
  '>',
  '"',
  "'",
  '`',
  '\u0000',
  '\u0007',
  '\u001b[31m',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\r\n',
  '\t',
  'javascript:alert(1)',
  '${x}',
  '{{x}}',
  '</style>',
  '<svg/onload=x>',
  'Łódź żółć',
  '😀',
  'ﷺ',
  ' ',
];
const TONES: readonly Tone[] = ['info', 'progress', 'question', 'success', 'warning', 'failure', 'stopped'];

/** A small generator of numbers that gives the same ones every time. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Cards with every kind of block, whose every text is made of what breaks pages. */
export function hostileCards(count: number, fixed?: () => string): readonly Card[] {
  return Array.from({ length: count }, (_, index) => {
    const pick = sequence(index + 1);
    const text = fixed ?? (() => Array.from({ length: 1 + pick(6) }, () => PARTS[pick(PARTS.length)] ?? '').join(''));
    return {
      id: text(),
      rev: 1,
      tone: TONES[pick(TONES.length)] ?? 'info',
      title: text(),
      blocks: blocks(text),
      buttons: (['primary', 'danger', 'neutral'] as const).map((style) => ({
        verb: 'approve',
        payload: text(),
        label: text(),
        style,
        opensForm: true,
      })),
      footer: text(),
      fallback: text(),
      alerts: true,
    } satisfies Card;
  });
}

function blocks(text: () => string): readonly Block[] {
  const fields = [
    { label: text(), value: text() },
    { label: text(), value: text() },
  ];
  return [
    ...(['plain', 'strong', 'warning', 'hint', 'muted'] as const).map(
      (style): Block => ({ kind: 'text', style, text: text() }),
    ),
    { kind: 'fields', fields },
    {
      kind: 'checklist',
      title: text(),
      items: (['ok', 'warning', 'failed', 'unknown'] as const).map((verdict) => ({
        verdict,
        title: text(),
        host: text(),
        detail: text(),
        next: text(),
      })),
    },
    {
      kind: 'steps',
      title: text(),
      items: [
        ...(['pending', 'running', 'waiting', 'done', 'unchanged', 'failed'] as const).map(
          (state) =>
            ({
              kind: 'step',
              id: text(),
              state,
              title: text(),
              effect: 'irreversible',
              note: text(),
              progress: { fraction: 0.5, text: text() },
            }) as const,
        ),
        { kind: 'point-of-no-return', title: text(), passed: false },
      ],
    },
    { kind: 'log', title: text(), lines: [text(), text()] },
    { kind: 'commands', title: text(), groups: [{ host: text(), commands: [text(), text()] }] },
    {
      kind: 'evidence',
      title: text(),
      sightings: (['alive', 'dead', 'silent', 'host'] as const).map((saw) => ({ saw, text: text() })),
      fields,
    },
    { kind: 'list', title: text(), items: [{ title: text(), detail: text(), tone: 'failure' }, { title: text() }] },
  ];
}
