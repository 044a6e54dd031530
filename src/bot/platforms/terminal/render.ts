import type {
  Block,
  Button,
  Card,
  ChecklistBlock,
  CommandsBlock,
  EvidenceBlock,
  Field,
  ListBlock,
  StepItem,
  TextBlock,
} from '../../../domain/card.ts';
import { cleanLine, cleanLines } from '../../clean.ts';
import { cells, cut, pad, wrap } from './layout.ts';
import type { Style } from './style.ts';
import { SIGHTING_SIGNS, STEP_SIGNS, signed, TONE_SIGNS, VERDICT_SIGNS } from './style.ts';

export interface RenderOptions {
  readonly style: Style;
  /** Cells of a line. */
  readonly width: number;
  /** The number by which a button is pressed; undefined where there is nobody to press it. */
  readonly numberOf: (button: Button) => number | undefined;
}

const INDENT = '  ';
const WIDEST_LABEL = 36;
const BAR_CELLS = 20;

/**
 * A card as lines. Every string of it is stripped of control and bidirectional characters here, where nothing can get past.
 */
export function renderCard(card: Card, options: RenderOptions): readonly string[] {
  const { style } = options;
  const title = `${signed(style, TONE_SIGNS[card.tone])} ${style.bold(cleanLine(card.title))}`;
  const blocks = card.blocks.map((block) => renderBlock(block, options)).filter((lines) => lines.length > 0);
  const link = card.link ? ['', `${INDENT}${cleanLine(card.link.label)}: ${card.link.url}`] : [];
  const buttons = renderButtons(card.buttons, options);
  const footer = card.footer === undefined ? [] : [INDENT + style.dim(cleanLine(card.footer))];
  return [title, ...blocks.flatMap((lines) => [...lines, '']).slice(0, -1), ...link, ...buttons, ...footer, ''];
}

function renderBlock(block: Block, options: RenderOptions): readonly string[] {
  switch (block.kind) {
    case 'text':
      return renderText(block, options);
    case 'fields':
      return renderFields(block.fields, options);
    case 'checklist':
      return renderChecklist(block, options);
    case 'steps':
      return [...renderTitle(block.title, options), ...block.items.map((item) => renderStep(item, options))];
    case 'log':
      return [...renderTitle(block.title, options), ...block.lines.flatMap((line) => renderLog(line, options))];
    case 'commands':
      return renderCommands(block, options);
    case 'evidence':
      return renderEvidence(block, options);
    case 'list':
      return renderList(block, options);
  }
}

function renderTitle(title: string | undefined, { style }: RenderOptions): readonly string[] {
  return title === undefined ? [] : [INDENT + style.bold(cleanLine(title))];
}

function paragraph(text: string, { width }: RenderOptions, indent = INDENT): readonly string[] {
  return cleanLines(text).flatMap((line) => wrap(line, width - indent.length).map((part) => indent + part));
}

function renderText({ text, style: kind }: TextBlock, options: RenderOptions): readonly string[] {
  const { style } = options;
  const marked = kind === 'hint' ? `→ ${text}` : kind === 'warning' ? `! ${text}` : text;
  const paints = { plain: undefined, strong: style.bold, warning: style.yellow, hint: style.cyan, muted: style.dim };
  const paint = paints[kind];
  return paragraph(marked, options).map((line) => (paint ? INDENT + paint(line.slice(INDENT.length)) : line));
}

function renderFields(fields: readonly Field[], options: RenderOptions): readonly string[] {
  const { style, width } = options;
  const labels = fields.map(({ label }) => cut(cleanLine(label), WIDEST_LABEL));
  const widest = Math.max(0, ...labels.map(cells));
  return fields.flatMap(({ value }, index) => {
    const label = pad(labels[index] ?? '', widest);
    const [first = '', ...more] = wrap(cleanLine(value), Math.max(20, width - widest - 4));
    const rest = more.map((line) => `${INDENT}${' '.repeat(widest)}  ${line}`);
    return [`${INDENT}${style.dim(label)}  ${first}`, ...rest];
  });
}

