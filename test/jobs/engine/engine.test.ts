import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { OpsError } from '../../../src/domain/errors.ts';
import { sha256 } from '../../../src/domain/plan.ts';
import type { Check, Step } from '../../../src/domain/step.ts';
import { ANNA, EVIDENCE, PIOTR } from '../../domain/runs.ts';
import type { Toy } from './toy.ts';
import { evidenceStep, get, irreversible, set, setUp, toyStep } from './toy.ts';

const unreachable = (): never => {
  throw new OpsError('host.unreachable', { detail: 'no route' });
};

const outcomeUnknown = (): never => {
  throw new OpsError('exec.outcome-unknown', { detail: 'link lost' });
};

const blocked: Check = { blocked: { code: 'standby.not-running', params: {} } };

const driftOf = (toy: Toy): unknown => {
  const drifted = toy.store.events.map(([, event]) => event).find((event) => event.type === 'drifted');
  return drifted?.type === 'drifted' ? drifted.reasons : undefined;
};

describe('a run without gates', () => {
  it('plans, changes what is needed, leaves what is done, and proves each end state', async () => {
    const toy = await setUp([toyStep('a'), toyStep('b'), toyStep('c')]);
    toy.one.state.set('b', 'yes');
    const run = await toy.advance();
    expect(run.state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['set a yes', 'set c yes']);
    expect(run.steps.map(({ unchanged }) => unchanged)).toEqual([false, true, false]);
    expect(toy.history()).toEqual([
      'requested',
      'admitted',
      'planned',
      'step-started',
      'step-finished',
      'step-finished',
      'step-started',
      'step-finished',
      'finished',
    ]);
  });

  it('shows in the plan the very commands, and of a write the path and what its content hashes to', async () => {
    const write = { kind: 'write', host: 'one', path: 'conf', content: 'a = 1', ifHash: 'absent' } as const;
    const toy = await setUp([
      toyStep('conf', { changes: [write], check: (value) => (value === 'a = 1' ? 'done' : 'needed') }),
      toyStep('b', { changes: [set('b', 'yes')] }),
    ]);
    const run = await toy.advance();
    expect(run.state).toBe('succeeded');
    expect(run.plan?.steps.map(({ changes }) => changes)).toEqual([
      [{ host: 'one', kind: 'write', text: 'conf', contentHash: sha256('a = 1') }],
      [{ host: 'one', kind: 'exec', text: 'set b yes' }],
    ]);
  });

  it('is advanced by nobody while it is held, waits or is over', async () => {
    const toy = await setUp([toyStep('a')]);
    await Promise.all([toy.advance(), toy.advance(), toy.advance()]);
    await toy.advance();
    expect(toy.one.effects).toEqual(['set a yes']);
  });

  it('waits for an end state that takes a moment', async () => {
    const toy = await setUp([toyStep('a', { verify: (value) => value === 'yes, really' })]);
    toy.one.trouble.before = (words) => {
      if (words === 'get a' && toy.one.effects.length > 0) toy.one.state.set('a', 'yes, really');
    };
    expect((await toy.advance()).state).toBe('succeeded');
  });

  it('waits longer where the step says that it may take longer', async () => {
    const slow = { ...toyStep('a', { verify: (value) => value === 'at last' }), settlesWithinMs: 300 };
    const toy = await setUp([slow]);
    const begun = Date.now();
    toy.one.trouble.before = (words) => {
      if (words === 'get a' && Date.now() - begun > 100) toy.one.state.set('a', 'at last');
    };
    expect((await toy.advance()).state).toBe('succeeded');
  });

  it('puts the next step’s questions beside the proof of the one before, and acts on the answers', async () => {
    const asked: string[] = [];
    const toy = await setUp([toyStep('a'), toyStep('b')]);
    toy.one.trouble.before = (words) => void asked.push(words);
    expect((await toy.advance()).state).toBe('succeeded');
    const plan = 'get a, get b';
    expect(asked.join(', ')).toBe(`${plan}, set a yes, get b, get a, set b yes, get b`);
  });

  it('asks again what was asked ahead and speaks against going on', async () => {
    const toy = await setUp([toyStep('a'), toyStep('b', { check: (value) => (value === 'up' ? 'done' : blocked) })]);
    let answered = 0;
    toy.one.trouble.before = (words) => {
      if (words !== 'get b' || toy.one.effects.length === 0) return;
      answered += 1;
      if (answered > 1) toy.one.state.set('b', 'up');
    };
    expect(await toy.advance()).toMatchObject({ state: 'succeeded' });
    expect(answered).toBe(2);
  });

  it('fails when the end state does not come, with the state it found', async () => {
    const toy = await setUp([toyStep('a', { verify: () => false })]);
    expect(await toy.advance()).toMatchObject({
      state: 'failed',
      error: { code: 'verify.failed', params: { step: 'toy.a' } },
      steps: [{ state: 'failed' }],
    });
  });

  it('says what is there instead, where the step can tell', async () => {
    const unproven = { code: 'redirect.not-verified', params: { detail: 'nobody there' } } as const;
    const step = toyStep('a', { verify: () => false });
    const assess: Step['assess'] = async (...asked) => ({ ...(await step.assess(...asked)), unproven });
    expect((await (await setUp([{ ...step, assess }])).advance()).error).toEqual(unproven);
  });

  it('ends with the error when its cluster is no longer in the inventory', async () => {
    const toy = await setUp([toyStep('a')], { inventory: (source) => source.replace('      demo:', '      other:') });
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'input.unknown-cluster' } });
  });
});

