import type { Card } from '../domain/card.ts';
import type { Inventory } from '../domain/inventory.ts';
import { findCluster } from '../domain/inventory.ts';
import type { Run } from '../domain/run.ts';
import type { WatchStore } from '../domain/watch-store.ts';
import type { CardContext } from './cards/context.ts';
import type { Layout, Wanted } from './layout.ts';
import { lagPicture } from './plots.ts';

/** What fits a phone, and reaches back over a night's work. */
const HOURS = 6;

export interface StatusPlotDeps {
  readonly inventory: () => Inventory;
  readonly watch: Pick<WatchStore, 'history'>;
  /** An SVG as PNG. */
  readonly paint: (svg: string) => Uint8Array;
}

/** The layout of a status that is done, with the lag of the hours before it as a picture in its thread, if anything was measured. */
export async function withLag(
  { inventory, watch, paint }: StatusPlotDeps,
  context: CardContext,
  run: Run,
  layout: Layout,
): Promise<Layout> {
  const { runbook, state, finishedAt, id } = run;
  const cluster = findCluster(inventory(), run.cluster);
  if (runbook !== 'status' || state !== 'succeeded' || finishedAt === undefined || !cluster) return layout;
  const now = new Date(finishedAt);
  const since = new Date(now.getTime() - HOURS * 3_600_000).toISOString();
  const points = (await watch.history(cluster.id, since)).filter(({ at }) => at <= finishedAt);
  const everyMs = cluster.watch.everySeconds * 1_000;
  const picture = lagPicture(context.t, { cluster: cluster.id, points, now, hours: HOURS, everyMs });
  if (!picture) return layout;
  const card = lagCard(context, run, picture.alt);
  const file = { name: picture.name, content: paint(picture.svg), alt: picture.alt };
  const pictures = layout.messages
    .filter((message) => message.card.id === `run:${id}`)
    .map(({ place }): Wanted => ({ place, card, priority: 'log', under: `run:${id}`, file }));
  return { ...layout, messages: [...layout.messages, ...pictures] };
}

/** The words beside the picture, which say the same. */
function lagCard({ t }: CardContext, { id, cluster }: Run, alt: string): Card {
  const title = t.say('plot.lag.title', { cluster, hours: HOURS });
  return {
    id: `lag:${id}`,
    rev: 0,
    tone: 'info',
    title,
    blocks: [{ kind: 'text', style: 'plain', text: alt }],
    buttons: [],
    fallback: alt,
  };
}
