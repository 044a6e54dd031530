import type { Form, Verb } from '../domain/card.ts';
import { targetOf } from '../domain/card.ts';
import type { ErrorRef } from '../domain/errors.ts';
import { errorRef } from '../domain/errors.ts';
import type { Language } from '../domain/inventory.ts';
import { looksLikeSecret } from '../domain/looks-like-secret.ts';
import { personOf } from '../domain/policy.ts';
import { parseVendorCommand } from '../runbooks/postgres/vendor-command.ts';
import { ackCard, mayUse } from './cards/answers.ts';
import { viewOf } from './cards/board.ts';
import type { CardContext } from './cards/context.ts';
import { runbookName } from './cards/context.ts';
import { importCard } from './cards/import.ts';
import type { Command, Effect } from './commands.ts';
import { defineCommands } from './commands.ts';
import { complete } from './complete.ts';
import type { Clicker, Outcome } from './decide.ts';
import { createDecisions } from './decide.ts';
import type { Desk, Drawing, Performed, RouterDeps } from './desk.ts';
import { contextFor, draw, languageOf, problemFor, refusal } from './desk.ts';
import { commandForm, formFor, importForm } from './forms.ts';
import type { Parsed, Problem } from './grammar.ts';
import { parseLine, parseValues } from './grammar.ts';
import { link } from './linking.ts';
import type { Account, Answer, Finished, Handlers, IncomingPress, IncomingSubmit } from './platform.ts';
import { giveReport } from './report.ts';
import { requestRun } from './requests.ts';
import { offerSecret, secretSeen } from './secrets.ts';
import { tell, tellPlan } from './tell.ts';
import { failoverFor, holdAlert, tellBoard } from './watching.ts';

/** What a person asks for, carried out. Every platform and the command line go through it. */
export interface Router extends Handlers {
  readonly commands: readonly Command[];
  /** Never throws. `asked` makes doing it twice one act. */
  perform(who: Clicker, effect: Effect, asked: string): Promise<Performed>;
  /** The messages there should be about a run, for a reader of that language. */
  draw(run: string, language: Language): Promise<Drawing | undefined>;
  /** The words for a reader; `site` gives the clock. */
  contextFor(language: Language, site?: string): CardContext;
  refusal(who: Clicker, error: ErrorRef): Performed;
  problem(who: Clicker, problem: Problem): Performed;
}

export function createRouter(deps: RouterDeps): Router {
  const commands = defineCommands(deps.runbooks);
  const decisions = createDecisions(deps);
  const desk: Desk = { deps, commands, decisions };
  /** A secret that somebody typed is neither repeated nor kept, and nothing is done with it. */
  const seen = (who: Account): Answer =>
    work(() => Promise.resolve(refusal(desk, who, { code: 'secret.seen', params: {} })));
  const answerTo = (who: Account, typed: readonly string[], parsed: Parsed, asked: string): Answer => {
    if (secretSeen(typed, parsed)) return seen(who);
    const form = formOf(desk, who, parsed);
    if (form) return { now: 'form', form };
    if (!parsed.ok) return work(() => Promise.resolve(problemFor(desk, who, parsed.problem)));
    return work(() => perform(desk, who, parsed.effect, asked));
  };
  return {
    commands,
    command({ who, input, delivery }) {
      const known = trusted(who);
      const parsed =
        'text' in input ? parseLine(input.text, commands) : parseValues(input.name, input.values, commands);
      const typed = 'text' in input ? [input.text] : Object.values(input.values).map(String);
      return answerTo(known, typed, parsed, `${who.platform}:${delivery}`);
    },
    press(incoming) {
      const who = trusted(incoming.who);
      const form = formFor(contextFor(desk, languageOf(desk, who)).t, incoming.verb, incoming.payload);
      if (form) return { now: 'form', form };
      return work(() => pressed(desk, { ...incoming, who }, {}));
    },
    submit(incoming: IncomingSubmit) {
      const who = trusted(incoming.who);
      const typed = Object.values(incoming.values);
      if (incoming.verb !== 'command') {
        // Only the vendor's command may hold a password, which is thrown away as it is read.
        if (incoming.verb !== 'import' && typed.some(looksLikeSecret)) return seen(who);
        return work(() => pressed(desk, { ...incoming, who }, incoming.values));
      }
      const parsed = parseValues(incoming.payload, filledIn(incoming.values), commands);
      return answerTo(who, typed, parsed, `${who.platform}:${incoming.delivery}`);
    },
    complete: (who, typed) => complete(desk, trusted(who), typed),
    perform: (who, effect, asked) => perform(desk, who, effect, asked),
    draw: (run, language) => draw(desk, run, language),
    contextFor: (language, site) => contextFor(desk, language, site),
    refusal: (who, error) => refusal(desk, who, error),
    problem: (who, problem) => problemFor(desk, who, problem),
  };
}

function work(finish: () => Promise<Finished>): Answer {
  return { now: 'work', finish };
}

/** A bot, a guest or a stranger of the platform is nobody here, whatever the inventory says of the account. */
function trusted(who: Account): Account {
  return who.kind === 'member' ? who : { ...who, account: '' };
}