describe('planning', () => {
  const blocked = { blocked: { code: 'disk.full', params: { host: 'one' } } } as const;

  it('that is blocked at once changes nothing, and records the plan that shows why', async () => {
    const finding = { id: 'disk.space', verdict: 'failed', params: {} } as const;
    const toy = await setUp([
      toyStep('disk', { effect: 'read', check: () => blocked, findings: [finding] }),
      toyStep('a'),
    ]);
    const run = await toy.advance();
    expect(run).toMatchObject({
      state: 'failed',
      error: { code: 'disk.full' },
      steps: [{ state: 'failed' }, { state: 'pending' }],
    });
    expect(run.plan?.steps[0]?.findings).toEqual([finding]);
    expect(toy.one.effects).toEqual([]);
  });

  it('passes a block that only stands there because an earlier step has not run yet', async () => {
    const later = toyStep('b', { check: (value) => (value === 'ready' ? 'done' : blocked) });
    const toy = await setUp([toyStep('a', { changes: [set('a'), set('b', 'ready')] }), later]);
    const run = await toy.advance();
    expect(run.plan?.steps[1]?.check).toEqual(blocked);
    expect(run.state).toBe('succeeded');
  });

  it('fails on such a block when the run gets there and it still stands', async () => {
    const toy = await setUp([toyStep('a'), toyStep('b', { check: () => blocked })]);
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'disk.full' } });
    expect(toy.one.effects).toEqual(['set a yes']);
  });

  it('asks a silent host again, a few times, and then fails with host and step', async () => {
    const toy = await setUp([toyStep('a')]);
    let asked = 0;
    toy.one.trouble.before = () => {
      asked += 1;
      unreachable();
    };
    expect(await toy.advance()).toMatchObject({
      state: 'failed',
      error: { code: 'host.unreachable', params: { host: 'one', step: 'toy.a' } },
    });
    expect(asked).toBe(4);
    expect(toy.history()).toEqual(['requested', 'admitted', 'finished']);
  });

  it('goes on when the host answers meanwhile', async () => {
    const toy = await setUp([toyStep('a')]);
    let asked = 0;
    toy.one.trouble.before = () => {
      asked += 1;
      if (asked < 3) unreachable();
    };
    expect((await toy.advance()).state).toBe('succeeded');
  });

  it('of a preview shows what another runbook would do, and does nothing of it', async () => {
    const look = toyStep('look', { effect: 'read', check: () => 'done' });
    const steps = [look, toyStep('a'), toyStep('b', { check: () => blocked })];
    const toy = await setUp([look], { id: 'check', preview: { id: 'setup', options: z.object({}), steps } });
    const run = await toy.advance();
    expect(run.state).toBe('succeeded');
    expect(run.plan?.preview?.map(({ id, check }) => [id, check])).toEqual([
      ['toy.a', 'needed'],
      ['toy.b', blocked],
    ]);
    expect(toy.one.effects).toEqual([]);
  });

  it('that finds a bug in a step says so and keeps the stack in the log', async () => {
    const broken: Step = { ...toyStep('a'), assess: () => Promise.reject(new TypeError('x is not a function')) };
    const toy = await setUp([broken]);
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'internal.bug' } });
    expect(toy.logged.join('\n')).toContain('this is a bug');
  });
});

