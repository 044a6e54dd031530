import { randomUUID } from 'node:crypto';
import type { Interface } from 'node:readline/promises';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { Form, FormField } from '../../../domain/card.ts';
import { errorRef } from '../../../domain/errors.ts';
import { permits, personOf } from '../../../domain/policy.ts';
import type { RunStore } from '../../../domain/ports.ts';
import type { Run } from '../../../domain/run.ts';
import { openGate } from '../../../domain/run.ts';
import type { Translator } from '../../../i18n/translate.ts';
import { cleanLine } from '../../clean.ts';
import type { Answer, Attachment } from '../../platform.ts';
import type { Publisher } from '../../publisher.ts';
import type { Router } from '../../router.ts';
import type { StatusPlotDeps } from '../../status-plot.ts';
import { keepFile, saveFile } from './save.ts';
import type { Screen } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { createTerminal, memberOf, SCREEN } from './terminal.ts';
import { isGoing, screenPublisher } from './watch.ts';

export interface ConsoleDeps extends StatusPlotDeps {
  readonly router: Router;
  readonly runs: RunStore;
  readonly screen: Screen;
  readonly input: Readable;
  readonly output: Writable;
  /** The terminal account of whoever sits there. */
  readonly account: string;
  readonly warn: (fields: object, message: string) => void;
}

/** Newest runs that are looked through for questions when the console opens. */
const OPEN_RUNS = 20;

interface Session extends ConsoleDeps {
  readonly terminal: Terminal;
  readonly t: Translator;
  readonly publisher: Publisher;
  readonly prompt: Interface;
  /** The lines that are typed, each read once. */
  readonly lines: AsyncIterator<string>;
  /** Runs whose cards are on this screen. */
  readonly followed: Set<string>;
}

/**
 * The interactive console: commands are typed as in a chat (with completion), buttons are pressed by their numbers, forms are
 * asked field by field. Questions that this person could decide appear by themselves. Reads lines until `exit`, Ctrl-D or Ctrl-C;
 * from a pipe it carries out line by line and waits for the runs it started.
 */
export async function runConsole(deps: ConsoleDeps): Promise<void> {
  const person = personOf(deps.inventory(), 'terminal', deps.account);
  const language = person?.language ?? 'pl';
  const { t } = deps.router.contextFor(language);
  const terminal = createTerminal(deps.screen, { press: true, keep: (file) => keepFile(t, file) });
  const prompt = createInterface({
    input: deps.input,
    output: deps.output,
    terminal: deps.screen.live,
    prompt: t.say('terminal.prompt'),
    completer: (line: string) => completions(deps, line),
  });
  const publisher = screenPublisher({ ...deps, terminal, language });
  const lines = prompt[Symbol.asyncIterator]();
  const session: Session = { ...deps, terminal, t, publisher, prompt, lines, followed: new Set() };
  keepPromptBelow(session);
  const stopWatching = await deps.runs.watch((run) => void attend(session, run));
  try {
    terminal.say(t.say('terminal.welcome', { person: person?.name ?? deps.account }));
    for (const { id } of await deps.runs.list({ states: ['waiting'], limit: OPEN_RUNS })) await attend(session, id);
    await readLines(session);
    if (!deps.screen.live) await outwait(session);
  } finally {
    deps.screen.attach({ hide: () => undefined, show: () => undefined });
    prompt.close();
    await stopWatching();
    await publisher.stop();
  }
}

/** What is printed goes above the line that is being typed. */
function keepPromptBelow({ screen, prompt, output }: Session): void {
  if (!screen.live) return;
  screen.attach({
    hide: () => output.write('\r\u001b[0J'),
    show: () => prompt.prompt(true),
  });
}

async function readLines(session: Session): Promise<void> {
  session.prompt.once('SIGINT', () => session.prompt.close());
  for (;;) {
    const typed = await ask(session, session.t.say('terminal.prompt'));
    if (typed === undefined || /^(exit|quit)$/i.test(typed)) return;
    if (typed !== '') await obey(session, typed);
  }
}

/** The next line; undefined when there are no more. */
async function ask({ prompt, screen, lines }: Session, question: string): Promise<string | undefined> {
  prompt.setPrompt(question);
  if (screen.live) prompt.prompt();
  const { value, done } = await lines.next();
  return done === true ? undefined : value.trim();
}

async function obey(session: Session, typed: string): Promise<void> {
  const { router, terminal, t, account } = session;
  const incoming = { who: memberOf(account), place: SCREEN, delivery: randomUUID() };
  if (!/^\d{1,4}$/.test(typed)) {
    const given = router.command({ ...incoming, input: { text: typed } });
    // From a pipe the next line is the next command, not what is missing from this one.
    if (given.now === 'form' && !session.screen.live)
      return terminal.say(`${given.form.title}: ${t.say('terminal.cancelled')}`);
    return await answer(session, given);
  }
  const button = terminal.button(Number(typed));
  if (!button) return terminal.say(t.say('terminal.no-button', { number: Number(typed) }));
  await answer(session, router.press({ ...incoming, verb: button.verb, payload: button.payload }));
}

