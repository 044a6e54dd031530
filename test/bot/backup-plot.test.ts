import { describe, expect, it } from 'vitest';
import { createCopies } from '../../src/bot/backup-plot.ts';
import type { CardContext } from '../../src/bot/cards/context.ts';
import type { Layout } from '../../src/bot/layout.ts';
import { messagesOf } from '../../src/bot/messages.ts';
import type { Progress } from '../../src/domain/ports.ts';
import type { Run } from '../../src/domain/run.ts';
import { createTranslator } from '../../src/i18n/translate.ts';
import { at } from '../domain/runs.ts';
import { people } from './people.ts';
import { SCENES } from './scenes.ts';

const STEP = 'setup.clone';
const context: CardContext = {
  t: createTranslator('en', 'UTC'),
  inventory: people(),
  now: new Date(at(0)),
  prefix: '/zapas',
};

function scene(name: string): Run {
  const run = SCENES[name]?.();
  if (!run) throw new Error(name);
  return run;
}

const copying = scene('setup-cloning');
const copied: Run = { ...copying, steps: [{ id: STEP, state: 'done' }] };
const progress = (done: number): Progress => ({ step: STEP, done, total: 1_000_000, unit: 'bytes', jobOffset: 0 });

/** The picture after a copy of so many seconds, a point a second. */
function pictureAfter(seconds: number, run: Run): Layout['messages'][number] | undefined {
  const copies = createCopies((svg) => Buffer.from(svg));
  for (let second = 0; second <= seconds; second += 1)
    copies.note(run.id, progress((1_000_000 / seconds) * second), second * 1_000);
  const place = { platform: 'slack', channel: 'C1' } as const;
  const layout = messagesOf(context, run, undefined, [{ place, roles: ['asked'] }]);
  return copies.with(context, run, layout).messages.find(({ card }) => card.id === `backup:${run.id}`);
}

describe('the progress of a base backup (M14)', () => {
  it('stands as a picture with words in the thread of the run when the copy is done', () => {
    const picture = pictureAfter(60, copied);
    expect(picture).toMatchObject({ under: `run:${copied.id}`, priority: 'log', file: { name: 'backup-demo.png' } });
    expect(picture?.file?.alt).toMatch(/977\skB of 977\skB after 1\smin/);
  });

  it('is not drawn before, nor for a copy that was over in a moment', () => {
    expect(pictureAfter(60, copying)).toBeUndefined();
    expect(pictureAfter(5, copied)).toBeUndefined();
  });

  it('of a night’s copy keeps its shape, not every point', () => {
    const picture = pictureAfter(20_000, copied);
    expect(Buffer.from(picture?.file?.content ?? []).length).toBeLessThan(30_000);
  });
});
