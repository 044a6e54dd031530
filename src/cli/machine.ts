import { explainTo } from '../bot/cards/context.ts';
import { cleanLine } from '../bot/clean.ts';
import { defineCommands } from '../bot/commands.ts';
import { discordInvite } from '../bot/platforms/discord/permissions.ts';
import { slackManifest } from '../bot/platforms/slack/manifest.ts';
import type { Parts } from './program.ts';
import type { CliWorld, Diagnosis } from './services.ts';
import { exitOf, printError, printJson } from './session.ts';

/** Commands about this machine and its configuration; nobody has to say who they are. */
export function addMachineCommands(parts: Parts): void {
  addServing(parts);
  addHealth(parts);
  addDoctor(parts);
  addInventory(parts);
  addChats(parts);
}

function addServing({ program, services, world }: Parts): void {
  const show = (url: string): void => void world.stdout.write(`${url}\n`);
  const serve = (name: string, parts: 'all' | 'bot', text: string): void => {
    program
      .command(name)
      .description(text)
      .option(
        '--console <account>',
        'print an address that opens the web console as that account, on this machine alone',
      )
      .action(async ({ console: account }: { console?: string }) => {
        const console = account === undefined ? {} : { console: { account, show } };
        await services.serve({ parts, ...console }, world.interrupted);
      });
  };
  serve('start', 'all', 'bot and worker in one process, for a small office');
  serve('bot', 'bot', 'talk to people; needs the signing key, no host credentials');
  program
    .command('worker')
    .description('carry runs out; needs host credentials and the verifying key')
    .action(async () => await services.serve({ parts: 'worker' }, world.interrupted));
}

function addHealth({ program, services }: Parts): void {
  program
    .command('health')
    .description('end with 0 when inventory, store and queue can be opened')
    .action(async () => await services.health());
}

function addDoctor({ program, services, world, setExit }: Parts): void {
  program
    .command('doctor')
    .description('look at everything Zapas needs and say what to fix')
    .option('--json', 'for programs')
    .action(async ({ json }: { json?: boolean }) => {
      const found = await services.examine();
      if (json === true) printJson(world, found);
      else world.stdout.write(found.map((one) => `${diagnosisText(world, one)}\n`).join(''));
      const [first] = found.flatMap(({ error }) => error ?? []);
      setExit(first ? exitOf(first) : 0);
    });
}

function addChats({ program, services, world }: Parts): void {
  program
    .command('slack')
    .description('set up Slack')
    .command('manifest')
    .description('print the manifest to create the Slack app from')
    .option('--http <url>', 'Slack sends requests there, instead of Socket Mode')
    .action(({ http }: { http?: string }) => {
      const commands = defineCommands(services.runbooks);
      printJson(world, slackManifest(commands, http === undefined ? { by: 'socket' } : { by: 'http', url: http }));
    });
  program
    .command('discord')
    .description('set up Discord')
    .command('invite')
    .description('print the page on which an administrator of the server lets the bot in')
    .argument('<application>', 'id of the application')
    .argument('<guild>', 'id of the server')
    .action((application: string, guild: string) => {
      world.stdout.write(`${discordInvite(application, guild)}\n`);
    });
}

function diagnosisText({ language }: CliWorld, { what, subject, error }: Diagnosis): string {
  const label = cleanLine(`${what} ${subject}`);
  if (!error) return `✔ ${label}`;
  const { what: happened, hint } = explainTo(language, error);
  return `✘ ${label}: ${cleanLine(happened)}\n  → ${cleanLine(hint)}`;
}

function addInventory({ program, services, world, setExit }: Parts): void {
  const inventory = program.command('inventory').description('the configuration file');
  inventory
    .command('check')
    .description('find what is wrong in it')
    .action(async () => {
      const problems = await services.checkInventory();
      for (const problem of problems) setExit(printError(world, problem));
      if (problems.length === 0) world.stdout.write('✔\n');
    });
  inventory
    .command('schema')
    .description('print its JSON schema, for editors')
    .action(() => printJson(world, services.inventorySchema()));
  program
    .command('keys')
    .description('the keys of the approvals')
    .command('generate')
    .description('make the pair; never overwrites one')
    .action(async () => {
      const { signing, verifying } = await services.generateKeys();
      world.stdout.write(`${cleanLine(signing)}\n${cleanLine(verifying)}\n`);
    });
}
