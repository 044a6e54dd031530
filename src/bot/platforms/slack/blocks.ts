import type { types } from '@slack/bolt';
import type {
  Block,
  ChecklistBlock,
  CommandsBlock,
  EvidenceBlock,
  Field,
  ListBlock,
  LogBlock,
  ProgressBar,
  StepItem,
  StepsBlock,
  TextBlock,
} from '../../../domain/card.ts';
import { cleanLines } from '../../clean.ts';
import { LIMITS } from './limits.ts';
import type { Level } from './render.ts';
import { SIGHTING_SIGNS, STEP_SIGNS, TONE_SIGNS, VERDICT_SIGNS } from './signs.ts';
import { cut, cutFront, line, lines } from './text.ts';

const BAR_CELLS = 20;
const MORE = '…';

/** Texts of `rich_text` and of `plain_text` are literal: Slack looks for no markup, mention or link in them. */
type Run = types.RichTextText;

/** Text that is shown as it is. Not even `:name:` becomes an emoji, so that no output can draw a sign of ours. */
export function plain(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** One block of a card as blocks of Slack; none when there is nothing to see. */
export function drawBlock(block: Block, level: Level): types.KnownBlock[] {
  switch (block.kind) {
    case 'text':
      return drawText(block, level);
    case 'fields':
      return drawFields(block.fields, level);
    case 'checklist':
      return rich(drawChecklist(block, level));
    case 'steps':
      return rich(drawSteps(block, level));
    case 'log':
      return drawLog(block, level);
    case 'commands':
      return drawCommands(block, level);
    case 'evidence':
      return rich(drawEvidence(block, level));
    case 'list':
      return rich(drawList(block, level));
  }
}

function run(text: string, style?: types.RichTextText['style']): Run {
  return { type: 'text', text, ...(style && { style }) };
}

function rich(rows: readonly (readonly Run[])[]): types.KnownBlock[] {
  if (rows.length === 0) return [];
  const elements = rows.flatMap((row, index) => (index === 0 ? row : [run('\n'), ...row]));
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }];
}

function heading(title: string | undefined, { item }: Level): readonly (readonly Run[])[] {
  return title === undefined ? [] : [[run(line(title, item), { bold: true })]];
}

/** At most so many of them, and a row that says how many are missing. */
function some<Item>(
  items: readonly Item[],
  { items: most }: Level,
  draw: (item: Item) => readonly (readonly Run[])[],
): readonly (readonly Run[])[] {
  const shown = items.slice(0, most).flatMap(draw);
  const missing = items.length - most;
  return missing > 0 ? [...shown, [run(`${MORE} +${missing}`)]] : shown;
}

function drawText({ text, style }: TextBlock, level: Level): types.KnownBlock[] {
  const shown = lines(text, level.text);
  if (shown === '') return [];
  switch (style) {
    case 'strong':
      return rich([[run(shown, { bold: true })]]);
    case 'muted':
      return [{ type: 'context', elements: [plain(shown)] }];
    case 'warning':
      return [{ type: 'section', text: plain(`⚠️ ${shown}`) }];
    case 'hint':
      return [{ type: 'section', text: plain(`👉 ${shown}`) }];
    case 'plain':
      return [{ type: 'section', text: plain(shown) }];
  }
}

function drawFields(all: readonly Field[], level: Level): types.KnownBlock[] {
  const fields = all.slice(0, level.fields).map(({ label, value }) => {
    const name = line(label, level.field / 2);
    return plain(`${name}\n${line(value, level.field - name.length - 1)}`);
  });
  if (all.length > fields.length) fields.push(plain(`${MORE} +${all.length - fields.length}`));
  const size = LIMITS.fieldsOfSection.max;
  const sections = Array.from({ length: Math.ceil(fields.length / size) }, (_, at) => at * size);
  return sections.map((from) => ({ type: 'section', fields: fields.slice(from, from + size) }));
}

function drawChecklist({ title, items }: ChecklistBlock, level: Level): readonly (readonly Run[])[] {
  const rows = some(items, level, ({ verdict, title: what, host, detail, next }) => {
    const where = host === undefined ? '' : ` (${line(host, 60)})`;
    const text = `: ${line(detail, level.item)}`;
    const row = [run(`${VERDICT_SIGNS[verdict]} `), run(line(what, level.item) + where, { bold: true }), run(text)];
    return next ? [row, [run(`      👉 ${line(next, level.item)}`)]] : [row];
  });
  return [...heading(title, level), ...rows];
}