describe('a person who attests', () => {
  it('is asked when the run gets there, and not for a run that cannot go on', async () => {
    const licence = toyStep('licence', {
      effect: 'read',
      check: (_value, attested) => (attested.includes('toy.licence') ? 'done' : { attest: true }),
    });
    const toy = await setUp([licence, toyStep('a')]);
    const asked = await toy.advance();
    expect(asked).toMatchObject({ state: 'waiting', gate: { kind: 'attest', step: 'toy.licence' } });
    const hours = Date.parse(asked.gate?.expiresAt ?? '') - Date.parse(asked.gate?.openedAt ?? '');
    expect(hours).toBe(24 * 3_600_000);
    expect(toy.one.effects).toEqual([]);
    await toy.grant(ANNA);
    expect((await toy.advance()).state).toBe('succeeded');
  });
});

describe('a disruption', () => {
  const steps = [toyStep('a'), toyStep('restart', { effect: 'disruptive' })];

  it('is confirmed before anything changes, by the requester if need be', async () => {
    const toy = await setUp(steps);
    expect(await toy.advance()).toMatchObject({ state: 'waiting', gate: { kind: 'confirm', step: 'toy.a' } });
    expect(toy.one.effects).toEqual([]);
    await toy.grant(ANNA);
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['set a yes', 'set restart yes']);
  });

  it('is not asked about when it is not needed', async () => {
    const toy = await setUp(steps);
    toy.one.state.set('restart', 'yes');
    expect((await toy.advance()).state).toBe('succeeded');
  });
});

