import type {
  APIActionRowComponent,
  APIAllowedMentions,
  APIButtonComponentWithCustomId,
  APIContainerComponent,
  APITextDisplayComponent,
} from 'discord.js';
import { ButtonStyle, ComponentType } from 'discord.js';
import type { Button, Card } from '../../../domain/card.ts';
import { cleanLine } from '../../clean.ts';
import { idOf } from './ids.ts';
import { LIMITS } from './limits.ts';
import { cut } from './markdown.ts';
import type { Part } from './parts.ts';
import { partsOf, textOf, titleOf } from './parts.ts';
import { TONE_COLOURS } from './signs.ts';

/** A card as Discord shows it. */
export interface Rendered {
  readonly container: APIContainerComponent;
  /** Not everything had room; the whole card goes along as a file where that can be. */
  readonly cut: boolean;
}

/** Nobody is ever called by what a message says. */
export const NOBODY: APIAllowedMentions = { parse: [] };

/** Below {@link LIMITS} by as much as a file and a few words of ours take. */
const BUDGET = { text: LIMITS.text - 200, bytes: LIMITS.bytes - 670 } as const;
/** Text displays beside the title. Together with the buttons, their rows and the container they stay below 40. */
const MOST_PARTS = 18;
const MOST_BUTTONS = 15;

const STYLES = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger, neutral: ButtonStyle.Secondary } as const;

/** Components v2 for a card. Whatever the card holds, they are within the limits, and nothing in them is markup of the card's. */
export function renderCard(card: Card): Rendered {
  const title = titleOf(card);
  const parts = partsOf(card);
  const rows = rowsOf(card.buttons);
  const texts = parts.map((part) => textOf(part, 0));
  const costs = texts.map(costOf);
  const fixed = costOf(title, Buffer.byteLength(JSON.stringify(rows)));
  let cut = parts.some((part) => part.cut);
  for (const at of sacrifices(parts)) {
    const part = parts[at];
    if (!part) continue;
    for (let lost = 0; lost < part.lines.length; ) {
      const over = excess([fixed, ...costs]);
      if (!over) break;
      lost = lostFor(part, lost, over);
      texts[at] = textOf(part, lost);
      costs[at] = costOf(texts[at] ?? '');
      cut = true;
    }
  }
  const container: APIContainerComponent = {
    type: ComponentType.Container,
    accent_color: TONE_COLOURS[card.tone],
    components: [...displays(title, texts), ...rows],
  };
  return { container, cut };
}

/** What a text takes of the budget. */
interface Cost {
  readonly text: number;
  readonly bytes: number;
}

/** Bytes of a text display around its text. */
const FRAME_BYTES = 32;

function costOf(text: string, more = 0): Cost {
  return { text: text.length + 1, bytes: Buffer.byteLength(JSON.stringify(text)) + FRAME_BYTES + more };
}

/** What is too much; undefined when all of it has room. */
function excess(costs: readonly Cost[]): Cost | undefined {
  const text = costs.reduce((sum, cost) => sum + cost.text, -BUDGET.text);
  const bytes = costs.reduce((sum, cost) => sum + cost.bytes, -BUDGET.bytes);
  return text > 0 || bytes > 0 ? { text, bytes } : undefined;
}

/** How many lines the part has to lose, which has lost some already, until that much is saved. */
function lostFor({ lines, keep }: Part, lost: number, over: Cost): number {
  let { text, bytes } = over;
  let more = lost;
  while (more < lines.length && (more === lost || text > 0 || bytes > 0)) {
    const { length } = lines;
    const line = lines[keep === 'last' ? more : length - 1 - more] ?? '';
    const cost = costOf(line);
    text -= cost.text;
    bytes -= cost.bytes - FRAME_BYTES;
    more += 1;
  }
  return more;
}

/** Which parts lose lines first. */
function sacrifices(parts: readonly Part[]): readonly number[] {
  return parts
    .map(({ rank }, at) => ({ rank, at }))
    .toSorted((one, other) => other.rank - one.rank || other.at - one.at)
    .map(({ at }) => at);
}

function displays(title: string, texts: readonly string[]): readonly APITextDisplayComponent[] {
  const apart = texts.slice(0, MOST_PARTS - 1);
  const together = texts.slice(MOST_PARTS - 1).join('\n');
  return [title, ...apart, together]
    .filter((content) => content.trim() !== '')
    .map((content) => ({ type: ComponentType.TextDisplay, content }));
}

function rowsOf(buttons: readonly Button[]): readonly APIActionRowComponent<APIButtonComponentWithCustomId>[] {
  const different = new Map(buttons.map((button) => [idOf(button), button]));
  const drawn = [...different].slice(0, MOST_BUTTONS).flatMap(([id, { label, style }]) =>
    // An id that is too long is none of ours: its button would do nothing.
    id.length > LIMITS.customId
      ? []
      : [
          {
            type: ComponentType.Button,
            style: STYLES[style],
            custom_id: id,
            label: cut(cleanLine(label).trim() || '…', LIMITS.buttonLabel),
          } as const,
        ],
  );
  const rows = Math.ceil(drawn.length / LIMITS.buttonsInRow);
  return Array.from({ length: rows }, (_, row) => ({
    type: ComponentType.ActionRow,
    components: drawn.slice(row * LIMITS.buttonsInRow, (row + 1) * LIMITS.buttonsInRow),
  }));
}
