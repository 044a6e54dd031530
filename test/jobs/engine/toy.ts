import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { parseInventory } from '../../../src/config/load.ts';
import { envelopeFor, signEnvelope } from '../../../src/domain/approval.ts';
import { text } from '../../../src/domain/command.ts';
import type { Evidence } from '../../../src/domain/evidence.ts';
import type { Actor, Run, RunEventBody } from '../../../src/domain/run.ts';
import { openGate } from '../../../src/domain/run.ts';
import type { Runbook, RunbookId } from '../../../src/domain/runbook.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Change, Check, Effect, Fact, Finding, Step } from '../../../src/domain/step.ts';
import { defineStep } from '../../../src/domain/step.ts';
import { createEngine } from '../../../src/jobs/engine/advance.ts';
import type { EngineDeps, Probe } from '../../../src/jobs/engine/deps.ts';
import { onBoth } from '../../../src/runbooks/facts/shell.ts';
import { exampleInventory } from '../../config/example.ts';
import { ANNA, EVIDENCE, PIOTR } from '../../domain/runs.ts';
import type { MemoryStore } from '../../fakes/run-store.ts';
import { createMemoryStore } from '../../fakes/run-store.ts';
import type { ToyHost } from '../../fakes/toy-host.ts';
import { createToyHost } from '../../fakes/toy-host.ts';

/** Toy procedures on toy hosts: what a step has to do is one key of a table. */
export const get: Fact<string, string> = {
  id: 'toy.get',
  read: onBoth((key) => ({ argv: ['get', key], timeoutMs: 1_000 })),
  parse: (result) => text(result.stdout),
};

export const set = (key: string, value = 'yes', host = 'one'): Change => ({
  kind: 'exec',
  host,
  command: { argv: ['set', key, value], timeoutMs: 1_000 },
});

interface ToyStep {
  readonly effect?: Effect;
  /** From the value of the step's own key. */
  readonly check?: (value: string, attested: readonly string[]) => Check;
  readonly changes?: readonly Change[] | ((value: string) => readonly Change[]);
  readonly verify?: (value: string) => boolean;
  readonly evidence?: (value: string) => Evidence;
  readonly findings?: readonly Finding[];
}

/** A step that is done when its key says yes; its change sets it. */
export function toyStep(key: string, toy: ToyStep = {}): Step {
  const { effect = 'reversible', check, changes = [set(key)], verify, evidence, findings } = toy;
  return defineStep<string>({
    id: `toy.${key}`,
    manual: [],
    effect,
    gather: (ask) => ask.fact('one', get, key),
    check: (value, input) => (check ? check(value, input.attested) : value === 'yes' ? 'done' : 'needed'),
    apply: (value) => (typeof changes === 'function' ? changes(value) : changes),
    ...(verify && { verify }),
    ...(evidence && { evidence }),
    ...(findings && { findings: () => findings }),
  });
}

/** Evidence whose timeline is the value of its key. */
export const evidenceStep = toyStep('timeline', {
  effect: 'read',
  check: (value) => (value === 'alive' ? { blocked: { code: 'primary.alive', params: {} } } : 'done'),
  evidence: (value) => ({ ...EVIDENCE, timeline: Number(value || '1') }),
});

export const irreversible: readonly Step[] = [
  evidenceStep,
  toyStep('fence', { effect: 'disruptive' }),
  toyStep('promote', { effect: 'irreversible' }),
  toyStep('redirect'),
];

export interface Toy {
  readonly store: MemoryStore;
  readonly one: ToyHost;
  readonly two: ToyHost;
  readonly probed: string[];
  /** Asks for the run and lets it in. */
  ask(): Promise<void>;
  /** One advance; returns the run after it. */
  advance(shutdown?: AbortSignal): Promise<Run>;
  run(): Promise<Run>;
  /** Decides the open gate, with a genuine envelope when it needs one. */
  grant(by?: Actor): Promise<Run>;
  apply(body: RunEventBody, by?: Actor): Promise<Run>;
  /** Types of the run's events, in order. */
  history(): readonly string[];
  readonly logged: string[];
}

