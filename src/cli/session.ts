import { randomUUID } from 'node:crypto';
import { explainTo } from '../bot/cards/context.ts';
import { cleanJson, cleanLine } from '../bot/clean.ts';
import type { Clicker } from '../bot/decide.ts';
import { keepFile } from '../bot/platforms/terminal/save.ts';
import type { Screen } from '../bot/platforms/terminal/screen.ts';
import { createScreen } from '../bot/platforms/terminal/screen.ts';
import type { Terminal } from '../bot/platforms/terminal/terminal.ts';
import { createTerminal } from '../bot/platforms/terminal/terminal.ts';
import type { Router } from '../bot/router.ts';
import { createRouter } from '../bot/router.ts';
import type { ErrorRef } from '../domain/errors.ts';
import { ERRORS } from '../domain/errors.ts';
import type { Language } from '../domain/inventory.ts';
import { personOf } from '../domain/policy.ts';
import type { CliServices, CliWorld, Office } from './services.ts';

/** One command's dealings with the office. */
export interface Session {
  readonly office: Office;
  readonly router: Router;
  readonly screen: Screen;
  readonly terminal: Terminal;
  readonly world: CliWorld;
  readonly language: Language;
  readonly warn: (fields: object, message: string) => void;
}

/** A fresh id for something asked on this command line. */
export function newDelivery(): string {
  return `terminal:${randomUUID()}`;
}

/** The account of the terminal platform as the one who acts. */
export function clickerOf(account: string): Clicker {
  return { platform: 'terminal', account };
}

/** Opens the office for one command and closes it whatever happens. `account` is who acts, or reads. */
export async function withSession<Result>(
  services: CliServices,
  world: CliWorld,
  account: string | undefined,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const office = await services.openOffice();
  try {
    const warn = (fields: object, message: string): void => warnOf(world, fields, message);
    const router = createRouter({
      ...office,
      runbooks: services.runbooks,
      version: services.version,
      now: () => new Date(),
      prefix: 'zapas',
      onMissing: (key, names) => warn({ key, names }, 'a text lacks a value'),
    });
    const screen = createScreen(world.stdout, { colour: world.colour });
    const person = account === undefined ? undefined : personOf(office.inventory(), 'terminal', account);
    const language = person?.language ?? world.language;
    const { t } = router.contextFor(language);
    const terminal = createTerminal(screen, { press: false, keep: (file) => keepFile(t, file) });
    return await work({ office, router, screen, terminal, world, warn, language });
  } finally {
    await office.close();
  }
}

/** One line of JSON on standard error, as the process log has them. */
function warnOf({ stderr }: CliWorld, fields: object, message: string): void {
  stderr.write(`${cleanLine(JSON.stringify({ level: 'warn', ...fields, msg: message }))}\n`);
}

/** Prints a value for programs. */
export function printJson({ stdout }: CliWorld, value: unknown): void {
  stdout.write(`${cleanJson(value)}\n`);
}

/** An error on standard error, as two lines: what happened, what to do next. Gives its exit code. */
export function printError({ stderr, language }: CliWorld, error: ErrorRef): number {
  const { what, hint } = explainTo(language, error);
  stderr.write(`✘ ${cleanLine(what)}\n→ ${cleanLine(hint)}\n`);
  return exitOf(error);
}

/** The exit code of an error. */
export function exitOf({ code }: ErrorRef): number {
  return ERRORS[code].exit;
}
