import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RequestDeps, Requested, RunRequest } from '../../src/bot/requests.ts';
import { newRunId, requestRun } from '../../src/bot/requests.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { embeddedStore, type Scratch } from '../adapters/store/scratch.ts';
import { people } from './people.ts';

const codeOf = (made: Requested): string => (made.ok ? 'made' : made.error.code);

describe('a request', () => {
  let scratch: Scratch;
  let inventory: Inventory;
  let woken: string[];
  let asked = 0;

  beforeAll(async () => {
    scratch = await embeddedStore();
  });
  afterAll(async () => await scratch.remove());
  beforeEach(() => {
    inventory = people();
    woken = [];
  });

  const ask = (over: Partial<RunRequest> = {}): Promise<Requested> => {
    asked += 1;
    const deps: RequestDeps = {
      inventory: () => inventory,
      runs: scratch.store.runs,
      runbooks: RUNBOOKS,
      now: () => new Date(),
      wake: { advance: ({ id }) => woken.push(id) },
    };
    const who = { platform: 'terminal', account: 'anna' };
    return requestRun(deps, { who, asked: `a-${asked}`, runbook: 'status', cluster: 'demo', options: {}, ...over });
  };

  it('starts a run with its options filled in, and wakes the worker', async () => {
    const made = await ask({ runbook: 'logs', options: { lines: 50 } });
    expect(made).toMatchObject({
      ok: true,
      created: true,
      approvers: [],
      run: {
        options: { host: 'standby', lines: 50, sinceStart: true },
        requester: { person: 'anna' },
        mutating: false,
      },
    });
    expect(woken).toHaveLength(1);
  });

  it('delivered twice starts one run', async () => {
    const both = await Promise.all([ask({ asked: 'delivery-1' }), ask({ asked: 'delivery-1' })]);
    const again = await ask({ asked: 'delivery-1' });
    const ids = [...both, again].map((made) => (made.ok ? made.run.id : ''));
    expect(new Set(ids).size).toBe(1);
    expect([...both, again].filter((made) => made.ok && made.created)).toHaveLength(1);
  });

  it('for a failover says at once who could approve', async () => {
    const made = await ask({ runbook: 'failover' });
    expect(made.ok && made.approvers.map(({ id }) => id)).toEqual(['piotr', 'ewa']);
  });

  it('for a failover that nobody could approve is refused at once', async () => {
    delete inventory.people['piotr'];
    const who = { platform: 'discord', account: '4711' };
    expect(await ask({ runbook: 'failover', who })).toMatchObject({
      error: { code: 'approval.nobody', params: { site: 'clinic', cluster: 'demo' } },
    });
  });

  it.each<[string, Partial<RunRequest>, string]>([
    ['an unlinked account', { who: { platform: 'slack', account: 'U1' } }, 'input.unknown-person'],
    ['an account without an id', { who: { platform: 'slack', account: '' } }, 'input.unknown-person'],
    [
      'a viewer who wants to change something',
      { who: { platform: 'terminal', account: 'jan' }, runbook: 'setup' },
      'policy.denied',
    ],
    [
      'an approver who wants to operate',
      { who: { platform: 'terminal', account: 'piotr' }, runbook: 'failover' },
      'policy.denied',
    ],
    ['an operator of another site', { who: { platform: 'terminal', account: 'obcy' } }, 'policy.denied'],
    ['no such cluster', { cluster: 'dmeo' }, 'input.unknown-cluster'],
    ['a cluster by another name', { cluster: '__proto__' }, 'input.unknown-cluster'],
    ['an option out of bounds', { runbook: 'logs', options: { lines: 1 } }, 'input.invalid'],
    ['an option nobody knows', { options: { force: true } }, 'input.invalid'],
  ])('is refused for %s, and starts nothing', async (_why, over, code) => {
    const before = await scratch.store.runs.list({});
    expect(codeOf(await ask(over))).toBe(code);
    expect(await scratch.store.runs.list({})).toHaveLength(before.length);
    expect(woken).toEqual([]);
  });

  it('suggests only clusters the person may see', async () => {
    expect(await ask({ cluster: 'dmeo' })).toMatchObject({ error: { params: { nearest: 'demo' } } });
    const stranger = await ask({ cluster: 'dmeo', who: { platform: 'terminal', account: 'obcy' } });
    expect(stranger.ok ? {} : stranger.error.params).not.toHaveProperty('nearest');
  });

  it('gets an id that can be typed and read aloud', () => {
    const ids = Array.from({ length: 1_000 }, newRunId);
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => /^[0-9a-hjkmnp-tv-z]{8}$/.test(id))).toBe(true);
    expect(ids).not.toContain('failover');
  });
});
