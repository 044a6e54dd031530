import { type ParseArgsConfig, parseArgs } from 'node:util';
import { LabError } from './error.ts';
import { endHolder, needsHolder, prepareHolder, runInHolder } from './holder.ts';
import { execInLab, sshInLab } from './inside.ts';
import { install, type Lab, openLab, tellStandardError } from './lab.ts';
import { allLabs, type LabOptions } from './state.ts';

const HELP = `npm run lab -- COMMAND: real customer hosts on this machine, for the demo and the tests

  install                     install what the lab needs (Debian packages); "up" does it too
  up [HOST…]                  make and boot the hosts (default: primary standby app)
       --data MIB             size of the sample database (30)
       --checksums            data checksums instead of wal_log_hints
       --polish               the server writes its messages in Polish
       --bare-standby         the standby has no PostgreSQL at all
       --windows              primary and standby are Windows hosts (Wine; first time some 5 minutes)
  down [--purge]              switch off; with --purge also delete everything
  status                      what is on, what is cut, who is primary
  ssh [--root] HOST [COMMAND…]   log in as zapas, or as root
  run HOST SCRIPT             run a root script in a host past its network
  exec -- COMMAND…            run a command where it sees the hosts: the controller's namespace

  cut HOST, heal HOST         pull and plug the network cable
  blackhole A B, unblackhole A B   two hosts do not see each other
  slow HOST RATE, unslow HOST limit the line (10mbit)
  power-off HOST, boot HOST   power cut and power on
  kill-postgres HOST          kill -9 of the whole server
  fill HOST, free HOST        use up the disk of /opt/mmedica
  save LABEL, restore LABEL   keep and put back the disks of all hosts
  archive                     print path and SHA-256 of the vendor's archive

  --name NAME                 which lab (default: $ZAPAS_LAB or demo); several may be up at once
`;

