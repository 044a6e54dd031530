import type { Block } from '../../domain/card.ts';
import type { RunEvent } from '../../domain/run.ts';
import type { CardContext } from '../cards/context.ts';
import type { Clock } from './clock.ts';
import type { Part } from './document.ts';
import type { Incident } from './incident.ts';

/** What the sections of a report are written with. Every moment in the words of `cards` has its offset. */
export interface Writing {
  readonly cards: CardContext;
  readonly clock: Clock;
  readonly incident: Incident;
  readonly events: readonly RunEvent[];
}

/** A card's blocks as parts of a document. */
export function partsOf(blocks: readonly Block[]): readonly Part[] {
  return blocks.flatMap((block): readonly Part[] => {
    switch (block.kind) {
      case 'text':
        return [block];
      case 'fields':
        return [block];
      case 'evidence':
        return [
          heading(block.title),
          { kind: 'list', items: block.sightings.map(({ text }) => text) },
          { kind: 'fields', fields: block.fields },
        ];
      case 'checklist':
        return [
          ...(block.title === undefined ? [] : [heading(block.title)]),
          {
            kind: 'list',
            items: block.items.map((item) => [item.title, item.host, item.detail].filter(Boolean).join(' · ')),
          },
        ];
      case 'list':
        return [
          ...(block.title === undefined ? [] : [heading(block.title)]),
          { kind: 'list', items: block.items.map(({ title, detail }) => (detail ? `${title}: ${detail}` : title)) },
        ];
      case 'log':
        return [{ kind: 'lines', title: block.title, lines: block.lines }];
      case 'commands':
      case 'steps':
        // A report has the steps with their times and the commands by their steps, of its own.
        return [];
    }
  });
}

export function heading(text: string): Part {
  return { kind: 'heading', text };
}

export function text(words: string, style: (Part & { readonly kind: 'text' })['style'] = 'plain'): Part {
  return { kind: 'text', style, text: words };
}
