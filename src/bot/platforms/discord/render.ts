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
  const parts = partsOf(card);
  const rows = rowsOf(card.buttons);
  const lost = parts.map(() => 0);
  const draw = (): APIContainerComponent => ({
    type: ComponentType.Container,
    accent_color: TONE_COLOURS[card.tone],
    components: [...textsOf(card, parts, lost), ...rows],
  });
  let container = draw();
  for (const at of sacrifices(parts)) {
    const { lines } = parts[at] ?? { lines: [] };
    while (!fits(container) && (lost[at] ?? 0) < lines.length) {
      const left = lines.length - (lost[at] ?? 0);
      lost[at] = (lost[at] ?? 0) + Math.ceil(left / 8);
      container = draw();
    }
  }
  return { container, cut: lost.some((count) => count > 0) || parts.some((part) => part.cut) };
}

/** Which parts lose lines first. */
function sacrifices(parts: readonly Part[]): readonly number[] {
  return parts
    .map(({ rank }, at) => ({ rank, at }))
    .toSorted((one, other) => other.rank - one.rank || other.at - one.at)
    .map(({ at }) => at);
}

function textsOf(card: Card, parts: readonly Part[], lost: readonly number[]): readonly APITextDisplayComponent[] {
  const texts = parts.map((part, at) => textOf(part, lost[at] ?? 0));
  const apart = texts.slice(0, MOST_PARTS - 1);
  const together = texts.slice(MOST_PARTS - 1).join('\n');
  return [titleOf(card), ...apart, together]
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

function fits(container: APIContainerComponent): boolean {
  const text = container.components.reduce(
    (sum, component) => sum + (component.type === ComponentType.TextDisplay ? component.content.length : 0),
    0,
  );
  return text <= BUDGET.text && Buffer.byteLength(JSON.stringify([container])) <= BUDGET.bytes;
}