async function answer(session: Session, given: Answer): Promise<void> {
  const { router, terminal, t, account, publisher, followed } = session;
  if (given.now === 'form') {
    const values = await fillIn(session, given.form);
    if (!values) return terminal.say(t.say('terminal.cancelled'));
    const { verb, payload } = given.form;
    const incoming = { who: memberOf(account), place: SCREEN, delivery: randomUUID() };
    return await answer(session, router.submit({ ...incoming, verb, payload, values }));
  }
  const { cards, follow, files = [] } = await given.finish();
  for (const card of cards) terminal.print(card);
  for (const file of files) await save(session, file);
  if (follow === undefined) return;
  followed.add(follow);
  await publisher.follow(follow, SCREEN);
  await publisher.settled();
}

/** Into the directory in which the console was opened. */
async function save({ router, terminal, t, account }: Session, file: Attachment): Promise<void> {
  try {
    await saveFile(file.name, file);
    terminal.say(t.say('terminal.saved', { file: file.name }));
  } catch (error) {
    const { cards } = router.refusal(memberOf(account), errorRef(error));
    for (const card of cards) terminal.print(card);
  }
}

/** The values typed; undefined when a required one is left empty, which means that nothing is sent. */
async function fillIn(session: Session, form: Form): Promise<Readonly<Record<string, string>> | undefined> {
  const { terminal, t } = session;
  terminal.say(`${form.title}: ${form.intro}`);
  const values: Record<string, string> = {};
  for (const field of form.fields) {
    const typed = await ask(session, `${cleanLine(labelOf(field, t))}: `);
    if (typed === undefined) return undefined;
    const given = typed === '' && field.kind !== 'typed' ? (field.initial ?? '') : typed;
    const required = field.kind === 'typed' || field.required;
    if (given === '' && required) return undefined;
    const value = field.kind === 'choice' ? chosen(field, given) : given;
    if (value === undefined) return undefined;
    values[field.name] = value;
  }
  return values;
}

/** By its number, or by its name; nothing chosen where nothing has to be is an empty value. */
function chosen({ options, required }: FormField & { readonly kind: 'choice' }, typed: string): string | undefined {
  if (typed === '' && !required) return '';
  return (options[Number(typed) - 1] ?? options.find(({ value }) => value === typed))?.value;
}

function labelOf(field: FormField, t: Translator): string {
  const preset = field.kind !== 'typed' && field.initial !== undefined ? ` [${field.initial}]` : '';
  if (field.kind !== 'choice') return `${field.label}${preset}`;
  const options = field.options.map(({ label }, index) => `${index + 1} ${label}`).join(', ');
  return `${field.label} (${options}; ${t.say('terminal.choose')})${preset}`;
}

/** Redraws a run that is on this screen, and brings one here that asks something this person could decide. */
async function attend(session: Session, id: string): Promise<void> {
  const { runs, publisher, followed, warn } = session;
  try {
    if (followed.has(id)) return publisher.changed(id);
    const run = await runs.load(id);
    if (!run || !concerns(session, run) || followed.has(id)) return;
    followed.add(id);
    await publisher.follow(id, SCREEN);
    await publisher.settled();
  } catch (error) {
    warn({ run: id, error: String(error) }, 'a run could not be looked at');
  }
}

/** Is there a question this person could decide? */
function concerns({ inventory, account }: Session, run: Run): boolean {
  const gate = openGate(run);
  const person = personOf(inventory(), 'terminal', account);
  if (!gate || !person) return false;
  if (gate.kind !== 'approve') return permits(person, run.site, { do: 'operate' }) === undefined;
  return !run.participants.includes(person.id) && permits(person, run.site, { do: 'approve' }) === undefined;
}

/** From a pipe: nobody watches later, so what was started is watched until it is over or waits for somebody. */
async function outwait({ runs, followed, publisher }: Session): Promise<void> {
  for (const id of followed) {
    for (let run = await runs.load(id); run && isGoing(run); run = await runs.load(id)) {
      publisher.changed(id);
      await new Promise((resolve) => {
        setTimeout(resolve, 250);
      });
    }
    publisher.changed(id);
  }
  await publisher.settled();
}

function completions({ router, account }: ConsoleDeps, line: string): [string[], string] {
  const last = line.split(' ').at(-1) ?? '';
  return [[...router.complete(memberOf(account), line)], last];
}
