import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandLine } from '../../src/domain/command.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { findCluster, findHost, inventorySchema } from '../../src/domain/inventory.ts';
import { canonicalJson } from '../../src/domain/plan.ts';
import type { RehearsalReport } from '../../src/domain/report.ts';
import { Secret, type Word } from '../../src/domain/secret.ts';
import type { Ask, Change, Fact, PrimarySighting, Step, StepInput } from '../../src/domain/step.ts';

/**
 * A step's test as data: what the hosts answer, and what the step concludes.
 *
 * `facts` are answers by host id and by fact id, or by `<fact id> <canonical JSON of its arguments>` where a fact is asked with
 * several. Values that JSON lacks: `{"$secret": "…"}`, `{"$error": {code, params}}` (the question
 * fails), `{"$bigint": "…"}`, `{"$bytes": "…"}` (UTF-8), `{"$absent": true}` (undefined). A case may name a `base` in `_base/`; its own
 * entries go over it.
 */
export interface StepCase {
  readonly why: string;
  readonly base?: string;
  /** Which system the pair runs; Linux unless said otherwise. */
  readonly os?: 'windows';
  readonly facts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What differs in an answer of the base: members given here go over it, at any depth; `{"$absent": true}` takes one away. */
  readonly patch?: StepCase['facts'];
  /** Host id, or `host:port`, to whether the worker reaches it; it does unless said otherwise. */
  readonly reach?: Readonly<Record<string, boolean>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly now?: string;
  readonly sighting?: PrimarySighting;
  /** The newest rehearsal by host id. */
  readonly rehearsals?: Readonly<Record<string, RehearsalReport>>;
  readonly input?: {
    readonly cluster?: Readonly<Record<string, unknown>>;
    readonly options?: Readonly<Record<string, unknown>>;
    readonly attested?: readonly string[];
    readonly [key: string]: unknown;
  };
  readonly expect: {
    readonly check: unknown;
    /** As {@link showChange} prints them; required when the check is `needed`. */
    readonly changes?: readonly unknown[];
    readonly verified?: boolean;
    readonly findings?: readonly unknown[];
    readonly evidence?: object;
    readonly report?: object;
    readonly unproven?: object;
  };
}

/** Why a step needs no case of a kind, e.g. `{"blocked": "nothing can stop it"}`; a file `not-applicable.json` beside its cases. */
export type NotApplicable = Partial<Record<CaseKind, string>>;
export type CaseKind = 'done' | 'needed' | 'blocked';

const STEPS = join(import.meta.dirname, '../fixtures/steps');
const NOT_APPLICABLE = 'not-applicable.json';

/** The ids of all steps that have cases. */
export function stepsWithCases(): readonly string[] {
  return readdirSync(STEPS).filter((name) => !name.startsWith('_'));
}

/** The cases of one step by name, with their bases under them. */
export function casesOf(stepId: string): ReadonlyMap<string, StepCase> {
  const names = stepsWithCases().includes(stepId) ? readdirSync(join(STEPS, stepId)) : [];
  return new Map(
    names
      .filter((name) => name.endsWith('.json') && name !== NOT_APPLICABLE)
      .map((name) => [name.replace(/\.json$/, ''), withBase(readCase(join(STEPS, stepId, name)))]),
  );
}

export function notApplicable(stepId: string): NotApplicable {
  const names = stepsWithCases().includes(stepId) ? readdirSync(join(STEPS, stepId)) : [];
  if (!names.includes(NOT_APPLICABLE)) return {};
  return JSON.parse(readFileSync(join(STEPS, stepId, NOT_APPLICABLE), 'utf8')) as NotApplicable;
}

function readCase(path: string): StepCase {
  return JSON.parse(readFileSync(path, 'utf8')) as StepCase;
}

