import type { Card } from '../domain/card.ts';
import type { Progress } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import type { CardContext } from './cards/context.ts';
import type { Layout, Wanted } from './layout.ts';
import { backupPicture } from './plots.ts';

/** Points kept of one copy; when there are more, every other one goes. */
const MOST_POINTS = 400;
/** Copies remembered at once. */
const MOST_COPIES = 50;
/** A copy that was quicker needs no picture. */
const LEAST_MS = 10_000;

interface Copy {
  readonly step: string;
  totalBytes: number;
  points: { readonly at: number; readonly bytes: number }[];
}

/** How copies of data directories went, as far as this process saw it; the store keeps the newest progress only. */
export interface Copies {
  note(run: string, progress: Progress | undefined, at: number): void;
  /** The layout of a run whose copy is done, with its progress as a picture in the run's thread. */
  with(context: CardContext, run: Run, layout: Layout): Layout;
}

/** `paint` makes a PNG of an SVG. */
export function createCopies(paint: (svg: string) => Uint8Array): Copies {
  const copies = new Map<string, Copy>();
  return {
    note(run, progress, at) {
      if (progress?.unit !== 'bytes' || progress.total <= 0) return;
      const known = copies.get(run);
      const copy = known?.step === progress.step ? known : { step: progress.step, totalBytes: 0, points: [] };
      if (copy.points.at(-1)?.bytes === progress.done) return;
      copy.totalBytes = progress.total;
      copy.points.push({ at, bytes: progress.done });
      if (copy.points.length > MOST_POINTS) copy.points = copy.points.filter((_, index) => index % 2 === 0);
      copies.set(run, copy);
      const [oldest] = copies.keys();
      if (copies.size > MOST_COPIES && oldest !== undefined) copies.delete(oldest);
    },
    with(context, run, layout) {
      const copy = copies.get(run.id);
      const done = run.steps.some(({ id, state }) => id === copy?.step && state === 'done');
      if (!copy || !done) return layout;
      const { totalBytes, points } = copy;
      if ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0) < LEAST_MS) return layout;
      const picture = backupPicture(context.t, { cluster: run.cluster, totalBytes, progress: points });
      if (!picture) return layout;
      const card = pictureCard(context, run, picture.alt);
      const file = { name: picture.name, content: paint(picture.svg), alt: picture.alt };
      const root = `run:${run.id}`;
      const pictures = layout.messages
        .filter((message) => message.card.id === root)
        .map(({ place }): Wanted => ({ place, card, priority: 'log', under: root, file }));
      return { ...layout, messages: [...layout.messages, ...pictures] };
    },
  };
}

/** The words beside the picture, which say the same. */
function pictureCard({ t }: CardContext, { id, cluster }: Run, alt: string): Card {
  const title = t.say('plot.backup.title', { cluster });
  const blocks = [{ kind: 'text', style: 'plain', text: alt }] as const;
  return { id: `backup:${id}`, rev: 0, tone: 'info', title, blocks, buttons: [], fallback: alt };
}
