import type { Language } from '../../../domain/inventory.ts';
import type { RunStore } from '../../../domain/ports.ts';
import type { Run } from '../../../domain/run.ts';
import { isFinal } from '../../../domain/run.ts';
import { createCopies } from '../../backup-plot.ts';
import { onScreen } from '../../layout.ts';
import type { Publisher } from '../../publisher.ts';
import { createPublisher } from '../../publisher.ts';
import type { Router } from '../../router.ts';
import type { StatusPlotDeps } from '../../status-plot.ts';
import { withLag } from '../../status-plot.ts';
import { createScreenDeliveries } from './deliveries.ts';
import type { Terminal } from './terminal.ts';
import { SCREEN } from './terminal.ts';

export interface WatchDeps extends StatusPlotDeps {
  readonly router: Router;
  readonly runs: RunStore;
  readonly terminal: Terminal;
  readonly language: Language;
  readonly warn: (fields: object, message: string) => void;
}

/** A run that nobody has taken up after so long makes one wonder whether there is a worker. */
const NO_WORKER_MS = 10_000;
/** Looks that often even when nothing was announced. */
const LOOK_MS = 1_000;

/**
 * Draws a run until it is over, or until it is somebody else's turn (a gate, or attention). Settles with the run as it then is;
 * an abort leaves the run going and settles at once. Throws what the store throws.
 */
export async function watchRun(deps: WatchDeps, id: string, signal: AbortSignal): Promise<Run | undefined> {
  const { router, runs, terminal, language } = deps;
  const publisher = screenPublisher(deps);
  const changes = createBell();
  const stopWatching = await runs.watch((changed) => {
    if (changed !== id) return;
    publisher.changed(id);
    changes.ring();
  });
  signal.addEventListener('abort', changes.ring);
  const startedAt = Date.now();
  let wondered = false;
  try {
    await publisher.follow(id, SCREEN);
    await publisher.settled();
    for (;;) {
      const run = await runs.load(id);
      if (signal.aborted || !run || !isGoing(run)) return run;
      if (!wondered && run.state === 'ready' && !run.plan && Date.now() - startedAt > NO_WORKER_MS) {
        wondered = true;
        terminal.say(router.contextFor(language, run.site).t.say('terminal.no-worker'));
      }
      await changes.wait(LOOK_MS);
      publisher.changed(id);
    }
  } finally {
    signal.removeEventListener('abort', changes.ring);
    await stopWatching();
    await publisher.stop();
  }
}

/** Shows runs on this one screen, with what would stand in their threads below them. */
export function screenPublisher(deps: Omit<WatchDeps, 'runs'>): Publisher {
  const { router, terminal, language, paint, warn } = deps;
  const copies = createCopies(paint);
  return createPublisher({
    platforms: [terminal],
    deliveries: createScreenDeliveries(),
    async draw(id) {
      const drawing = await router.draw(id, language);
      if (!drawing) return undefined;
      const { run, progress, cards, over } = drawing;
      const context = router.contextFor(language, run.site);
      copies.note(id, progress, context.now.getTime());
      return await withLag(deps, context, run, copies.with(context, run, onScreen(SCREEN, cards, over)));
    },
    warn,
  });
}

/** Does the machinery go on with it by itself? */
export function isGoing(run: Run): boolean {
  return !isFinal(run.state) && run.state !== 'waiting' && run.state !== 'attention';
}

interface Bell {
  readonly ring: () => void;
  /** Settles at the next ring, or after that many milliseconds. */
  wait(milliseconds: number): Promise<void>;
}

function createBell(): Bell {
  let wake: (() => void) | undefined;
  return {
    ring: () => wake?.(),
    wait: (milliseconds) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