function drawSteps({ title, items }: StepsBlock, level: Level): readonly (readonly Run[])[] {
  return [...heading(title, level), ...some(items, level, (item) => drawStep(item, level))];
}

function drawStep(item: StepItem, level: Level): readonly (readonly Run[])[] {
  if (item.kind === 'point-of-no-return') {
    return [[run(`═══ ${line(item.title, level.item)} ═══`, item.passed ? { italic: true } : { bold: true })]];
  }
  const title = `${STEP_SIGNS[item.state]} ${line(item.title, level.item)}`;
  const row = [item.state === 'running' ? run(title, { bold: true }) : run(title)];
  if (item.note) row.push(run(`  ${line(item.note, level.item)}`, { italic: true }));
  return item.progress ? [row, drawProgress(item.progress, level)] : [row];
}

function drawProgress({ fraction, text }: ProgressBar, level: Level): readonly Run[] {
  const part = Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0));
  const full = Math.round(part * BAR_CELLS);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${Math.floor(part * 100)} %`;
  const words = text.trim() === '' ? [] : [run(`  ${line(text, level.item)}`)];
  return [run(bar, { code: true }), ...words];
}

function drawEvidence({ title, sightings, fields }: EvidenceBlock, level: Level): readonly (readonly Run[])[] {
  return [
    ...heading(title, level),
    ...some(sightings, level, ({ saw, text }) => [[run(`${SIGHTING_SIGNS[saw]} ${line(text, level.item)}`)]]),
    ...some(fields, level, ({ label, value }) => [
      [run(`${line(label, level.item)}: `), run(line(value, level.item), { bold: true })],
    ]),
  ];
}

function drawList({ title, items }: ListBlock, level: Level): readonly (readonly Run[])[] {
  const rows = some(items, level, ({ title: what, detail, tone }) => {
    const row = [run(`${tone ? TONE_SIGNS[tone] : '•'} ${line(what, level.item)}`)];
    const more = detail === undefined ? '' : lines(detail, level.item).replaceAll('\n', '\n      ');
    return more === '' ? [row] : [row, [run(`      ${more}`, { italic: true })]];
  });
  return [...heading(title, level), ...rows];
}

/** Its end is what matters: what is missing is missing at the front, and the first line says how much. */
function drawLog({ title, lines: all }: LogBlock, level: Level): types.KnownBlock[] {
  const kept: string[] = [];
  let room = level.log;
  let shown = 0;
  for (const text of all.toReversed()) {
    // Twice the room is enough to see that it does not fit.
    const rows = cleanLines(text.slice(-2 * level.log)).join('\n');
    if (rows.length + 1 > room && kept.length > 0) break;
    kept.unshift(cutFront(rows, room));
    room -= rows.length + 1;
    shown += 1;
  }
  const missing = all.length - shown;
  return box(heading(title, level), [{ text: [...(missing > 0 ? [`${MORE} +${missing}`] : []), ...kept].join('\n') }]);
}

function drawCommands({ title, groups }: CommandsBlock, level: Level): types.KnownBlock[] {
  let room = level.commands;
  const boxes = groups.slice(0, level.items).map(({ host, commands }) => {
    const all = commands.map((command) => `$ ${cleanLines(command).join('\n  ')}`).join('\n');
    const shown =
      all.length > room ? `${cut(all, Math.max(2, room))}\n${MORE} +${all.length - Math.max(2, room)}` : all;
    room = Math.max(0, room - all.length);
    return { title: `[${line(host, 60)}]`, text: shown };
  });
  return box(heading(title, level), boxes);
}

function box(
  head: readonly (readonly Run[])[],
  boxes: readonly { readonly title?: string; readonly text: string }[],
): types.KnownBlock[] {
  const elements = boxes.flatMap(({ title, text }): types.RichTextBlock['elements'] => [
    ...(title === undefined ? [] : [{ type: 'rich_text_section' as const, elements: [run(title, { bold: true })] }]),
    ...(text.trim() === '' ? [] : [{ type: 'rich_text_preformatted' as const, elements: [run(text)] }]),
  ]);
  const above = head.map((row) => ({ type: 'rich_text_section' as const, elements: [...row] }));
  return above.length + elements.length === 0 ? [] : [{ type: 'rich_text', elements: [...above, ...elements] }];
}