function renderChecklist({ title, items }: ChecklistBlock, options: RenderOptions): readonly string[] {
  const { style } = options;
  const lines = items.flatMap(({ verdict, title: what, host, detail, next }) => {
    const where = host === undefined ? '' : ` (${cleanLine(host)})`;
    const text = `${cleanLine(what)}${where}: ${cleanLine(detail)}`;
    const [first = '', ...more] = wrap(text, options.width - 4);
    const todo = next ? paragraph(`→ ${next}`, options, '      ').map((line) => style.cyan(line)) : [];
    return [
      `${INDENT}${signed(style, VERDICT_SIGNS[verdict])} ${first}`,
      ...more.map((line) => `    ${line}`),
      ...todo,
    ];
  });
  return [...renderTitle(title, options), ...lines];
}

/** One step as one line. */
export function renderStep(item: StepItem, options: RenderOptions): string {
  const { style, width } = options;
  if (item.kind === 'point-of-no-return') {
    const words = ` ${cleanLine(item.title)} `;
    const rule = '═'.repeat(3);
    const line = INDENT + rule + words + rule;
    return item.passed ? style.dim(line) : style.red(line);
  }
  const sign = signed(style, STEP_SIGNS[item.state]);
  const side = item.progress ? `${bar(item.progress.fraction)} ${item.progress.text}` : (item.note ?? '');
  const right = cleanLine(side);
  const room = Math.max(20, width - 5 - (right === '' ? 0 : cells(right) + 2));
  const title = cut(cleanLine(item.title), room);
  const faint = item.state === 'pending' || item.state === 'unchanged';
  const shown = faint ? style.dim(title) : item.state === 'running' ? style.bold(title) : title;
  return `${INDENT}${sign} ${shown}${right === '' ? '' : `  ${style.dim(right)}`}`;
}

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${Math.floor(fraction * 100)} %`;
}

function renderLog(line: string, { style }: RenderOptions): readonly string[] {
  return cleanLines(line).map((part) => `${INDENT}${style.dim('│')} ${part}`);
}

/** Never cut: what is approved is what runs, every character of it. */
function renderCommands({ title, groups }: CommandsBlock, options: RenderOptions): readonly string[] {
  const { style } = options;
  const lines = groups.flatMap(({ host, commands }) => [
    `${INDENT}${style.bold(`[${cleanLine(host)}]`)}`,
    ...commands.flatMap((command) => {
      const [first = '', ...more] = cleanLines(command);
      return [`${INDENT}${style.dim('$')} ${first}`, ...more.map((line) => `${INDENT}  ${line}`)];
    }),
  ]);
  return [...renderTitle(title, options), ...lines];
}

function renderEvidence({ title, sightings, fields }: EvidenceBlock, options: RenderOptions): readonly string[] {
  const { style } = options;
  const seen = sightings.map(({ saw, text }) => `${INDENT}${signed(style, SIGHTING_SIGNS[saw])} ${cleanLine(text)}`);
  return [...renderTitle(title, options), ...seen, ...renderFields(fields, options)];
}

function renderList({ title, items }: ListBlock, options: RenderOptions): readonly string[] {
  const { style } = options;
  const lines = items.flatMap(({ title: what, detail, tone }) => {
    const sign = tone ? signed(style, TONE_SIGNS[tone]) : '-';
    const [first = '', ...more] = wrap(cleanLine(what), options.width - 4);
    const below = detail === undefined ? [] : paragraph(detail, options, '    ').map((line) => style.dim(line));
    return [`${INDENT}${sign} ${first}`, ...more.map((line) => `    ${line}`), ...below];
  });
  return [...renderTitle(title, options), ...lines];
}

function renderButtons(buttons: readonly Button[], { style, numberOf }: RenderOptions): readonly string[] {
  const shown = buttons.flatMap((button) => {
    const number = numberOf(button);
    if (number === undefined) return [];
    const label = cleanLine(button.label);
    return [`${style.bold(`[${number}]`)} ${button.style === 'danger' ? style.red(label) : label}`];
  });
  return shown.length === 0 ? [] : ['', INDENT + shown.join('   ')];
}