export interface ToyOptions {
  readonly id?: RunbookId;
  readonly probe?: Probe;
  readonly inventory?: (source: string) => string;
  readonly swapsRolesAfter?: string;
  readonly preview?: Runbook;
  readonly putBack?: readonly Step[];
  readonly timing?: Partial<EngineDeps['timing']>;
  readonly now?: () => Date;
}

const keys = generateKeyPairSync('ed25519');

/** An engine over the fakes, with one run asked by Anna of a runbook of these steps. */
export async function setUp(steps: readonly Step[], options: ToyOptions = {}): Promise<Toy> {
  const parsed = parseInventory((options.inventory ?? ((source) => source))(exampleInventory));
  if (!parsed.ok) throw new Error('the example inventory is wrong');
  const store = createMemoryStore();
  const hosts: Readonly<Record<string, ToyHost>> = { one: createToyHost(), two: createToyHost() };
  const { one, two } = hosts;
  if (!one || !two) throw new Error('no hosts');
  const probed: string[] = [];
  const logged: string[] = [];
  const log = (fields: object, message: string): void => void logged.push(JSON.stringify([fields, message]));
  const id = options.id ?? 'setup';
  const runbook: Runbook = {
    id,
    options: z.object({}),
    steps,
    ...(options.swapsRolesAfter !== undefined && { swapsRolesAfter: options.swapsRolesAfter }),
    ...(options.preview && { preview: options.preview.id }),
    ...(options.putBack && { putBack: options.putBack }),
  };
  const engine = createEngine({
    runs: store.runs,
    clusters: store.clusters,
    hosts: { gateway: (host) => (hosts[host.id] ?? one).gateway, close: () => Promise.resolve() },
    secrets: { get: () => Promise.resolve(new Secret('secret-of-the-inventory')) },
    inventory: parsed.inventory,
    runbook: (wanted) => (wanted === id ? runbook : (options.preview ?? runbook)),
    verifyingKey: keys.publicKey,
    owner: 'test',
    now: options.now ?? (() => new Date()),
    log: { info: log, warn: log, error: log },
    timing: {
      leaseMs: 2_000,
      retryDelaysMs: [5, 5, 5],
      soonMs: 10_000,
      settleDelaysMs: [5, 5, 5],
      silenceMs: 3_000,
      jobPollMs: 20,
      ...options.timing,
    },
    probe: async (point, detail) => {
      probed.push([point, detail.step, detail.change].filter((part) => part !== undefined).join(' '));
      await options.probe?.(point, detail);
    },
  });
  const run = async (): Promise<Run> => {
    const found = await store.runs.load('r1');
    if (!found) throw new Error('no run');
    return found;
  };
  const apply: Toy['apply'] = (body, by = ANNA) =>
    store.runs.apply('r1', { ...body, at: new Date().toISOString(), by });
  const toy: Toy = {
    store,
    one,
    two,
    probed,
    logged,
    run,
    apply,
    history: () => store.events.map(([, event]) => event.type),
    async ask() {
      const at = new Date().toISOString();
      const request = {
        id: 'r1',
        asked: 'a1',
        runbook: id,
        cluster: 'demo',
        site: 'clinic',
        mutating: true,
        options: {},
      };
      await store.runs.request({ type: 'requested', ...request, at, by: ANNA });
      await store.runs.admit();
    },
    async advance(shutdown = new AbortController().signal) {
      await engine.advance('r1', shutdown);
      return await run();
    },
    async grant(by = PIOTR) {
      const asked = await run();
      const gate = openGate(asked);
      if (!gate) throw new Error(`no open gate in state ${asked.state}`);
      const at = new Date().toISOString();
      const { bounds } = gate;
      const envelope = bounds && signEnvelope(envelopeFor(asked, { ...gate, bounds }, by.person, at), keys.privateKey);
      const decision = { verdict: 'granted', by, at, ...(envelope && { envelope }) } as const;
      return await apply({ type: 'gate-decided', number: gate.number, decision }, by);
    },
  };
  await toy.ask();
  return toy;
}
