import type {
  Block,
  Card,
  ChecklistItem,
  CommandsBlock,
  EvidenceBlock,
  Field,
  ListBlock,
  StepItem,
  TextBlock,
} from '../../../domain/card.ts';
import { cleanLines } from '../../clean.ts';
import { fence, literal, plain, plainLines } from './markdown.ts';
import { bar, SIGHTING_SIGNS, STEP_SIGNS, TONE_SIGNS, VERDICT_SIGNS } from './signs.ts';

/** A piece of a message that can lose lines when there is no room for all. */
export interface Part {
  readonly head: readonly string[];
  readonly lines: readonly string[];
  /** Which end stays: of a log the last lines, of everything else the first. */
  readonly keep: 'first' | 'last';
  /** Inside a fence. */
  readonly fenced: boolean;
  /** What goes first has the greatest. */
  readonly rank: number;
  /** Something of it is cut already. */
  readonly cut: boolean;
}

/** Longest strings, in characters before escaping; the longest texts of the catalogues stay well below. */
const LONGEST = { title: 150, label: 60, value: 300, text: 700, item: 300, log: 300, command: 1_000 } as const;

/** Order in which parts lose lines: footer, log, what is known anyway, lists, fields, and at last the texts. */
const RANK = { footer: 9, log: 8, muted: 7, list: 6, checklist: 5, commands: 4, fields: 3, steps: 2, text: 1 } as const;

/** The line that is never left out. */
export function titleOf({ tone, title }: Card): string {
  return `### ${TONE_SIGNS[tone]} ${plain(title, LONGEST.title)}`;
}

/** A card without its title and buttons, in reading order. */
export function partsOf({ blocks, footer, link }: Card): readonly Part[] {
  const end = footer === undefined ? [] : [part(RANK.footer, [`-# ${plain(footer, LONGEST.item)}`])];
  // The only link there is: its address is ours, its label is text.
  const way = link ? [part(RANK.text, [], { head: [`[${plain(link.label, LONGEST.label)}](<${link.url}>)`] })] : [];
  return [...blocks.flatMap(blockParts), ...way, ...end].filter(({ head, lines }) => head.length + lines.length > 0);
}

/** A part as it stands in the message, with `…` and a number in place of the lines it lost. */
export function textOf({ head, lines, keep, fenced }: Part, lost: number): string {
  const mark = lost === 0 ? [] : [fenced ? `… (+${lost})` : `-# … (+${lost})`];
  const kept = keep === 'last' ? lines.slice(lost) : lines.slice(0, lines.length - lost);
  const body = keep === 'last' ? [...mark, ...kept] : [...kept, ...mark];
  return [...head, ...(fenced && body.length > 0 ? [fence(body)] : body)].join('\n');
}

function part(rank: number, lines: readonly string[], over: Partial<Part> = {}): Part {
  return { head: [], lines, keep: 'first', fenced: false, rank, cut: false, ...over };
}

function blockParts(block: Block): readonly Part[] {
  switch (block.kind) {
    case 'text':
      return [textPart(block)];
    case 'fields':
      return [part(RANK.fields, fieldLines(block.fields))];
    case 'checklist':
      return [part(RANK.checklist, block.items.flatMap(checklistLines), { head: headOf(block.title) })];
    case 'steps':
      return [part(RANK.steps, block.items.map(stepLine), { head: headOf(block.title) })];
    case 'log': {
      const lines = block.lines.flatMap(cleanLines);
      const shown = lines.map((line) => literal(line, LONGEST.log));
      const cut = lines.some(({ length }) => length > LONGEST.log);
      return [part(RANK.log, shown, { head: headOf(block.title), keep: 'last', fenced: true, cut })];
    }
    case 'commands':
      return commandParts(block);
    case 'evidence':
      return [evidencePart(block)];
    case 'list':
      return [listPart(block)];
  }
}

function headOf(title: string | undefined): readonly string[] {
  return title === undefined || title.trim() === '' ? [] : [bold(plain(title, LONGEST.title))];
}

function textPart({ text, style }: TextBlock): Part {
  const lines = plainLines(text, LONGEST.text);
  const cut = text.length > LONGEST.text;
  switch (style) {
    case 'plain':
      return part(RANK.text, lines, { cut });
    case 'strong':
      return part(RANK.text, lines.map(bold), { cut });
    case 'warning':
      return part(0, lines.map(bold).with(0, `⚠️ ${bold(lines[0] ?? '')}`), { cut });
    case 'hint':
      return part(RANK.text, lines.with(0, `→ ${lines[0] ?? ''}`), { cut });
    case 'muted':
      return part(
        RANK.muted,
        lines.filter((line) => line.trim() !== '').map((line) => `-# ${line}`),
        { cut },
      );
  }
}

function bold(line: string): string {
  return line.trim() === '' ? line : `**${line}**`;
}

function fieldLines(fields: readonly Field[]): readonly string[] {
  return fields.map(({ label, value }) => `**${plain(label, LONGEST.label)}:** ${plain(value, LONGEST.value)}`);
}

function checklistLines({ verdict, title, host, detail, next }: ChecklistItem): readonly string[] {
  const where = host === undefined ? '' : ` (${plain(host, LONGEST.label)})`;
  const line = `${VERDICT_SIGNS[verdict]} ${plain(title, LONGEST.item)}${where}: ${plain(detail, LONGEST.item)}`;
  return next === undefined || next === '' ? [line] : [line, `-# → ${plain(next, LONGEST.item)}`];
}

function stepLine(item: StepItem): string {
  if (item.kind === 'point-of-no-return') return `**═══ ${plain(item.title, LONGEST.title)} ═══**`;
  const { state, title, note, progress } = item;
  const name = plain(title, LONGEST.title);
  const shown = state === 'running' || state === 'waiting' || state === 'failed' ? `**${name}**` : name;
  const more = note === undefined || note === '' ? '' : `: ${plain(note, LONGEST.item)}`;
  const drawn = progress === undefined ? '' : ` \`${bar(progress.fraction)}\` ${plain(progress.text, LONGEST.label)}`;
  return `${STEP_SIGNS[state]} ${shown}${more}${drawn.trimEnd()}`;
}

/** One part for each host, so that each keeps its first commands when not all of them have room. */
function commandParts({ title, groups }: CommandsBlock): readonly Part[] {
  return groups.map(({ host, commands }, index) => {
    const lines = commands.flatMap((command) => {
      const [first = '', ...more] = cleanLines(command);
      return [`$ ${first}`, ...more.map((line) => `  ${line}`)];
    });
    return part(
      RANK.commands,
      lines.map((line) => literal(line, LONGEST.command)),
      {
        head: [...(index === 0 ? headOf(title) : []), `**\\[${plain(host, LONGEST.label)}\\]**`],
        fenced: true,
        cut: lines.some(({ length }) => length > LONGEST.command),
      },
    );
  });
}

function evidencePart({ title, sightings, fields }: EvidenceBlock): Part {
  const seen = sightings.map(({ saw, text }) => `${SIGHTING_SIGNS[saw]} ${plain(text, LONGEST.item)}`);
  return part(RANK.fields, [...seen, ...fieldLines(fields)], { head: headOf(title) });
}

function listPart({ title, items }: ListBlock): Part {
  const lines = items.flatMap(({ title: what, detail, tone }) => {
    const sign = tone === undefined ? '•' : TONE_SIGNS[tone];
    const below = detail === undefined ? [] : plainLines(detail, LONGEST.text).map((line) => `-# ${line}`);
    return [`${sign} ${plain(what, LONGEST.item)}`, ...below];
  });
  return part(RANK.list, lines, { head: headOf(title) });
}