const OPTIONS = {
  name: { type: 'string' },
  purge: { type: 'boolean' },
  root: { type: 'boolean' },
  data: { type: 'string' },
  checksums: { type: 'boolean' },
  polish: { type: 'boolean' },
  'bare-standby': { type: 'boolean' },
  windows: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

type Flags = ReturnType<typeof readArguments>['flags'];
type Action = (lab: Lab, words: readonly string[], flags: Flags) => Promise<number>;

const ACTIONS: Readonly<Record<string, Action>> = {
  up: async (lab, hosts, flags) => {
    const usual = flags.windows === true ? ['primary', 'standby'] : undefined;
    const made = await lab.up(hosts.length === 0 ? usual : hosts, labOptions(flags));
    print(`lab "${lab.name}" is up (${lab.backend}): ${made.map((host) => `${host.name} ${host.address}`).join(', ')}`);
    return 0;
  },
  down: (lab, _words, flags) => quietly(lab.down({ purge: flags.purge === true })),
  status: showStatus,
  ssh: (lab, [host, ...command], flags) =>
    sshInLab(lab, lab.host(needed(host, 'HOST')), { user: flags.root === true ? 'root' : 'zapas', command }),
  run: async (lab, [host, ...script]) => {
    const { code, stdout, stderr } = await lab.run(needed(host, 'HOST'), script.join(' '));
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    return code;
  },
  exec: (lab, command) => execInLab(lab, command),
  cut: (lab, [host]) => quietly(lab.cut(needed(host, 'HOST'))),
  heal: (lab, [host]) => quietly(lab.heal(needed(host, 'HOST'))),
  blackhole: (lab, [a, b]) => quietly(lab.blackhole(needed(a, 'A'), needed(b, 'B'))),
  unblackhole: (lab, [a, b]) => quietly(lab.unblackhole(needed(a, 'A'), needed(b, 'B'))),
  slow: (lab, [host, rate]) => quietly(lab.slow(needed(host, 'HOST'), needed(rate, 'RATE'))),
  unslow: (lab, [host]) => quietly(lab.unslow(needed(host, 'HOST'))),
  'power-off': (lab, [host]) => quietly(lab.powerOff(needed(host, 'HOST'))),
  boot: (lab, [host]) => quietly(lab.boot(needed(host, 'HOST'))),
  'kill-postgres': (lab, [host]) => quietly(lab.killPostgres(needed(host, 'HOST'))),
  fill: (lab, [host]) => quietly(lab.fillDisk(needed(host, 'HOST'))),
  free: (lab, [host]) => quietly(lab.freeDisk(needed(host, 'HOST'))),
  save: (lab, [label]) => quietly(lab.save(needed(label, 'LABEL'))),
  restore: (lab, [label]) => quietly(lab.restore(needed(label, 'LABEL'))),
  archive: async (lab) => {
    const { path, sha256 } = await lab.archive();
    print(`${path}\n${sha256}`);
    return 0;
  },
};

async function main(argv: readonly string[]): Promise<number> {
  const { flags, words } = readArguments(argv);
  const [command, ...rest] = words;
  if (flags.help === true || command === undefined) {
    process.stdout.write(HELP);
    return command === undefined && flags.help !== true ? 64 : 0;
  }
  if (command === 'install') return quietly(install());
  const action = ACTIONS[command];
  if (action === undefined) throw new LabError(`there is no command "${command}"; see: npm run lab -- --help`);
  if (needsHolder()) return withoutRoot(command, flags.name ?? process.env['ZAPAS_LAB'] ?? 'demo');
  return action(openLab(flags.name), rest, flags);
}

// The same command is run again where this user is root: in the lab's own user namespace.
async function withoutRoot(command: string, lab: string): Promise<number> {
  await prepareHolder(tellStandardError);
  const code = await runInHolder(lab, tellStandardError);
  if (command === 'down' && code === 0) await endHolder(lab);
  return code;
}

// What follows "--", and what follows the host of "ssh" and "run", belongs to the command and is not ours to read.
function readArguments(argv: readonly string[]) {
  const dashes = argv.indexOf('--');
  const end = Math.min(afterHost(argv) ?? argv.length, dashes === -1 ? argv.length : dashes);
  const { values, positionals } = parseArgs({ args: argv.slice(0, end), options: OPTIONS, allowPositionals: true });
  return { flags: values, words: [...positionals, ...argv.slice(end === dashes ? end + 1 : end)] };
}

function afterHost(argv: readonly string[]): number | undefined {
  const { tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [command, host] = tokens.filter((token) => token.kind === 'positional');
  const takesCommand = command?.value === 'ssh' || command?.value === 'run';
  return takesCommand && host !== undefined ? host.index + 1 : undefined;
}

function labOptions(flags: Flags): Partial<LabOptions> {
  return {
    ...(flags.data === undefined ? {} : { dataMiB: wholeNumber(flags.data) }),
    ...(flags.checksums === true ? { walSafety: 'checksums' } : {}),
    ...(flags.polish === true ? { lcMessages: 'pl_PL.UTF-8' } : {}),
    ...(flags['bare-standby'] === true ? { binaries: 'none' } : {}),
    ...(flags.windows === true ? { system: 'windows' } : {}),
  };
}

async function showStatus(lab: Lab): Promise<number> {
  const { hosts } = await lab.status();
  print(`lab "${lab.name}" (${lab.backend}, ${lab.dir})`);
  if (hosts.length === 0) print('  no hosts: npm run lab -- up');
  const others = allLabs().filter((name) => name !== lab.name);
  for (const host of hosts) {
    const link = host.cut ? 'cable out' : 'connected';
    print(
      `  ${host.name.padEnd(12)} ${host.address.padEnd(12)} ${host.state.padEnd(4)} ${link.padEnd(10)} PostgreSQL: ${host.postgres}`,
    );
  }
  if (others.length > 0) print(`other labs: ${others.join(', ')}`);
  return 0;
}

async function quietly(work: Promise<void>): Promise<number> {
  await work;
  return 0;
}

function needed(word: string | undefined, what: string): string {
  if (word === undefined) throw new LabError(`${what} is missing; see: npm run lab -- --help`);
  return word;
}

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]*$/.test(text)) throw new LabError(`"${text}" is not a number of MiB`);
  return Number(text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (cause) {
  const isForPeople = cause instanceof LabError || (cause instanceof TypeError && 'code' in cause);
  process.stderr.write(`lab: ${isForPeople ? cause.message : String(cause instanceof Error ? cause.stack : cause)}\n`);
  process.exitCode = 1;
}