async function perform(desk: Desk, who: Clicker, effect: Effect, asked: string): Promise<Performed> {
  try {
    switch (effect.do) {
      case 'request':
        return await request(desk, who, effect, asked);
      case 'decide':
        return decided(desk, who, effect.act, await desk.decisions.decide({ ...effect, who }));
      case 'stop':
        return decided(desk, who, 'stop', await desk.decisions.stop(who, effect.run));
      case 'settle':
        return decided(desk, who, effect.verdict, await desk.decisions.settle(who, effect.run, effect.verdict));
      case 'runs':
      case 'show':
      case 'audit':
      case 'who':
      case 'help':
        return await tell(desk, who, effect);
      case 'link':
      case 'unlink':
        return await link(desk, who, effect);
      case 'board':
        return await tellBoard(desk, who, effect);
      case 'ack':
      case 'snooze':
        return await holdAlert(desk, who, effect);
      case 'report':
        return await giveReport(desk, who, effect);
      case 'import':
        return read(desk, who, effect.text ?? '');
      case 'secret':
        return offerSecret(desk, who, effect.ref);
    }
  } catch (error) {
    return refusal(desk, who, errorRef(error));
  }
}

/** The form that a command opens: the vendor's command is only ever pasted into one, and whatever is missing is asked in one. */
function formOf(desk: Desk, who: Clicker, parsed: Parsed): Form | undefined {
  const person = personOf(desk.deps.inventory(), who.platform, who.account);
  if (!person) return undefined;
  const context = contextFor(desk, person.language);
  if (parsed.ok) return parsed.effect.do === 'import' ? importForm(context.t) : undefined;
  if (parsed.problem.kind !== 'missing') return undefined;
  const { command: name, given } = parsed.problem;
  const command = desk.commands.find((one) => one.name === name);
  return command && mayUse(context, person, command) ? commandForm(context, person, command, given) : undefined;
}

/** Fields that were left empty were not given. */
function filledIn(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
}

/** The vendor's command as settings. Throws `input.invalid` with the part that was not understood. */
function read(desk: Desk, who: Clicker, text: string): Performed {
  const person = personOf(desk.deps.inventory(), who.platform, who.account);
  if (!person)
    return refusal(desk, who, {
      code: 'input.unknown-person',
      params: { platform: who.platform, person: who.account },
    });
  const card = importCard(contextFor(desk, person.language), parseVendorCommand(text));
  return { ok: true, cards: [card], data: null };
}

async function request(
  desk: Desk,
  who: Clicker,
  effect: Effect & { readonly do: 'request' },
  asked: string,
): Promise<Performed> {
  const made = await requestRun(desk.deps, { ...effect, who, asked });
  if (!made.ok) return refusal(desk, who, made.error);
  const { run, created, approvers } = made;
  const context = contextFor(desk, languageOf(desk, who), run.site);
  const { t } = context;
  const names = approvers.map(({ name }) => name).join(', ');
  const text = created
    ? t.say('ack.requested', { runbook: runbookName(context, run.runbook), cluster: run.cluster, run: run.id })
    : t.say('ack.again', { run: run.id });
  const more = names ? [t.say('ack.approvers', { count: approvers.length, names })] : [];
  return { ok: true, cards: [ackCard(text, more)], follow: run.id, data: run };
}

function decided(desk: Desk, who: Clicker, verb: Verb, outcome: Outcome): Performed {
  if (!outcome.ok) return refusal(desk, who, outcome.error, outcome.run);
  const { t } = contextFor(desk, languageOf(desk, who), outcome.run.site);
  const text = t.say('ack.decided', { verb, run: outcome.run.id });
  return { ok: true, cards: [ackCard(text)], follow: outcome.run.id, data: outcome.run };
}

/** A pressed button or a sent form. */
async function pressed(
  desk: Desk,
  { who, verb, payload, delivery }: IncomingPress,
  values: Readonly<Record<string, string>>,
): Promise<Performed> {
  if (verb === 'import') return await perform(desk, who, { do: 'import', text: values['text'] ?? '' }, delivery);
  const target = targetOf(payload);
  if (!target || verb === 'command') return refusal(desk, who, { code: 'input.invalid', params: { detail: verb } });
  const { run, gate } = target;
  const asked = `${who.platform}:${delivery}`;
  switch (verb) {
    case 'approve':
    case 'reject':
    case 'confirm':
    case 'attest': {
      const { name, note } = values;
      const typed = { ...(gate !== undefined && { gate }), ...(name !== undefined && { name }), ...(note && { note }) };
      return await perform(desk, who, { do: 'decide', act: verb, run, ...typed }, asked);
    }
    case 'stop':
      return await perform(desk, who, { do: 'stop', run }, asked);
    case 'retry':
    case 'abandon':
      return await perform(desk, who, { do: 'settle', run, verdict: verb }, asked);
    case 'show':
      return await perform(desk, who, { do: 'show', run }, asked);
    case 'plan':
      return await tellPlan(desk, who, run);
    case 'failover': {
      const wanted = await failoverFor(desk, run);
      return 'error' in wanted ? refusal(desk, who, wanted.error) : await perform(desk, who, wanted.effect, asked);
    }
    case 'ack':
      return await perform(desk, who, { do: 'ack', alert: run }, asked);
    case 'snooze':
      return await perform(desk, who, { do: 'snooze', alert: run, hours: 1 }, asked);
    case 'board':
      return await perform(desk, who, { do: 'board', ...viewOf(target) }, asked);
  }
}