describe('an irreversible run', () => {
  it('asks before the fence, with the evidence as bounds, and swaps the roles when it has promoted', async () => {
    const toy = await setUp(irreversible, { id: 'failover', swapsRolesAfter: 'toy.promote' });
    const asked = await toy.advance();
    expect(asked).toMatchObject({
      state: 'waiting',
      gate: { kind: 'approve', step: 'toy.fence', bounds: { primary: 'one', standby: 'two', timeline: 1 } },
    });
    expect(toy.one.effects).toEqual([]);
    await toy.grant();
    const run = await toy.advance();
    expect(run).toMatchObject({ state: 'succeeded', pastPointOfNoReturn: true });
    expect(toy.one.effects).toEqual(['set fence yes', 'set promote yes', 'set redirect yes']);
    expect(await toy.store.clusters.roles('demo')).toEqual({ primary: 'two', standby: 'one' });
    expect(toy.probed.indexOf('roles-set toy.promote')).toBeLessThan(toy.probed.indexOf('step-finished toy.promote'));
  });

  it('says at once that nobody could approve', async () => {
    const toy = await setUp(irreversible, {
      id: 'failover',
      inventory: (source) => source.replace('role: approver', 'role: viewer'),
    });
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'approval.nobody' } });
    expect(toy.one.effects).toEqual([]);
  });

  it('goes back to the gate when the evidence has changed; the new plan needs a new approval', async () => {
    const toy = await setUp(irreversible, { id: 'failover' });
    await toy.advance();
    await toy.grant();
    toy.one.state.set('timeline', '2');
    const back = await toy.advance();
    expect(back).toMatchObject({ state: 'waiting', gate: { kind: 'approve', number: 2, bounds: { timeline: 2 } } });
    expect(back.granted).toBeUndefined();
    expect(toy.one.effects).toEqual([]);
    expect(driftOf(toy)).toMatchObject([{ code: 'run.drifted', params: { what: 'timeline', approved: 1, now: 2 } }]);
    await toy.grant();
    expect((await toy.advance()).state).toBe('succeeded');
  });

  it('goes back to the gate when a step has to change what the approved plan found done', async () => {
    const [evidence, fence, ...rest] = irreversible;
    const extra = toyStep('extra', { check: (value) => (value === 'no' ? 'needed' : 'done') });
    const toy = await setUp(evidence && fence ? [evidence, fence, extra, ...rest] : [], { id: 'failover' });
    await toy.advance();
    await toy.grant();
    toy.one.trouble.after = (words) => void (words === 'set fence yes' && toy.one.state.set('extra', 'no'));
    expect(await toy.advance()).toMatchObject({ state: 'waiting', gate: { number: 2, step: 'toy.extra' } });
    expect(driftOf(toy)).toMatchObject([{ code: 'run.drifted', params: { what: 'toy.extra' } }]);
    await toy.grant();
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.effects.filter((effect) => effect === 'set fence yes')).toHaveLength(1);
  });

  it('fails, unchanged, when the primary came back before the approval was used', async () => {
    const toy = await setUp(irreversible, { id: 'failover' });
    await toy.advance();
    await toy.grant();
    toy.one.state.set('timeline', 'alive');
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'primary.alive' } });
    expect(toy.one.effects).toEqual([]);
  });

  it('goes back to the gate when a command is no longer the approved one', async () => {
    const mode = { now: 'fast' };
    const fence = toyStep('fence', {
      effect: 'disruptive',
      changes: () => [set('fence', 'yes'), set('mode', mode.now)],
    });
    const toy = await setUp([evidenceStep, fence, toyStep('promote', { effect: 'irreversible' })], { id: 'failover' });
    await toy.advance();
    await toy.grant();
    mode.now = 'immediate';
    const back = await toy.advance();
    expect(back).toMatchObject({ state: 'waiting', gate: { number: 2 } });
    expect(toy.one.effects).toEqual([]);
  });

  it('past the point of no return hands what was not approved to a person, who can let it go on', async () => {
    const extra = toyStep('extra', { changes: (value) => [set('extra', value === 'odd' ? 'odd' : 'yes')] });
    const toy = await setUp([...irreversible, extra], { id: 'failover' });
    await toy.advance();
    await toy.grant();
    toy.one.trouble.after = (words) => {
      if (words === 'set promote yes') toy.one.state.set('extra', 'odd');
    };
    expect(await toy.advance()).toMatchObject({
      state: 'attention',
      error: {
        code: 'run.drifted',
        params: { what: 'toy.extra', approved: 'one: set extra yes', now: 'one: set extra odd' },
      },
    });
    toy.one.state.delete('extra');
    await toy.apply({ type: 'settled', verdict: 'retry' }, PIOTR);
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.effects.filter((effect) => effect === 'set promote yes')).toHaveLength(1);
  });

  it('finishes under an approval what began in time, but begins nothing when it has expired', async () => {
    const clock = { ahead: 0 };
    const now = (): Date => new Date(Date.now() + clock.ahead);
    const toy = await setUp(irreversible, { id: 'failover', now });
    await toy.advance();
    await toy.grant();
    clock.ahead = 16 * 60_000;
    expect(await toy.advance()).toMatchObject({ state: 'waiting', gate: { number: 2 } });
    expect(toy.one.effects).toEqual([]);
  });

  it('looks at the evidence again when it got too old on the way', async () => {
    const clock = { ahead: 0 };
    const toy = await setUp(irreversible, { id: 'failover', now: () => new Date(Date.now() + clock.ahead) });
    await toy.advance();
    await toy.grant();
    toy.one.trouble.after = (words) => {
      if (words !== 'set fence yes') return;
      clock.ahead = 901_000;
      toy.one.state.set('timeline', '2');
    };
    expect(await toy.advance()).toMatchObject({ state: 'waiting', gate: { number: 2 } });
    expect(toy.one.effects).toEqual(['set fence yes']);
  });

  it('is refused when its stored plan is not the one whose hash was approved', async () => {
    const toy = await setUp(irreversible, { id: 'failover' });
    const asked = await toy.advance();
    const granted = await toy.grant();
    if (!asked.plan) throw new Error('no plan');
    Object.assign(granted, { plan: { ...asked.plan, options: { method: 'manual' } } });
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'approval.forged' } });
    expect(toy.one.effects).toEqual([]);
  });

  it.each([
    ['no envelope', 'forged'],
    ['an envelope of another run', 'replayed'],
  ])('is refused with %s', async (_what, kind) => {
    const toy = await setUp(irreversible, { id: 'failover' });
    const asked = await toy.advance();
    const other = await setUp(irreversible, { id: 'failover' });
    await other.advance();
    const replayed = (await other.grant()).granted?.decision?.envelope ?? '';
    const envelope = kind === 'replayed' ? replayed : 'x.y';
    const at = new Date().toISOString();
    const decision = { verdict: 'granted', by: PIOTR, at, envelope } as const;
    await toy.apply({ type: 'gate-decided', number: asked.gate?.number ?? 0, decision }, PIOTR);
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'approval.forged' } });
    expect(toy.one.effects).toEqual([]);
  });
});

