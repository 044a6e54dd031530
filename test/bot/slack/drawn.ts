import type { Rendered } from '../../../src/bot/platforms/slack/render.ts';

interface Run {
  readonly type: string;
  readonly text?: string;
  readonly range?: string;
  readonly style?: Readonly<Record<string, boolean>>;
}

interface Part {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly Part[];
  readonly fields?: readonly { readonly text: string }[];
  readonly style?: string;
  readonly action_id?: string;
  readonly value?: string;
}

/** A message as lines: what kind of block, what is on it, how it is set. Nothing of the payload that a reader sees is left out. */
export function drawn({ text, blocks }: Rendered): string {
  return [`text: ${text}`, ...blocks.flatMap((block) => drawnBlock(block as Part))].join('\n');
}

function drawnBlock(block: Part): readonly string[] {
  const { type, text, elements = [], fields = [] } = block;
  const texts = text ? text.text.split('\n') : [];
  const pairs = fields.map((field) => field.text.replaceAll('\n', ' | '));
  return [`[${type}]`, ...[...texts, ...pairs, ...elements.flatMap(drawnElement)].map((line) => `  ${line}`.trimEnd())];
}

function drawnElement(element: Part): readonly string[] {
  const { type, text } = element;
  if (type === 'button') {
    const { action_id = '', value = '', style = 'neutral' } = element;
    return [`(${text?.text ?? ''}) ${style} ${action_id} ${value}`];
  }
  if (type === 'plain_text') return (element.text as unknown as string).split('\n');
  const runs = (element.elements ?? []) as unknown as readonly Run[];
  const lines = runs.map(drawnRun).join('').split('\n');
  return type === 'rich_text_preformatted' ? lines.map((line) => `│ ${line}`) : lines;
}

function drawnRun({ type, text = '', range = '', style = {} }: Run): string {
  if (type === 'broadcast') return `<@${range}>`;
  const marks = { bold: '**', italic: '_', code: '`' } as const;
  const mark = Object.entries(marks).find(([name]) => style[name])?.[1] ?? '';
  return `${mark}${text}${mark}`;
}
