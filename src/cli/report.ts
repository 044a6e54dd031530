import type { Effect } from '../bot/commands.ts';
import { saveFile } from '../bot/platforms/terminal/save.ts';
import { errorRef } from '../domain/errors.ts';
import { finish } from './runs.ts';
import type { Session } from './session.ts';
import { clickerOf, newDelivery, printError, printJson } from './session.ts';

export interface ReportFlags {
  readonly as: string;
  /** Where to; in the current directory by its own name when nothing is said. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Writes the incident report of a run into a file. Gives the exit code. */
export async function writeReport(
  session: Session,
  effect: Effect & { readonly do: 'report' },
  { as, out, json = false }: ReportFlags,
): Promise<number> {
  const { router, terminal, world, language } = session;
  const done = await router.perform(clickerOf(as), effect, newDelivery());
  const [file] = done.files ?? [];
  if (!done.ok || !file) return finish(session, done, json);
  const path = out ?? file.name;
  try {
    await saveFile(path, file);
  } catch (error) {
    return printError(world, errorRef(error));
  }
  if (json) printJson(world, { run: effect.run, file: path });
  else terminal.say(router.contextFor(language).t.say('cli.report-written', { run: effect.run, file: path }));
  return 0;
}
