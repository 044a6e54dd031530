import { text } from 'node:stream/consumers';
import { CommanderError, Option as Flag, Command as Program } from 'commander';
import type { Command, CommandName } from '../bot/commands.ts';
import { defineCommands } from '../bot/commands.ts';
import { parseValues } from '../bot/grammar.ts';
import type { Option } from '../bot/options.ts';
import { optionsOf } from '../bot/options.ts';
import { runConsole } from '../bot/platforms/terminal/console.ts';
import { errorRef } from '../domain/errors.ts';
import type { Runbook } from '../domain/runbook.ts';
import { translate } from '../i18n/translate.ts';
import { addMachineCommands } from './machine.ts';
import { readAudit, readPeople, readRun, readRuns } from './reading.ts';
import type { ReportFlags } from './report.ts';
import { writeReport } from './report.ts';
import type { Manner } from './runs.ts';
import { act, finish, follow } from './runs.ts';
import type { CliServices, CliWorld } from './services.ts';
import { clickerOf, printError, withSession } from './session.ts';

/** Runs one command line. Never throws; gives the exit code. `argv` is without node and script. */
export async function runCli(services: CliServices, world: CliWorld, argv: readonly string[]): Promise<number> {
  let exit = 0;
  const program = createProgram(services, world, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return printError(world, errorRef(error));
  }
}

type SetExit = (code: number) => void;

/** What the parts of the program share. */
export interface Parts {
  readonly program: Program;
  readonly services: CliServices;
  readonly world: CliWorld;
  readonly setExit: SetExit;
}

