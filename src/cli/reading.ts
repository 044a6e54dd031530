import { auditCard, auditRunCard, refusalCard, runsCard, whoCard } from '../bot/cards/answers.ts';
import type { ErrorRef } from '../domain/errors.ts';
import { exitOfRun, finish } from './runs.ts';
import type { Session } from './session.ts';
import { clickerOf, exitOf, newDelivery, printJson } from './session.ts';

interface Reader {
  readonly as?: string;
  readonly json?: boolean;
}

/** Whoever can open the store on this machine can read all of it; with `--as` they see what that person may see. */
export async function readRuns(
  session: Session,
  { as, cluster, json = false }: Reader & { readonly cluster?: string },
): Promise<number> {
  const { router, office, terminal, world, language } = session;
  const filter = { limit: 20, ...(cluster !== undefined && { cluster }) };
  if (as !== undefined)
    return finish(session, await router.perform(clickerOf(as), { do: 'runs', ...filter }, newDelivery()), json);
  const runs = await office.runs.list(filter);
  if (json) printJson(world, runs);
  else terminal.print(runsCard(router.contextFor(language, runs[0]?.site), runs));
  return 0;
}

/** Who may do what; without `--as`, at every site. */
export async function readPeople(session: Session, { as }: Reader): Promise<number> {
  const { router, terminal, language } = session;
  if (as !== undefined)
    return finish(session, await router.perform(clickerOf(as), { do: 'who' }, newDelivery()), false);
  terminal.print(whoCard(router.contextFor(language), undefined));
  return 0;
}

/** The cards of a run, as they stand everywhere. The exit code is the run's. */
export async function readRun(session: Session, run: string, { as, json = false }: Reader): Promise<number> {
  const { router, office, terminal, world, language } = session;
  if (as !== undefined)
    return finish(session, await router.perform(clickerOf(as), { do: 'show', run }, newDelivery()), json);
  const found = await office.runs.load(run);
  if (!found) return refuse(session, { code: 'input.unknown-run', params: { run } }, json);
  if (json) {
    printJson(world, found);
    return 0;
  }
  const drawing = await router.draw(run, language);
  for (const card of drawing?.cards ?? []) terminal.print(card);
  return exitOfRun(found);
}

/** Without a run the chain is verified; with an empty one every entry is printed. */
export async function readAudit(
  session: Session,
  run: string | undefined,
  { json = false, known }: Reader & { readonly known?: string },
): Promise<number> {
  const { office, router, terminal, world, language } = session;
  if (run === undefined) {
    const noted = known === undefined ? undefined : notedIn(known);
    if (noted === null) return refuse(session, { code: 'input.invalid', params: { detail: '--known' } }, json);
    const verdict = await office.audit.verify(noted);
    if (json) printJson(world, verdict);
    else terminal.print(auditCard(router.contextFor(language), verdict));
    return verdict.ok ? 0 : exitOf({ code: 'audit.broken', params: {} });
  }
  const rows = await office.audit.read(run === '' ? undefined : run);
  if (run !== '' && rows.length === 0) return refuse(session, { code: 'input.unknown-run', params: { run } }, json);
  if (json) printJson(world, rows);
  else terminal.print(auditRunCard(router.contextFor(language), run, rows));
  return 0;
}

/** What a report noted of the trail: number of an entry and its hash; null when it is none. */
function notedIn(known: string): { readonly rows: number; readonly head: string } | null {
  const [, rows, head = ''] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(known) ?? [];
  return rows === undefined ? null : { rows: Number(rows), head };
}

function refuse({ world, terminal, router, language }: Session, error: ErrorRef, json: boolean): number {
  if (json) printJson(world, { error });
  else terminal.print(refusalCard(router.contextFor(language), error));
  return exitOf(error);
}