const failing = (code: number): Step =>
  toyStep('a', {
    changes: [
      {
        kind: 'exec',
        host: 'one',
        command: { argv: ['say', 'no', 'way'], env: { EXIT: String(code) }, timeoutMs: 1 },
      },
    ],
  });

describe('a change that fails', () => {
  it('with an exit code is not repeated; its output says why', async () => {
    const toy = await setUp([failing(3)]);
    expect(await toy.advance()).toMatchObject({
      state: 'failed',
      error: { code: 'exec.failed', params: { host: 'one', step: 'toy.a', exit: 3, detail: 'no way' } },
    });
    expect(toy.one.effects).toHaveLength(1);
  });

  it('but did its work is a step that is done', async () => {
    const toy = await setUp([failing(3)]);
    toy.one.trouble.after = () => void toy.one.state.set('a', 'yes');
    expect((await toy.advance()).state).toBe('succeeded');
  });

  it('because the host was silent is tried again: nothing had begun', async () => {
    const toy = await setUp([toyStep('a')]);
    let tries = 0;
    toy.one.trouble.before = (words) => {
      if (!words.startsWith('set')) return;
      tries += 1;
      if (tries < 3) unreachable();
    };
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['set a yes']);
  });

  it('that still runs is waited for, however often its host is found busy', async () => {
    const toy = await setUp([toyStep('a')], { timing: { silenceMs: 1 } });
    let busy = 50;
    toy.one.trouble = {
      busy: () => {
        busy -= 1;
        return busy > 0;
      },
      after: (words) => {
        if (words === 'set a yes' && busy === 50) outcomeUnknown();
      },
    };
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['set a yes']);
    expect(busy).toBe(0);
  });

  it.each([
    ['had happened', true],
    ['had not happened', false],
  ])('with an unknown outcome is looked after, and not repeated blindly: it %s', async (_what, happened) => {
    for (const effect of ['reversible', 'irreversible'] as const) {
      const steps = effect === 'reversible' ? [toyStep('a')] : [evidenceStep, toyStep('a', { effect })];
      const toy = await setUp(steps, { id: 'failover' });
      let lost = false;
      const lose = (words: string): void => {
        if (lost || words !== 'set a yes') return;
        lost = true;
        outcomeUnknown();
      };
      toy.one.trouble = happened ? { after: lose } : { before: lose };
      if ((await toy.advance()).state === 'waiting') {
        await toy.grant();
        await toy.advance();
      }
      expect((await toy.run()).state).toBe('succeeded');
      expect(toy.one.effects).toEqual(['set a yes']);
    }
  });

  it('with an unknown outcome on a host that stays silent is a case for a person', async () => {
    const toy = await setUp([toyStep('a')], { timing: { silenceMs: 0 } });
    let cut = false;
    toy.one.trouble = {
      before: () => {
        if (cut) unreachable();
      },
      after: () => {
        cut = true;
        outcomeUnknown();
      },
    };
    expect(await toy.advance()).toMatchObject({
      state: 'attention',
      error: { code: 'host.unreachable' },
      steps: [{ state: 'running' }],
    });
    toy.one.trouble = {};
    await toy.apply({ type: 'settled', verdict: 'retry' });
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['set a yes']);
  });

  it('because the file changed under the plan is made again for the file as it is', async () => {
    const step: Step = {
      ...toyStep('conf'),
      async assess(ask) {
        const now = await ask.fact('one', get, 'conf');
        const ok = now.endsWith('+ ours');
        const ifHash = now === '' ? 'absent' : sha256(now);
        const change = { kind: 'write', host: 'one', path: 'conf', content: `${now}+ ours`, ifHash } as const;
        return { facts: now, check: ok ? 'done' : 'needed', changes: ok ? [] : [change], verified: ok, findings: [] };
      },
    };
    const edited = { already: false };
    const toy = await setUp([step], {
      probe: (point) => {
        if (point === 'change-started' && !edited.already) toy.one.state.set('conf', 'edited ');
        if (point === 'change-started') edited.already = true;
      },
    });
    expect((await toy.advance()).state).toBe('succeeded');
    expect(toy.one.state.get('conf')).toBe('edited + ours');
  });

  it('after the promotion keeps the run for a person', async () => {
    const toy = await setUp([...irreversible, failing(1)], { id: 'failover' });
    await toy.advance();
    await toy.grant();
    expect(await toy.advance()).toMatchObject({ state: 'attention', error: { code: 'exec.failed' } });
  });
});

