import type { Card } from '../../domain/card.ts';
import { CODE_MINUTES } from '../../domain/links.ts';
import type { CardContext } from './context.ts';
import { command } from './context.ts';

/** The code with which a person links another account of theirs; for that person's eyes alone. */
export function linkCodeCard(context: CardContext, code: string): Card {
  const { t } = context;
  const title = t.say('link.title');
  return {
    id: 'link',
    rev: 0,
    tone: 'info',
    title,
    blocks: [
      { kind: 'text', style: 'plain', text: t.say('link.how', { minutes: CODE_MINUTES }) },
      { kind: 'text', style: 'strong', text: command(context, 'link', code) },
      { kind: 'text', style: 'warning', text: t.say('link.warning') },
    ],
    buttons: [],
    fallback: title,
  };
}
