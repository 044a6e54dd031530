import type { Card } from '../domain/card.ts';
import type { ErrorRef } from '../domain/errors.ts';
import type { Language, Person } from '../domain/inventory.ts';
import { permits, personOf } from '../domain/policy.ts';
import type { AuditLog, Progress } from '../domain/ports.ts';
import type { Run } from '../domain/run.ts';
import { isFinal } from '../domain/run.ts';
import type { WatchStore } from '../domain/watch-store.ts';
import type { OnMissing, Translator } from '../i18n/translate.ts';
import { createTranslator } from '../i18n/translate.ts';
import { refusalCard } from './cards/answers.ts';
import type { CardContext } from './cards/context.ts';
import { cardsOf } from './cards/of-run.ts';
import type { Command } from './commands.ts';
import type { Clicker, DecisionDeps, Decisions } from './decide.ts';
import type { Problem } from './grammar.ts';
import type { LinkBook } from './link-book.ts';
import type { Finished } from './platform.ts';
import type { RequestDeps } from './requests.ts';
import type { OpenSecretForm } from './secrets.ts';
import type { AlertBook } from './watching.ts';

export interface RouterDeps extends DecisionDeps, RequestDeps {
  readonly audit: AuditLog;
  readonly watch: AlertBook & Pick<WatchStore, 'history' | 'alertsBetween'>;
  /** Of Zapas. */
  readonly version: string;
  readonly links: Pick<LinkBook, 'offer' | 'redeem' | 'remove'>;
  /** Absent where no web server serves the form. */
  readonly openSecretForm?: OpenSecretForm;
  readonly onMissing: OnMissing;
  /** How a command begins where the answers are read. */
  readonly prefix: CardContext['prefix'];
}

/** {@link Finished} with what a program wants to know of it. */
export interface Performed extends Finished {
  readonly error?: ErrorRef;
  /** What `--json` prints. */
  readonly data: unknown;
}

/** What there should be on one reader's screen about a run; `over` when nothing of it will change any more. */
export interface Drawing {
  readonly run: Run;
  readonly progress: Progress | undefined;
  readonly cards: readonly Card[];
  readonly over: boolean;
}

/** What those who answer share. */
export interface Desk {
  readonly deps: RouterDeps;
  readonly commands: readonly Command[];
  readonly decisions: Decisions;
}

/** The words for a reader; the site gives the clock. */
export function contextFor({ deps }: Desk, language: Language, site?: string): CardContext {
  const inventory = deps.inventory();
  const sites = Object.entries(inventory.sites);
  const { timeZone } = (site === undefined ? undefined : inventory.sites[site]) ?? sites[0]?.[1] ?? { timeZone: 'UTC' };
  return { t: createTranslator(language, timeZone, deps.onMissing), inventory, now: deps.now(), prefix: deps.prefix };
}

/** The person's own language; of somebody unknown, what the platform says of the account. */
export function languageOf({ deps }: Desk, who: Clicker & { readonly language?: Language }): Language {
  const inventory = deps.inventory();
  return personOf(inventory, who.platform, who.account)?.language ?? who.language ?? 'pl';
}

/** The messages there should be about a run, for a reader of that language. */
export async function draw(desk: Desk, id: string, language: Language): Promise<Drawing | undefined> {
  const run = await desk.deps.runs.load(id);
  if (!run) return undefined;
  const progress = run.state === 'ready' ? await desk.deps.runs.progress(id) : undefined;
  const cards = cardsOf(contextFor(desk, language, run.site), run, progress);
  return { run, progress, cards, over: isFinal(run.state) };
}

/** The run, if this person may see it. */
export async function loadFor(
  { deps }: Desk,
  person: Person,
  id: string,
  action: { readonly do: 'read' | 'audit' },
): Promise<Run | ErrorRef> {
  const run = await deps.runs.load(id);
  if (!run) return { code: 'input.unknown-run', params: { run: id } };
  return permits(person, run.site, action) ?? run;
}

/** A refusal as an answer to the person alone. */
export function refusal(desk: Desk, who: Clicker, error: ErrorRef, run?: Run): Performed {
  const context = contextFor(desk, languageOf(desk, who), run?.site);
  return { ok: false, error, cards: [refusalCard(context, error)], data: { error } };
}

/** A line that is no command, in the reader's words. */
export function problemFor(desk: Desk, who: Clicker, problem: Problem): Performed {
  const { t } = contextFor(desk, languageOf(desk, who));
  const near = 'nearest' in problem && problem.nearest.length > 0 ? { nearest: problem.nearest.join(', ') } : {};
  if (problem.kind === 'unknown-command')
    return refusal(desk, who, { code: 'input.unknown-command', params: { command: problem.value, ...near } });
  const command = 'command' in problem ? { command: problem.command } : {};
  return refusal(desk, who, { code: 'input.invalid', params: { ...command, detail: problemText(t, problem, near) } });
}

function problemText(
  t: Translator,
  problem: Exclude<Problem, { kind: 'unknown-command' }>,
  near: { nearest?: string },
): string {
  switch (problem.kind) {
    case 'open-quote':
      return t.say('grammar.open-quote');
    case 'too-long':
      return t.say('grammar.too-long', { limit: problem.limit });
    case 'extra':
      return t.say('grammar.extra', { value: problem.value });
    case 'unknown-option':
      return t.say('grammar.unknown-option', { option: problem.value, ...near });
    case 'unknown-value':
      return t.say('grammar.unknown-value', { option: problem.option, value: problem.value, ...near });
    case 'missing':
    case 'repeated':
    case 'no-value':
      return t.say(`grammar.${problem.kind}`, { option: problem.option });
  }
}
