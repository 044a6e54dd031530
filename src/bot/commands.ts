import { z } from 'zod';
import type { Language } from '../domain/inventory.ts';
import type { Action } from '../domain/policy.ts';
import type { Runbook, RunbookId } from '../domain/runbook.ts';
import { RUNBOOK_IDS } from '../domain/runbook.ts';
import type { FleetState } from '../domain/watch-fleet.ts';
import { FLEET_STATES } from '../domain/watch-fleet.ts';
import type { ReportFormat } from './incident/file.ts';
import { REPORT_FORMATS } from './incident/file.ts';

export const COMMAND_NAMES = [
  ...RUNBOOK_IDS,
  'runs',
  'run',
  'cancel',
  'approve',
  'reject',
  'confirm',
  'attest',
  'settle',
  'audit',
  'who',
  'link',
  'unlink',
  'import',
  'secret',
  'help',
  'ack',
  'snooze',
  'report',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** What a command asks for; carrying it out is the router's. */
export type Effect =
  | {
      readonly do: 'request';
      readonly runbook: RunbookId;
      readonly cluster: string;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly do: 'runs'; readonly cluster?: string; readonly limit: number }
  | { readonly do: 'show'; readonly run: string }
  | {
      readonly do: 'decide';
      readonly act: 'approve' | 'reject' | 'confirm' | 'attest';
      readonly run: string;
      readonly gate?: number;
      readonly name?: string;
      readonly note?: string;
    }
  | { readonly do: 'stop'; readonly run: string }
  | { readonly do: 'settle'; readonly run: string; readonly verdict: 'retry' | 'abandon' }
  | { readonly do: 'audit'; readonly run?: string }
  | { readonly do: 'report'; readonly run: string; readonly language?: Language; readonly format: ReportFormat }
  | { readonly do: 'who'; readonly cluster?: string }
  | { readonly do: 'link'; readonly code?: string }
  | { readonly do: 'unlink'; readonly platform: string }
  /** Without a text, which is never typed into a chat's command line, the form for it is opened. */
  | { readonly do: 'import'; readonly text?: string }
  | { readonly do: 'secret'; readonly ref: string }
  | { readonly do: 'help'; readonly command?: string }
  | { readonly do: 'board'; readonly site?: string; readonly state?: FleetState; readonly page: number }
  | { readonly do: 'ack'; readonly alert: string }
  | { readonly do: 'snooze'; readonly alert: string; readonly hours: number };

/** One command: its input as a schema, from which flags, options of chat commands, forms and the documents are derived. */
export interface Command {
  readonly name: CommandName;
  readonly input: z.ZodObject;
  /** Options that may be given without their name, in this order. */
  readonly order: readonly string[];
  /** The option that takes all remaining words. */
  readonly rest?: string;
  /** What a person must be allowed to do somewhere to see it in their help; absent: everybody. */
  readonly needs?: Action;
  /** What parsed input asks for. */
  effect(input: Readonly<Record<string, unknown>>): Effect;
}

/** Longest note, in characters. */
export const NOTE_LIMIT = 500;

const runId = z.string().regex(/^[a-z0-9-]{1,40}$/);
const cluster = z.string().min(1).max(64);
const note = z.string().max(NOTE_LIMIT).optional();

/** Every command there is, for these runbooks: theirs come first, in the order given. */
export function defineCommands(runbooks: readonly Runbook[]): readonly Command[] {
  const own = runbooks.map((runbook) => (runbook.id === 'status' ? statusCommand(runbook) : runbookCommand(runbook)));
  return [...own, ...ABOUT_ALERTS, ...ABOUT_RUNS, REPORT, ...ABOUT_ZAPAS];
}

function runbookCommand(runbook: Runbook): Command {
  return {
    name: runbook.id,
    input: z.strictObject({ cluster, ...runbook.options.shape }),
    order: ['cluster'],
    needs: { do: 'run', runbook: runbook.id },
    effect: ({ cluster: name, ...options }) => ({
      do: 'request',
      runbook: runbook.id,
      cluster: String(name).toLowerCase(),
      options,
    }),
  };
}

/** Of one cluster it is a run; without one it is the board of all of them. */
function statusCommand(runbook: Runbook): Command {
  const one = runbookCommand(runbook);
  return define(
    'status',
    {
      cluster: cluster.optional(),
      site: z.string().max(64).optional(),
      state: z.enum(FLEET_STATES).optional(),
      page: z.int().min(1).max(10_000).default(1),
    },
    {
      order: ['cluster'],
      needs: { do: 'run', runbook: 'status' },
      effect({ cluster: name, site, state, page }) {
        if (name !== undefined) return one.effect({ cluster: name });
        return { do: 'board', page, ...(site && { site: site.toLowerCase() }), ...(state && { state }) };
      },
    },
  );
}

/** Ties the type of a command's input to its effect; outside, commands differ only in data. */
function define<Shape extends z.ZodRawShape>(
  name: CommandName,
  shape: Shape,
  rest: Pick<Command, 'order' | 'rest' | 'needs'> & {
    readonly effect: (input: z.output<z.ZodObject<Shape, z.core.$strict>>) => Effect;
  },
): Command {
  const input = z.strictObject(shape);
  return { name, input, ...rest, effect: (values) => rest.effect(input.parse(values)) };
}

function decision(act: 'reject' | 'confirm' | 'attest', needs?: Action): Command {
  return define(
    act,
    { run: runId, note },
    {
      order: ['run'],
      rest: 'note',
      ...(needs && { needs }),
      effect: (input) => ({ do: 'decide', act, run: input.run, ...(input.note !== undefined && { note: input.note }) }),
    },
  );
}

const ABOUT_ALERTS: readonly Command[] = [
  define(
    'ack',
    { alert: runId },
    { order: ['alert'], needs: { do: 'operate' }, effect: ({ alert }) => ({ do: 'ack', alert }) },
  ),
  define(
    'snooze',
    { alert: runId, hours: z.int().min(1).max(168).default(1) },
    {
      order: ['alert', 'hours'],
      needs: { do: 'operate' },
      effect: ({ alert, hours }) => ({ do: 'snooze', alert, hours }),
    },
  ),
];

const ABOUT_RUNS: readonly Command[] = [
  define(
    'runs',
    { cluster: cluster.optional(), limit: z.int().min(1).max(50).default(10) },
    {
      order: ['cluster'],
      needs: { do: 'read' },
      effect: (input) => ({
        do: 'runs',
        limit: input.limit,
        ...(input.cluster && { cluster: input.cluster.toLowerCase() }),
      }),
    },
  ),
  define('run', { run: runId }, { order: ['run'], needs: { do: 'read' }, effect: ({ run }) => ({ do: 'show', run }) }),
  define(
    'cancel',
    { run: runId },
    { order: ['run'], needs: { do: 'operate' }, effect: ({ run }) => ({ do: 'stop', run }) },
  ),
  define(
    'approve',
    { run: runId, name: z.string().max(64).optional(), note },
    {
      order: ['run', 'name'],
      rest: 'note',
      needs: { do: 'approve' },
      effect: ({ run, name, note: words }) => ({
        do: 'decide',
        act: 'approve',
        run,
        ...(name !== undefined && { name }),
        ...(words !== undefined && { note: words }),
      }),
    },
  ),
  decision('reject'),
  decision('confirm', { do: 'operate' }),
  decision('attest', { do: 'operate' }),
  define(
    'settle',
    { run: runId, verdict: z.enum(['retry', 'abandon']) },
    {
      order: ['run', 'verdict'],
      needs: { do: 'operate' },
      effect: ({ run, verdict }) => ({ do: 'settle', run, verdict }),
    },
  ),
];

const REPORT = define(
  'report',
  { run: runId, language: z.enum(['pl', 'en']).optional(), format: z.enum(REPORT_FORMATS).default('html') },
  {
    order: ['run', 'language'],
    needs: { do: 'read' },
    effect: ({ run, language, format }) => ({ do: 'report', run, format, ...(language && { language }) }),
  },
);

const ABOUT_ZAPAS: readonly Command[] = [
  define(
    'audit',
    { run: runId.optional() },
    {
      order: ['run'],
      needs: { do: 'audit' },
      effect: ({ run }) => ({ do: 'audit', ...(run !== undefined && { run }) }),
    },
  ),
  define(
    'who',
    { cluster: cluster.optional() },
    {
      order: ['cluster'],
      effect: (input) => ({ do: 'who', ...(input.cluster && { cluster: input.cluster.toLowerCase() }) }),
    },
  ),
  define(
    'link',
    { code: z.string().max(40).optional() },
    { order: [], rest: 'code', effect: ({ code }) => ({ do: 'link', ...(code !== undefined && { code }) }) },
  ),
  define(
    'unlink',
    { platform: z.enum(['slack', 'discord', 'web', 'terminal']) },
    { order: ['platform'], effect: ({ platform }) => ({ do: 'unlink', platform }) },
  ),
  define('import', {}, { order: [], needs: { do: 'operate' }, effect: () => ({ do: 'import' }) }),
  define(
    'secret',
    { ref: z.string().max(300) },
    { order: ['ref'], needs: { do: 'administer' }, effect: ({ ref }) => ({ do: 'secret', ref }) },
  ),
  define(
    'help',
    { command: z.string().max(32).optional() },
    {
      order: ['command'],
      effect: (input) => ({ do: 'help', ...(input.command && { command: input.command.toLowerCase() }) }),
    },
  ),
];