function withBase(one: StepCase): StepCase {
  if (one.base === undefined) return one;
  const base = withBase(readCase(join(STEPS, '_base', `${one.base}.json`)));
  const hosts = new Set([...Object.keys(base.facts ?? {}), ...Object.keys(one.facts ?? {})]);
  return {
    ...base,
    ...one,
    facts: Object.fromEntries(
      [...hosts].map((host) => [
        host,
        { ...patched(base.facts?.[host] ?? {}, one.patch?.[host]), ...one.facts?.[host] },
      ]),
    ),
    reach: { ...base.reach, ...one.reach },
    secrets: { ...base.secrets, ...one.secrets },
    input: { ...base.input, ...one.input, cluster: { ...base.input?.cluster, ...one.input?.cluster } },
  };
}

function patched(answers: Readonly<Record<string, unknown>>, patch: Readonly<Record<string, unknown>> = {}) {
  const unknown = Object.keys(patch).filter((key) => !(key in answers));
  if (unknown.length > 0) throw new Error(`the base has no answer to patch: ${unknown.join(', ')}`);
  return merge(answers, patch) as Readonly<Record<string, unknown>>;
}

function merge(under: unknown, over: unknown): unknown {
  if (!isPlain(under) || !isPlain(over) || Object.keys(over).some((key) => key.startsWith('$'))) return over;
  const merged = Object.entries(over).map(([key, value]) => [key, merge(under[key], value)]);
  return { ...under, ...Object.fromEntries(merged) };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Runs the step on the answers of the case. */
export function assess(step: Step, one: StepCase): ReturnType<Step['assess']> {
  return step.assess(askOf(one), inputOf(one));
}

/** The input of the lab's pair with the case's changes over it; the hosts' ids are `primary` and `standby`. */
export function inputOf(one: StepCase): StepInput {
  const { cluster: changes = {}, ...rest } = one.input ?? {};
  const [paths, made] = one.os === 'windows' ? [ON_WINDOWS, windowsHost] : [{}, host];
  const inventory = inventorySchema.parse({
    sites: { clinic: { name: 'Przychodnia Zdrowie', clusters: { demo: { ...CLUSTER, ...paths, ...changes } } } },
    hosts: { primary: made('10.77.0.12'), standby: made('10.77.0.13'), app: host('10.77.0.14') },
    people: {},
  });
  const cluster = findCluster(inventory, 'demo');
  const [primary, standby, app] = ['primary', 'standby', 'app'].map((id) => findHost(inventory, id));
  if (!cluster || !primary || !standby || !app) throw new Error('the example inventory is broken');
  const fixed = { run: 'r1', cluster, primary, standby, others: { app } };
  return { ...fixed, options: {}, attested: [], requestedAt: '2026-11-22T12:00:00.000Z', approved: false, ...rest };
}

function host(address: string): unknown {
  return { address, os: 'linux', transport: SSH };
}

function windowsHost(address: string): unknown {
  const transport = { kind: 'winrm', user: 'zapas', password: 'env:PASSWORD', ca: '/etc/zapas/root.crt' };
  return { address, os: 'windows', transport };
}

const SSH = { kind: 'ssh', user: 'zapas', hostKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGKPexample'] };
const CLUSTER = {
  product: 'mmedica',
  primary: 'primary',
  standby: 'standby',
  database: 'mmedica',
  certificates: {
    root: '/opt/mmedica/certs/root.crt',
    clientCert: '/opt/mmedica/certs/replication.crt',
    clientKey: '/opt/mmedica/certs/replication.key',
  },
  binDir: '/opt/mmedica/pgsql-17/bin',
  dataDir: '/opt/mmedica/pgsql-17/data',
};

/** What differs in the pair's inventory on Windows. */
const ON_WINDOWS = {
  certificates: {
    root: 'D:\\certs\\root.crt',
    clientCert: 'D:\\certs\\replication.crt',
    clientKey: 'D:\\certs\\replication.key',
  },
  binDir: 'C:\\Program Files (x86)\\PostgreSQL\\17\\bin',
  dataDir: 'D:\\Zażółć gęślą\\data',
  adminPassfile: 'D:\\certs\\admin.conf',
};

function askOf(one: StepCase): Ask {
  return {
    async fact<Args, Value>(host: string, fact: Fact<Args, Value>, args: Args): Promise<Value> {
      const answers = one.facts?.[host] ?? {};
      const exact = `${fact.id} ${canonicalJson(args)}`;
      const key = [exact, fact.id].find((candidate) => candidate in answers);
      if (key === undefined) throw new Error(`the case answers neither "${exact}" nor "${fact.id}" on ${host}`);
      return revive(answers[key]) as Value;
    },
    reach: (host, port) => Promise.resolve(one.reach?.[`${host}:${port}`] ?? one.reach?.[host] ?? true),
    secret: (ref) => Promise.resolve(new Secret(one.secrets?.[ref] ?? `secret of ${ref}`)),
    random: (bytes) => new Secret('r'.repeat(Math.ceil((bytes * 4) / 3))),
    now: () => new Date(one.now ?? '2026-11-22T12:00:00.000Z'),
    lastSighting: () => Promise.resolve(one.sighting),
    lastRehearsal: (host) => Promise.resolve(one.rehearsals?.[host]),
  };
}

/** The value that a fixture's JSON stands for; throws where it stands for a failure. */
export function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  const special = value as Readonly<Record<string, unknown>>;
  if (typeof special['$secret'] === 'string') return new Secret(special['$secret']);
  if (typeof special['$bigint'] === 'string') return BigInt(special['$bigint']);
  if (typeof special['$bytes'] === 'string') return new TextEncoder().encode(special['$bytes']);
  if (special['$absent'] === true) return undefined;
  if ('$error' in special) {
    const { code, params } = special['$error'] as ReturnType<OpsError['ref']>;
    throw new OpsError(code, params);
  }
  const members = Object.entries(value).map(([key, member]) => [key, revive(member)]);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

/** A value as a fixture writes it down: the opposite of {@link revive}. */
export function freeze(value: unknown): unknown {
  if (value === undefined) return { $absent: true };
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Secret) return { $secret: value.reveal() };
  if (value instanceof Uint8Array) return { $bytes: new TextDecoder().decode(value) };
  if (Array.isArray(value)) return value.map(freeze);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, freeze(member)]));
}