function createProgram(services: CliServices, world: CliWorld, setExit: SetExit): Program {
  const program = new Program('zapas');
  program
    .version(services.version)
    .description('PostgreSQL replication by the vendor’s procedure: set up, watched, failed over with a second person.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_HELP);
  const parts: Parts = { program, services, world, setExit };
  addMachineCommands(parts);
  const commands = defineCommands(services.runbooks);
  const run = program
    .command('run')
    .description('run a runbook on a cluster and draw it until it is over')
    .usage('<runbook> <cluster> --as <account>');
  for (const runbook of services.runbooks) {
    addRunbook(parts, run, runbook, commands);
    addRunbook(parts, program, runbook, commands);
  }
  for (const name of ['approve', 'reject', 'confirm', 'attest', 'cancel', 'settle', 'link', 'unlink'] as const)
    addAct(parts, name, commands);
  addImport(parts);
  addReport(parts, commands);
  addReading(parts);
  return program;
}

const EXIT_HELP = `
Exit codes: 0 done; 2 wrong command or configuration; 3 a person has to decide; 12-17 a host; 20, 21 the state of the
servers; 30, 31 the run; 40, 41 rights and approvals; 50, 51 store and audit; 70 a mistake of Zapas; 130 Ctrl-C.`;

const AS = '--as <account>';
const AS_TEXT = 'who you are: the terminal account of a person in the inventory';

function addRunbook(parts: Parts, parent: Program, { id }: Runbook, commands: readonly Command[]): void {
  addFlags(parent.command(id), id, commands, parts)
    .requiredOption(AS, AS_TEXT)
    .option('--detach', 'do not wait for it')
    .option('--json', 'print the run for programs')
    .action(async (...given: unknown[]) => await carryOut(parts, id, commands, given));
}

function addAct(parts: Parts, name: CommandName, commands: readonly Command[]): void {
  addFlags(parts.program.command(name), name, commands, parts)
    .requiredOption(AS, AS_TEXT)
    .option('--detach', 'do not wait for the run')
    .option('--json', 'print the run for programs')
    .action(async (...given: unknown[]) => await carryOut(parts, name, commands, given));
}

/** Flags and arguments of a command, from its definition. What must be typed as a flag here may be left to a form in a chat. */
function addFlags(program: Program, name: CommandName, commands: readonly Command[], { world }: Parts): Program {
  program.description(translate(world.language, `command.${name}`));
  const command = commands.find((one) => one.name === name);
  if (!command) return program;
  for (const option of optionsOf(command)) {
    const words = optionText(world, option);
    if (option.required) program.argument(`<${option.flag}>`, words);
    else program.addOption(flagOf(option, words));
    if (!option.required && isArgument(command, option)) program.argument(`[${option.flag}]`, words);
  }
  return program;
}

/** May it be given without its flag? */
function isArgument({ order }: Command, { name, required }: Option): boolean {
  return required || order.includes(name);
}

function flagOf(option: Option, text: string): Flag {
  if (option.kind === 'boolean')
    return new Flag(option.default === true ? `--no-${option.flag}` : `--${option.flag}`, text);
  const flag = new Flag(`--${option.flag} <${option.kind}>`, text);
  return option.choices.length > 0 ? flag.choices(option.choices) : flag;
}

function optionText({ language }: CliWorld, { name, default: preset }: Option): string {
  const known: Readonly<Record<string, Parameters<typeof translate>[1]>> = {
    cluster: 'option.cluster',
    run: 'option.run',
    language: 'option.language',
    format: 'option.format',
    name: 'option.name',
    note: 'option.note',
    verdict: 'option.verdict',
    code: 'option.code',
    platform: 'option.platform',
    host: 'option.host',
    lines: 'option.lines',
    sinceStart: 'option.sinceStart',
    reason: 'option.reason',
    method: 'option.method',
    discardOld: 'option.discardOld',
  };
  const key = known[name];
  const text = key ? translate(language, key) : name;
  return preset === undefined ? text : `${text} (${String(preset)})`;
}

/** Commander hands over the arguments, then the flags, then the command itself. */
async function carryOut(
  parts: Parts,
  name: CommandName,
  commands: readonly Command[],
  given: readonly unknown[],
): Promise<void> {
  const { services, world, setExit } = parts;
  const command = commands.find((one) => one.name === name);
  const options = command ? optionsOf(command) : [];
  const flags = given.at(-2) as Readonly<Record<string, string | boolean | undefined>>;
  const values: Record<string, string | boolean> = {};
  const places = command ? options.filter((option) => isArgument(command, option)) : [];
  for (const [index, { name: key }] of places.entries())
    if (typeof given[index] === 'string') values[key] = given[index];
  for (const { name: key, required } of options) {
    const value = flags[key];
    if (!required && value !== undefined) values[key] = value;
  }
  const manner: Manner = { as: String(flags['as']), json: flags['json'] === true, detach: flags['detach'] === true };
  const parsed = parseValues(name, values, commands);
  await withSession(services, world, manner.as, async (session) => {
    if (parsed.ok) return setExit(await act(session, parsed.effect, manner));
    const refused = session.router.problem({ platform: 'terminal', account: manner.as }, parsed.problem);
    setExit(finish(session, refused, manner.json));
  });
}

function addReport(parts: Parts, commands: readonly Command[]): void {
  const { program, services, world, setExit } = parts;
  addFlags(program.command('report'), 'report', commands, parts)
    .requiredOption(AS, AS_TEXT)
    .option('--out <file>', translate(world.language, 'option.out'))
    .option('--json', 'for programs')
    .action(async (run: string, place: string | undefined, flags: ReportFlags & Readonly<Record<string, string>>) => {
      const language = place ?? flags['language'];
      const format = flags['format'];
      const values = { run, ...(language !== undefined && { language }), ...(format !== undefined && { format }) };
      const parsed = parseValues('report', values, commands);
      await withSession(services, world, flags.as, async (session) => {
        const { as } = flags;
        if (parsed.ok && parsed.effect.do === 'report') setExit(await writeReport(session, parsed.effect, flags));
        else if (!parsed.ok) setExit(finish(session, session.router.problem(clickerOf(as), parsed.problem), false));
      });
    });
}

function addImport({ program, services, world, setExit }: Parts): void {
  program
    .command('import')
    .description(translate(world.language, 'cli.import'))
    .requiredOption(AS, AS_TEXT)
    .action(async ({ as }: { as: string }) => {
      const pasted = await text(world.stdin);
      await withSession(services, world, as, async (session) => {
        setExit(await act(session, { do: 'import', text: pasted }, { as, json: false, detach: true }));
      });
    });
}

function addReading({ program, services, world, setExit }: Parts): void {
  const reading = (name: string, text: string): Program =>
    program
      .command(name)
      .description(text)
      .option(AS, `${AS_TEXT}; without it you read as the administrator of this machine`);
  reading('runs', 'list the latest runs')
    .option('--cluster <cluster>', 'only of this cluster')
    .option('--json', 'for programs')
    .action(async (flags: { as?: string; cluster?: string; json?: boolean }) => {
      await withSession(services, world, flags.as, async (session) => setExit(await readRuns(session, flags)));
    });
  reading('show', 'show a run')
    .argument('<run>', 'run')
    .option('--follow', 'draw it until it is over or waits for a person')
    .option('--json', 'for programs')
    .action(async (run: string, flags: { as?: string; follow?: boolean; json?: boolean }) => {
      await withSession(services, world, flags.as, async (session) => {
        setExit(flags.follow === true ? await follow(session, run) : await readRun(session, run, flags));
      });
    });
  reading('who', translate(world.language, 'command.who')).action(async (flags: { as?: string }) => {
    await withSession(services, world, flags.as, async (session) => setExit(await readPeople(session, flags)));
  });
  program
    .command('console')
    .description('type commands and press buttons as in a chat')
    .requiredOption(AS, AS_TEXT)
    .action(async ({ as }: { as: string }) => {
      await withSession(services, world, as, async ({ office, router, screen, warn }) => {
        await runConsole({
          ...office,
          router,
          screen,
          input: world.stdin,
          output: world.stdout,
          account: as,
          warn,
        });
      });
    });
  const audit = program.command('audit').description('the audit trail');
  audit
    .command('verify')
    .description('walk the whole chain')
    .option('--known <entry:hash>', translate(world.language, 'option.known'))
    .option('--json', 'for programs')
    .action(async (flags: { known?: string; json?: boolean }) => {
      await withSession(services, world, undefined, async (session) =>
        setExit(await readAudit(session, undefined, flags)),
      );
    });
  audit
    .command('show')
    .description('print the entries of a run, or all of them')
    .argument('[run]', 'run')
    .option('--json', 'for programs')
    .action(async (run: string | undefined, flags: { json?: boolean }) => {
      await withSession(services, world, undefined, async (session) =>
        setExit(await readAudit(session, run ?? '', flags)),
      );
    });
}
