import type { types } from '@slack/bolt';
import type { Button, Card } from '../../../domain/card.ts';
import { drawBlock, plain } from './blocks.ts';
import { BUDGET, LIMITS } from './limits.ts';
import { TONE_SIGNS } from './signs.ts';
import { escapedLine, line } from './text.ts';

/** A message as Slack takes it. `text` is for notifications and screen readers; both are always sent together. */
export interface Rendered {
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** A card as a message, and the commands in full where the message does not hold all of them. */
interface Drawn extends Rendered {
  readonly commands?: string;
}

/** How much of a card is shown: characters, and numbers of items. */
export interface Level {
  readonly footer: boolean;
  readonly log: number;
  readonly fields: number;
  readonly field: number;
  readonly text: number;
  readonly items: number;
  readonly item: number;
  readonly commands: number;
}

const ALL: Level = {
  footer: true,
  log: 2_500,
  fields: 12,
  field: 200,
  text: 1_000,
  items: 40,
  item: 300,
  commands: 4_000,
};

/** What goes first when the budget is short: footer, lines of logs, fields, texts. Title, state and buttons stay. */
const LEVELS: readonly Level[] = [
  ALL,
  { ...ALL, footer: false },
  { ...ALL, footer: false, log: 1_000 },
  { ...ALL, footer: false, log: 300, fields: 8, field: 100 },
  { ...ALL, footer: false, log: 300, fields: 8, field: 100, text: 300, items: 25, item: 160 },
  { footer: false, log: 200, fields: 4, field: 60, text: 120, items: 12, item: 80, commands: 1_500 },
];

/**
 * A card as a Slack message. Every string is shown as plain text, stripped of control and bidirectional characters; none can
 * mention, link or mark up. `alert`: the message calls people to look, which only a new one may.
 */
export function renderCard(card: Card, { alert }: { readonly alert: boolean }): Drawn {
  const text = escapedLine(card.fallback, BUDGET.fallback);
  for (const level of LEVELS) {
    const blocks = draw(card, level, alert);
    if (fits(blocks)) return { text, blocks, ...commandsBeyond(card, level.commands) };
  }
  return { ...renderLeast(card, { alert }), ...commandsBeyond(card, 0) };
}

/** As little of a card as can stand for it: title, one line, buttons. For when Slack refuses the whole. */
export function renderLeast(card: Card, { alert }: { readonly alert: boolean }): Rendered {
  const body: types.KnownBlock = { type: 'section', text: plain(line(card.fallback, BUDGET.fallback)) };
  return {
    text: escapedLine(card.fallback, BUDGET.fallback),
    blocks: [title(card), ...bell(alert), body, ...actions(card.buttons)],
  };
}

/** What is approved is what runs, every character of it: commands that were cut have to be readable somewhere. */
function commandsBeyond({ blocks }: Card, room: number): Pick<Drawn, 'commands'> {
  const groups = blocks.flatMap((block) => (block.kind === 'commands' ? block.groups : []));
  const texts = groups.map(
    ({ host, commands }) => [host, commands.map((command) => `$ ${command}`).join('\n')] as const,
  );
  if (texts.reduce((sum, [, text]) => sum + text.length, 0) <= room || texts.length === 0) return {};
  return { commands: texts.map(([host, text]) => `[${host}]\n${text}\n`).join('\n') };
}

function draw(card: Card, level: Level, alert: boolean): types.KnownBlock[] {
  const footer: types.KnownBlock[] =
    card.footer === undefined || !level.footer
      ? []
      : [{ type: 'context', elements: [plain(line(card.footer, level.item))] }];
  const body = card.blocks.flatMap((block) => drawBlock(block, level));
  return [title(card), ...bell(alert), ...body, ...linkOf(card), ...actions(card.buttons), ...footer];
}

function title(card: Card): types.KnownBlock {
  const sign = TONE_SIGNS[card.tone];
  return { type: 'header', text: plain(`${sign} ${line(card.title, LIMITS.header.max - sign.length - 1)}`) };
}

/** The only link there is: its address is ours, its label escaped like all markup. */
function linkOf({ link }: Card): types.KnownBlock[] {
  if (!link) return [];
  const text = `<${link.url}|${escapedLine(link.label, LIMITS.button.max).replaceAll('|', ' ')}>`;
  return [{ type: 'section', text: { type: 'mrkdwn', text } }];
}

/** The only mention there is, and it is never made of data. */
function bell(alert: boolean): types.KnownBlock[] {
  if (!alert) return [];
  return [
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'here' }] }] },
  ];
}

function actions(buttons: readonly Button[]): types.KnownBlock[] {
  const size = LIMITS.elementsOfActions.max;
  const rows = Array.from({ length: Math.ceil(buttons.length / size) }, (_, row) => row * size);
  return rows.map((from) => ({
    type: 'actions',
    elements: buttons.slice(from, from + size).map((button, index) => actionOf(button, from + index)),
  }));
}

function actionOf({ verb, payload, label, style }: Button, index: number): types.Button {
  return {
    type: 'button',
    action_id: `${verb}:${index}`,
    text: plain(line(label, LIMITS.button.max)),
    value: payload,
    ...(style !== 'neutral' && { style }),
  };
}

function fits(blocks: readonly types.KnownBlock[]): boolean {
  return blocks.length <= LIMITS.blocksOfMessage.max && weigh(blocks) <= BUDGET.message;
}

/** Characters of every text in it. */
function weigh(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, inner) => sum + weigh(inner), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : weigh(inner)),
    0,
  );
}