/** Scripts for PowerShell by their values: what they do is seen on Windows hosts, not read. */
function argvOf({ argv }: CommandLine): readonly string[] {
  const [program, script, ...values] = argv;
  return program === 'powershell' && script !== undefined ? [program, '…', ...values] : argv;
}

/** A change as a case expects it: secrets as `***`, defaults left out. */
export function showChange(change: Change): Readonly<Record<string, unknown>> {
  const { host } = change;
  if (change.kind === 'write') {
    const { path, content, ifHash, mode, owner, validate } = change;
    const proof = validate && { validate: validate.command.argv, rejected: validate.rejected };
    return {
      host,
      write: path,
      content: show(content),
      ifHash,
      ...(mode && { mode }),
      ...(owner && { owner }),
      ...proof,
    };
  }
  const { as, cwd, stdin } = change.command;
  const argv = argvOf(change.command);
  const shared = { ...(as && { as }), ...(cwd && { cwd }), ...(stdin !== undefined && { stdin: show(stdin) }) };
  if (change.kind === 'exec') return { host, exec: argv, ...shared, ...(change.okExit && { okExit: change.okExit }) };
  return { host, job: change.name, command: argv, ...shared, ...(change.progress && { progress: change.progress }) };
}

function show(word: Word): string {
  return String(word);
}

/** What a case is an example of. */
export function kindOf(one: StepCase): CaseKind {
  const { check } = one.expect;
  return check === 'done' || check === 'needed' ? check : 'blocked';
}