const running = async (toy: Toy) =>
  await vi.waitFor(() => {
    const found = [...toy.one.jobs.values()].findLast(({ state }) => state === 'running');
    if (!found) throw new Error('not running');
    return found;
  });

const end = (toy: Toy, id = 'r1.toy.copy.copy', code = 0): void => {
  const found = toy.one.jobs.get(id);
  if (!found) throw new Error(`no ${id}`);
  if (code === 0) toy.one.state.set('copy', 'yes');
  Object.assign(found, { state: 'exited', code });
};

describe('a detached job', () => {
  const job = {
    kind: 'job',
    host: 'one',
    name: 'copy',
    command: { argv: ['copy'], timeoutMs: 1 },
    progress: 'percent',
  } as const;
  const copying = toyStep('copy', { changes: [job] });

  it('is followed to its end, its progress shown, its directory removed', async () => {
    const toy = await setUp([copying]);
    const advanced = toy.advance();
    const found = await running(toy);
    found.output += '10%\n';
    await vi.waitFor(() => expect(toy.store.shown.at(-1)).toMatchObject({ done: 10, total: 100 }));
    end(toy);
    expect((await advanced).state).toBe('succeeded');
    expect(toy.one.jobs.size).toBe(0);
    expect(toy.one.effects).toEqual(['copy']);
  });

  it('goes on while the link is cut, and the progress says whom we wait for', async () => {
    const toy = await setUp([copying]);
    const advanced = toy.advance();
    await running(toy);
    toy.one.trouble.before = unreachable;
    await vi.waitFor(() => expect(toy.store.shown.at(-1)).toMatchObject({ waitsFor: 'one' }));
    toy.one.trouble = {};
    end(toy);
    expect((await advanced).state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['copy']);
  });

  it('is taken up by the next worker when this one is shut down', async () => {
    const toy = await setUp([copying]);
    const shutdown = new AbortController();
    const first = toy.advance(shutdown.signal);
    await running(toy);
    shutdown.abort();
    expect((await first).state).toBe('ready');
    const second = toy.advance();
    end(toy);
    expect((await second).state).toBe('succeeded');
    expect(toy.one.effects).toEqual(['copy']);
  });

  it('that fails says so with the end of its output, redacted', async () => {
    const toy = await setUp([copying]);
    const advanced = toy.advance();
    const found = await running(toy);
    found.output = `${'x'.repeat(5_000)}\npassword=hunter2\nFATAL: no pg_hba.conf entry`;
    end(toy, undefined, 1);
    const run = await advanced;
    expect(run).toMatchObject({ state: 'failed', error: { code: 'job.failed', params: { exit: 1, job: 'copy' } } });
    const detail = String(run.error?.params.detail);
    expect(detail).toMatch(/password=\*\*\*\nFATAL: no pg_hba.conf entry$/);
    expect(detail.length).toBeLessThanOrEqual(1_500);
  });

  it.each(['vanished', 'rebooted'] as const)('that %s is started anew while the step still needs it', async (state) => {
    const toy = await setUp([copying]);
    const advanced = toy.advance();
    (await running(toy)).state = state;
    await vi.waitFor(() => expect([...toy.one.jobs.keys()]).toEqual(['r1.toy.copy.copy', 'r1.toy.copy.copy-2']));
    end(toy, 'r1.toy.copy.copy-2');
    expect((await advanced).state).toBe('succeeded');
  });

  it('that vanishes again and again, or out of a step that cannot go on from there, is a case for a person', async () => {
    const toy = await setUp([copying]);
    const advanced = toy.advance();
    for (let start = 1; start <= 3; start += 1) (await running(toy)).state = 'vanished';
    expect(await advanced).toMatchObject({ state: 'attention', error: { code: 'job.vanished' } });

    const blocked = { blocked: { code: 'data-directory.occupied', params: {} } } as const;
    const strict = toyStep('copy', { changes: [job], check: (value) => (value === '' ? 'needed' : blocked) });
    const other = await setUp([strict]);
    const second = other.advance();
    const found = await running(other);
    other.one.state.set('copy', 'half');
    found.state = 'vanished';
    expect(await second).toMatchObject({ state: 'attention', error: { code: 'job.vanished' } });
  });

  it('is cancelled on the host when somebody stops the run, and only then is the run cancelled', async () => {
    const toy = await setUp([copying]);
    const advanced = toy.advance();
    const found = await running(toy);
    await toy.apply({ type: 'stop-asked' });
    expect(await advanced).toMatchObject({
      state: 'cancelled',
      error: { code: 'run.stopped', params: { by: 'anna' } },
    });
    expect(found.state).toBe('vanished');
  });

  it('of a crashed worker is cancelled, too, when somebody stops the run before anybody took it up', async () => {
    const toy = await setUp([copying]);
    const shutdown = new AbortController();
    const first = toy.advance(shutdown.signal);
    const found = await running(toy);
    shutdown.abort();
    await first;
    await toy.apply({ type: 'stop-asked' });
    expect((await toy.advance()).state).toBe('cancelled');
    expect(found.state).toBe('vanished');
  });

  it('whose host is silent when the run is stopped is a case for a person', async () => {
    const toy = await setUp([copying], { timing: { silenceMs: 0 } });
    const advanced = toy.advance();
    await running(toy);
    toy.one.trouble.before = unreachable;
    await toy.apply({ type: 'stop-asked' });
    expect(await advanced).toMatchObject({ state: 'attention', error: { code: 'host.unreachable' } });
  });
});

