import { findingsOf, worstOf } from '../bot/cards/findings.ts';
import type { Effect } from '../bot/commands.ts';
import type { Performed } from '../bot/desk.ts';
import { isGoing, watchRun } from '../bot/platforms/terminal/watch.ts';
import type { ErrorRef } from '../domain/errors.ts';
import { ERRORS } from '../domain/errors.ts';
import type { Inventory, Person } from '../domain/inventory.ts';
import { eligibleApprovers, permits } from '../domain/policy.ts';
import type { Run } from '../domain/run.ts';
import { openGate } from '../domain/run.ts';
import type { Session } from './session.ts';
import { clickerOf, exitOf, newDelivery, printJson } from './session.ts';

/** The run waits for a person: not over, and nothing this process could still do. */
export const EXIT_WAITING = 3;
/** Ctrl-C, as shells count it. The run goes on. */
const EXIT_INTERRUPTED = 130;

/** How a command about a run is carried out. */
export interface Manner {
  readonly as: string;
  readonly json: boolean;
  /** Return at once instead of drawing the run until it is over or waits for somebody. */
  readonly detach: boolean;
}

/** Carries out what a person asks and, if a run follows from it, draws that. Gives the exit code. */
export async function act(session: Session, effect: Effect, manner: Manner): Promise<number> {
  const done = await session.router.perform(clickerOf(manner.as), effect, newDelivery());
  if (!done.ok || done.follow === undefined) return finish(session, done, manner.json);
  if (manner.detach) return finish(session, done, manner.json);
  if (manner.json) return await followSilently(session, done.follow);
  for (const card of done.cards) session.terminal.print(card);
  return await follow(session, done.follow);
}

/** Draws a run until it is over, waits for somebody, or Ctrl-C. */
export async function follow(session: Session, id: string): Promise<number> {
  const { router, office, terminal, language, warn, world } = session;
  const deps = { ...office, router, terminal, language, warn };
  const run = await watchRun(deps, id, world.interrupted);
  if (!run) return exitOf({ code: 'input.unknown-run', params: {} });
  if (isGoing(run)) {
    const { t } = router.contextFor(language, run.site);
    terminal.say(t.say('terminal.detached', { command: `zapas show ${run.id} --follow` }));
    return EXIT_INTERRUPTED;
  }
  if (run.state === 'waiting') sayWhoseTurn(session, run);
  return exitOfRun(run);
}

async function followSilently(session: Session, id: string): Promise<number> {
  const { office, world } = session;
  for (;;) {
    const run = await office.runs.load(id);
    if (!run) return exitOf({ code: 'input.unknown-run', params: {} });
    if (!isGoing(run) || world.interrupted.aborted) {
      printJson(world, run);
      return isGoing(run) ? EXIT_INTERRUPTED : exitOfRun(run);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}

/** Prints an answer, as cards or for programs. */
export function finish(session: Session, done: Performed, json: boolean): number {
  if (json) printJson(session.world, done.data);
  else for (const card of done.cards) session.terminal.print(card);
  return done.error ? exitOf(done.error) : 0;
}

/** 0 for what succeeded, {@link EXIT_WAITING} while it is a person's turn, otherwise the error's code. */
export function exitOfRun(run: Run): number {
  if (run.state === 'waiting') return EXIT_WAITING;
  const failedCheck = run.runbook === 'check' && worstOf(findingsOf(run)) === 'failed';
  if (run.state === 'succeeded') return failedCheck ? ERRORS['preflight.failed'].exit : 0;
  const error: ErrorRef = run.error ?? { code: 'run.wrong-state', params: {} };
  return exitOf(error);
}

/** Says exactly what whoever is next has to type. */
function sayWhoseTurn(session: Session, run: Run): void {
  const gate = openGate(run);
  if (!gate) return;
  const { terminal, router, office, language } = session;
  const { t } = router.contextFor(language, run.site);
  const people =
    gate.kind === 'approve' ? eligibleApprovers(office.inventory(), run) : operators(office.inventory(), run);
  const account = people.find(({ accounts }) => accounts.terminal !== undefined)?.accounts.terminal ?? '<account>';
  if (gate.kind === 'approve') {
    const names = people.map(({ name }) => name).join(', ');
    terminal.say(t.say('terminal.waits', { names }));
    terminal.say(`  zapas approve ${run.id} --as ${account} --name ${run.cluster}`);
    return;
  }
  terminal.say(t.say('terminal.waits-you'));
  terminal.say(`  zapas ${gate.kind} ${run.id} --as ${account}`);
}

/** Those who may confirm and attest; whoever asked comes first. */
function operators(inventory: Inventory, run: Run): readonly Person[] {
  return Object.entries(inventory.people)
    .map(([id, person]) => ({ ...person, id }))
    .filter((person) => permits(person, run.site, { do: 'operate' }) === undefined)
    .toSorted((one, other) => Number(other.id === run.requester.person) - Number(one.id === run.requester.person));
}
