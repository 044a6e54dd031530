import type { Block, Card } from '../../domain/card.ts';
import type { FleetRow } from '../../domain/watch-fleet.ts';
import { countFleet } from '../../domain/watch-fleet.ts';
import { fleetItem } from './board.ts';
import type { CardContext } from './context.ts';
import { typed } from './context.ts';

/** More than so many belong on the board. */
const LINES = 15;

/** How the pairs of a channel stand, once a day: what wants somebody, or that all is well. Rows in the order of `fleetOf`. */
export function summaryCard(context: CardContext, rows: readonly FleetRow[]): Card {
  const { t } = context;
  const title = t.say('summary.title');
  const trouble = rows.filter(({ state, readiness }) => state !== 'ok' || readiness?.verdict !== 'yes');
  const counts = countFleet(rows);
  const line =
    trouble.length === 0
      ? t.say('summary.well', { count: rows.length })
      : t.say('board.summary', { total: rows.length, ...counts });
  const more = trouble.length - LINES;
  const list: Block = {
    kind: 'list',
    title: t.say('summary.trouble'),
    items: trouble.slice(0, LINES).map((row) => fleetItem(context, row)),
  };
  const rest: Block = {
    kind: 'text',
    style: 'muted',
    text: typed(context.prefix, t.say('summary.more', { count: more })),
  };
  return {
    id: `summary:${context.now.toISOString().slice(0, 10)}`,
    rev: 0,
    tone: counts.failed > 0 ? 'failure' : trouble.length > 0 ? 'warning' : 'success',
    title,
    blocks: [
      { kind: 'text', style: 'strong', text: line },
      ...(trouble.length > 0 ? [list] : []),
      ...(more > 0 ? [rest] : []),
    ],
    buttons: [],
    footer: t.moment(context.now.toISOString()),
    fallback: `${title}: ${line}`,
  };
}
