import type { Effect, Verdict } from './step.ts';

/**
 * A message to people as data, the same for every platform; a renderer turns it into what the platform shows.
 *
 * Every string is plain text in the reader's language: no markup, no mentions, no links. Strings may hold what customers' hosts
 * printed, so a renderer escapes them all for its platform and strips control and bidirectional characters.
 */
export interface Card {
  /** Which message this is: `run:<run>`, `gate:<run>.<gate>`, `result:<run>`, or the kind of an answer (`help`). */
  readonly id: string;
  /** Grows with what the card was drawn from; of two cards with one id the greater is the newer. */
  readonly rev: number;
  readonly tone: Tone;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly buttons: readonly Button[];
  /** Where to go on in a browser; an address of our own making, never one from data. */
  readonly link?: CardLink;
  readonly footer?: string;
  /** One line for notifications and screens that show nothing else. */
  readonly fallback: string;
  /** This card asks for attention when it is new: approval wanted, result, failure. Edits never do. */
  readonly alerts?: boolean;
}

export interface CardLink {
  readonly label: string;
  readonly url: string;
}

/** How it stands; decides colour and sign. */
export type Tone = 'info' | 'progress' | 'question' | 'success' | 'warning' | 'failure' | 'stopped';

export type Block =
  | TextBlock
  | FieldsBlock
  | ChecklistBlock
  | StepsBlock
  | LogBlock
  | CommandsBlock
  | EvidenceBlock
  | ListBlock;

export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
  /** `warning` is what nobody may overlook, `hint` what to do next, `muted` what can be skipped. */
  readonly style: 'plain' | 'strong' | 'warning' | 'hint' | 'muted';
}

export interface Field {
  readonly label: string;
  readonly value: string;
}

export interface FieldsBlock {
  readonly kind: 'fields';
  readonly fields: readonly Field[];
}

/** Findings, each with its verdict and, unless it is `ok`, what to do next. */
export interface ChecklistBlock {
  readonly kind: 'checklist';
  readonly title?: string;
  readonly items: readonly ChecklistItem[];
}

export interface ChecklistItem {
  readonly verdict: Verdict;
  readonly title: string;
  readonly host?: string;
  readonly detail: string;
  readonly next?: string;
}

/** The steps of a run in their order, and the point of no return between them. */
export interface StepsBlock {
  readonly kind: 'steps';
  readonly title?: string;
  readonly items: readonly StepItem[];
}

export type StepItem =
  | {
      readonly kind: 'step';
      /** Stable within the run; `group` ids stand for several finished steps in one line. */
      readonly id: string;
      readonly state: 'pending' | 'running' | 'waiting' | 'done' | 'unchanged' | 'failed';
      readonly title: string;
      readonly effect: Effect;
      readonly note?: string;
      readonly progress?: ProgressBar;
    }
  | { readonly kind: 'point-of-no-return'; readonly title: string; readonly passed: boolean };

export interface ProgressBar {
  /** 0 … 1. */
  readonly fraction: number;
  /** What stands beside the bar and its percentage: amounts and the time left. */
  readonly text: string;
}

/** Lines of a customer's log, verbatim. */
export interface LogBlock {
  readonly kind: 'log';
  readonly title: string;
  readonly lines: readonly string[];
}

/** The very commands, host by host, in the order in which they run. */
export interface CommandsBlock {
  readonly kind: 'commands';
  readonly title: string;
  readonly groups: readonly { readonly host: string; readonly commands: readonly string[] }[];
}

/** What a failover rests on. */
export interface EvidenceBlock {
  readonly kind: 'evidence';
  readonly title: string;
  /** `host`: the machine answers, which tells nothing of its database. */
  readonly sightings: readonly { readonly saw: 'alive' | 'dead' | 'silent' | 'host'; readonly text: string }[];
  readonly fields: readonly Field[];
}

export interface ListBlock {
  readonly kind: 'list';
  readonly title?: string;
  readonly items: readonly { readonly title: string; readonly detail?: string; readonly tone?: Tone }[];
}

/** What a button or a form asks for. The payload names the run and the gate; everything else is loaded. */
export const VERBS = [
  'approve',
  'reject',
  'confirm',
  'attest',
  'stop',
  'retry',
  'abandon',
  'plan',
  'show',
  // Of alerts and of the fleet board; in place of a run the payload names the alert, or the state the board shows.
  'failover',
  'ack',
  'snooze',
  'board',
  // Forms that a command opened; the payload is the command's name.
  'command',
  'import',
] as const;
export type Verb = (typeof VERBS)[number];

export interface Button {
  readonly verb: Verb;
  /** {@link payloadOf} the target; short enough for every platform (verb and payload together stay under 100 characters). */
  readonly payload: string;
  readonly label: string;
  readonly style: 'primary' | 'danger' | 'neutral';
  /** Pressing it opens a form; the form's answer is what counts. */
  readonly opensForm: boolean;
}

/** What a button is about. */
export interface Target {
  readonly run: string;
  /** The gate the person saw; a later one is another question. */
  readonly gate?: number;
  /** Carried so that a form can show the name at once, before anything is loaded. Never trusted. */
  readonly cluster?: string;
}

/** A target as the text of a button: `run`, `run.gate` or `run.gate.cluster`. */
export function payloadOf({ run, gate, cluster }: Target): string {
  return [run, ...(gate === undefined ? [] : [String(gate)]), ...(cluster === undefined ? [] : [cluster])].join('.');
}

/** The target behind a payload; undefined when it is none of ours. */
export function targetOf(payload: string): Target | undefined {
  const match = /^([a-z0-9-]{1,40})(?:\.([1-9]\d{0,5})(?:\.([a-z0-9][a-z0-9-]{0,39}))?)?$/.exec(payload);
  if (!match) return undefined;
  const [, run = '', gate, cluster] = match;
  return { run, ...(gate !== undefined && { gate: Number(gate) }), ...(cluster !== undefined && { cluster }) };
}

/** A form as data. There is no field for secrets: chat forms are not masked, so a secret never goes through one. */
export interface Form {
  readonly verb: Verb;
  readonly payload: string;
  /** At most 24 characters: the shortest title a platform allows. */
  readonly title: string;
  readonly intro: string;
  readonly fields: readonly FormField[];
  /** At most 24 characters. */
  readonly submit: string;
}

export type FormField =
  | {
      readonly kind: 'text';
      readonly name: string;
      readonly label: string;
      readonly required: boolean;
      readonly multiline: boolean;
      /** Characters. */
      readonly limit: number;
      /** What stands there already. */
      readonly initial?: string;
    }
  | {
      /** The person types the expected text to show that they mean it; it is shown beside the field, to be read, not filled in. */
      readonly kind: 'typed';
      readonly name: string;
      readonly label: string;
      readonly expected: string;
    }
  | {
      readonly kind: 'choice';
      readonly name: string;
      readonly label: string;
      readonly required: boolean;
      /** The value chosen already. */
      readonly initial?: string;
      readonly options: readonly { readonly value: string; readonly label: string }[];
    };
