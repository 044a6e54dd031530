import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCluster } from '../../../src/domain/inventory.ts';
import type { Run } from '../../../src/domain/run.ts';
import { SYSTEM } from '../../../src/domain/run.ts';
import type { Sample } from '../../../src/domain/watch.ts';
import { WATCH_SETTINGS } from '../../../src/domain/watch.ts';
import { judge } from '../../../src/domain/watch-judge.ts';
import { fenceGhost } from '../../../src/jobs/watch/ghost.ts';
import type { Scratch } from '../../adapters/store/scratch.ts';
import { embeddedStore } from '../../adapters/store/scratch.ts';
import { people } from '../../bot/people.ts';
import { host, sample, second, server } from '../../domain/watches.ts';

/** After a failover: `one` is the primary on the new timeline, and `two`, which was it before, takes writes again on the old one. */
const ghost = (at: number, over: Partial<Sample> = {}): Sample =>
  sample({
    at: second(at),
    primary: host('one', { server: server({ timeline: 2 }) }),
    standby: host('two', { server: server({ timeline: 1 }) }),
    streaming: false,
    ...over,
  });

describe('an old primary that comes back (H46)', () => {
  let scratch: Scratch;
  const woken: string[] = [];
  beforeAll(async () => {
    scratch = await embeddedStore();
  });
  afterAll(() => scratch.remove());

  const see = async (seen: Sample): Promise<readonly Run[]> => {
    const { runs } = scratch.store;
    const cluster = findCluster(people(), 'demo');
    if (!cluster) throw new Error('no demo');
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const wake = { advance: ({ id }: Pick<Run, 'id'>) => void woken.push(id) };
    await fenceGhost({ runs, wake, log }, cluster, seen, judge(seen, [], new Date(seen.at), WATCH_SETTINGS));
    return await runs.list({ cluster: 'demo' });
  };

  it('is left alone while a run is at work there, and no other trouble is taken for it', async () => {
    expect(await see(ghost(0, { busy: true }))).toEqual([]);
    expect(await see(sample({ standby: host('two', { server: server({ live: false }) }) }))).toEqual([]);
    // Two primaries on one timeline: which of them is the old one cannot be told by that.
    expect(await see(ghost(0, { standby: host('two', { server: server({ timeline: 2 }) }) }))).toEqual([]);
  });

  it('is fenced by the machinery itself, once however often and by however many it is seen', async () => {
    await Promise.all([see(ghost(0)), see(ghost(0)), see(ghost(5))]);
    const [run, ...more] = await see(ghost(10));
    expect(more).toEqual([]);
    expect(run).toMatchObject({ runbook: 'fence', requester: SYSTEM, mutating: true });
    expect(woken).toEqual([run?.id]);
  });

  it('is fenced again when it is still there later', async () => {
    expect(await see(ghost(700))).toHaveLength(2);
  });
});
