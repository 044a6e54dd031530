import type { Block, Button, Card, ListBlock, Tone } from '../../domain/card.ts';
import { payloadOf } from '../../domain/card.ts';
import { causeOf } from '../../domain/watch-alert.ts';
import type { FleetRow, FleetState } from '../../domain/watch-fleet.ts';
import { countFleet, FLEET_STATES } from '../../domain/watch-fleet.ts';
import { conditionTexts } from './condition.ts';
import type { CardContext } from './context.ts';
import { personName, siteName } from './context.ts';

const TONES: Readonly<Record<FleetState, Tone>> = {
  failed: 'failure',
  warning: 'warning',
  unknown: 'stopped',
  ok: 'success',
};

/** Pairs on one page: what a phone shows in two screens, and far below what any platform takes. */
export const PAGE_ROWS = 12;

/** Which part of the board is wanted. */
export interface BoardView {
  readonly site?: string;
  readonly state?: FleetState;
  readonly page: number;
}

/** Every pair at a glance, the worst first. Rows are of the pairs the reader may see, in the order of `fleetOf`. */
export function boardCard(context: CardContext, rows: readonly FleetRow[], view: BoardView): Card {
  const { t } = context;
  const here = rows.filter(({ site }) => view.site === undefined || site === view.site);
  const wanted = here.filter(({ state }) => view.state === undefined || state === view.state);
  const pages = Math.max(1, Math.ceil(wanted.length / PAGE_ROWS));
  const page = Math.min(Math.max(1, view.page), pages);
  const shown = wanted.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
  const title =
    view.site === undefined ? t.say('board.title') : t.say('board.title.site', { site: siteName(context, view.site) });
  const summary = t.say('board.summary', { total: here.length, ...countFleet(here) });
  const none: Block = { kind: 'text', style: 'muted', text: t.say('board.none') };
  return {
    id: 'board',
    rev: 0,
    tone: TONES[here[0]?.state ?? 'ok'],
    title,
    blocks: [
      { kind: 'text', style: 'strong', text: summary },
      shown.length === 0 ? none : { kind: 'list', items: shown.map((row) => fleetItem(context, row)) },
      ...(pages > 1 ? [{ kind: 'text', style: 'muted', text: t.say('board.page', { page, pages }) } as const] : []),
    ],
    buttons: [
      ...(page > 1 ? [pageButton(context, 'button.board-back', { ...view, page: page - 1 })] : []),
      ...(page < pages ? [pageButton(context, 'button.board', { ...view, page: page + 1 })] : []),
    ],
    footer: t.moment(context.now.toISOString()),
    fallback: `${title}: ${summary}`,
  };
}

/** The payload carries the whole view, so that a press means the same after a restart. */
function pageButton(
  { t }: CardContext,
  label: 'button.board' | 'button.board-back',
  { site, state, page }: BoardView,
): Button {
  const payload = payloadOf({ run: state ?? 'all', gate: page, ...(site !== undefined && { cluster: site }) });
  return { verb: 'board', payload, label: t.say(label), style: 'neutral', opensForm: false };
}

/** The view behind such a payload. */
export function viewOf(target: { readonly run: string; readonly gate?: number; readonly cluster?: string }): BoardView {
  const state = FLEET_STATES.find((name) => name === target.run);
  return {
    page: target.gate ?? 1,
    ...(target.cluster !== undefined && { site: target.cluster }),
    ...(state && { state }),
  };
}

/** One pair as a line. */
export function fleetItem(context: CardContext, row: FleetRow): ListBlock['items'][number] {
  const { t } = context;
  const title = t.say('board.item', { cluster: row.cluster, site: siteName(context, row.site) });
  return { title, detail: detail(context, row).join('; '), tone: TONES[row.state] };
}

function detail(context: CardContext, row: FleetRow): readonly string[] {
  const { t } = context;
  const [worst] = row.alerts;
  const troubles = row.alerts.flatMap((alert) => {
    const cause = causeOf(alert);
    return cause ? [conditionTexts(context, row.cluster, cause).title] : [];
  });
  const held = worst?.held ? [t.say('board.held', { person: personName(context, worst.held.by.person) })] : [];
  const { verdict } = row.readiness ?? { verdict: 'yes' };
  const ready = verdict === 'yes' ? [] : [t.say('board.ready', { verdict })];
  return [...troubles, ...(troubles.length === 0 || row.stale ? [seen(context, row)] : []), ...ready, ...held];
}

function seen({ t }: CardContext, { sample, stale }: FleetRow): string {
  if (!sample) return t.say('board.unseen');
  const { replayBytes } = sample.lag;
  const lag = `${t.say('field.lag')} ${replayBytes === null ? t.say('value.unknown') : t.bytes(replayBytes)}`;
  return t.say('board.well', { lag, stale: stale ? 'yes' : 'no', at: t.moment(sample.at) });
}