describe('Stop', () => {
  it('ends a run between two steps', async () => {
    const toy = await setUp([toyStep('a'), toyStep('b')], {
      probe: async (point, { step }) => {
        if (point === 'step-finished' && step === 'toy.a') await toy.apply({ type: 'stop-asked' });
      },
    });
    expect((await toy.advance()).state).toBe('cancelled');
    expect(toy.one.effects).toEqual(['set a yes']);
  });

  it('that comes in between the last look and the point of no return still counts', async () => {
    const toy = await setUp(irreversible, {
      id: 'failover',
      probe: async (point, { step }) => {
        if (point === 'step-finished' && step === 'toy.fence') await toy.apply({ type: 'stop-asked' });
      },
    });
    await toy.advance();
    await toy.grant();
    expect(await toy.advance()).toMatchObject({ state: 'cancelled', pastPointOfNoReturn: false });
    expect(toy.one.effects).toEqual(['set fence yes']);
  });
});

describe('a lease that is lost', () => {
  it('ends the work before the next change; the store refuses what the old worker still says', async () => {
    const toy = await setUp([toyStep('a'), toyStep('b')], {
      timing: { leaseMs: 300 },
      probe: async (point, { step }) => {
        if (point !== 'step-started' || step !== 'toy.b') return;
        // As after a stop of the process: no heartbeat for longer than the lease.
        const until = Date.now() + 400;
        while (Date.now() < until);
        await Promise.resolve();
      },
    });
    const frozen = toy.advance();
    await frozen;
    expect(toy.one.effects).toEqual(['set a yes']);
    expect((await toy.run()).state).toBe('ready');
    expect(toy.logged.join()).toContain('lost-lease');
  });

  it('leaves a change of an old worker to the host, which refuses the older token', async () => {
    const toy = await setUp([toyStep('a')]);
    await expect(
      toy.one.gateway.exec(
        { argv: ['true'], timeoutMs: 1 },
        { resource: 'demo', token: '99' },
        new AbortController().signal,
      ),
    ).resolves.toMatchObject({ code: 0 });
    expect(await toy.advance()).toMatchObject({ state: 'failed', error: { code: 'host.fenced' } });
  });
});

