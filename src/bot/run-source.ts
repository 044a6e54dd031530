import type { Run } from '../domain/run.ts';
import { isFinal } from '../domain/run.ts';
import { createCopies } from './backup-plot.ts';
import type { CardContext } from './cards/context.ts';
import type { RouterDeps } from './desk.ts';
import { messagesOf, NEWS_MS } from './messages.ts';
import { placesOf } from './places.ts';
import type { Router } from './router.ts';
import type { Source } from './source.ts';
import type { StatusPlotDeps } from './status-plot.ts';
import { withLag } from './status-plot.ts';

/** Newest runs that a starting bot looks through: more than that are never under way. */
const NEWEST_RUNS = 500;

/** Runs as something that messages are about. */
export function createRunSource(
  deps: Pick<RouterDeps, 'runs' | 'inventory' | 'now'> & StatusPlotDeps,
  router: Router,
): Source {
  const { runs, inventory, now, paint } = deps;
  const copies = createCopies(paint);
  const isNews = ({ state, finishedAt }: Run): boolean =>
    !isFinal(state) || (finishedAt !== undefined && now().getTime() - Date.parse(finishedAt) < NEWS_MS);
  return {
    owns: (subject) => !subject.includes(':'),
    async draw(id, asked) {
      const run = await runs.load(id);
      if (!run) return undefined;
      const progress = run.state === 'ready' ? await runs.progress(id) : undefined;
      copies.note(id, progress, now().getTime());
      const spots = placesOf(run, inventory(), asked);
      if (spots.length === 0) return { messages: [], over: isFinal(run.state) };
      const context = siteContext(router, deps, run);
      const layout = copies.with(context, run, messagesOf(context, run, progress, spots));
      return await withLag(deps, context, run, layout);
    },
    watch: (onChange) => runs.watch(onChange),
    async current() {
      const newest = await runs.list({ limit: NEWEST_RUNS });
      return newest.filter((run) => run.mutating && isNews(run)).map(({ id }) => id);
    },
  };
}

/** Everybody at a place reads the same: the site's language. */
export function siteContext(router: Router, { inventory }: Pick<RouterDeps, 'inventory'>, { site }: Run): CardContext {
  return router.contextFor(inventory().sites[site]?.language ?? 'pl', site);
}