describe('what is remembered of the primary', () => {
  it('is that it was seen alive, and how far it was', async () => {
    const seen = { ...EVIDENCE, primaryAlive: true };
    const toy = await setUp([toyStep('look', { effect: 'read', check: () => 'done', evidence: () => seen })], {
      id: 'check',
    });
    await toy.advance();
    expect(toy.store.sightings.at(-1)).toEqual({ at: EVIDENCE.gatheredAt, lsn: EVIDENCE.receiveLsn, timeline: 1 });
  });
});

describe('a secret', () => {
  it('of the run is in no event, no log line and no progress', async () => {
    const canary = 'secret-of-the-inventory';
    const leaky: Step = {
      ...toyStep('a'),
      async assess(ask) {
        const secret = await ask.secret('env:X');
        const made = ask.random(12);
        const detail = `login with ${secret.reveal()} and ${Buffer.from(made.reveal()).toString('base64')}`;
        const stdin = made;
        return {
          facts: {},
          check: 'needed',
          changes: [
            { kind: 'exec', host: 'one', command: { argv: ['say', detail], stdin, env: { EXIT: '1' }, timeoutMs: 1 } },
          ],
          verified: false,
          findings: [{ id: 'lag', verdict: 'failed', params: { detail } }],
        };
      },
    };
    const toy = await setUp([leaky]);
    const run = await toy.advance();
    expect(run.error?.params.detail).toBe('login with *** and ***');
    const everything = JSON.stringify([toy.store.events, toy.store.shown, toy.logged]);
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(Buffer.from(canary).toString('base64').slice(0, 20));
  });
});
