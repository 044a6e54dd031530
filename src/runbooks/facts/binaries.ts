import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { type BasebackupBuild, detectBasebackupBuild } from '../postgres/basebackup.ts';
import { PROGRAMS, powershell } from './powershell.ts';
import { keyValues, script, unreadable } from './shell.ts';

/** Programs a standby needs from binDir. */
export const NEEDED_PROGRAMS = [
  'postgres',
  'pg_ctl',
  'psql',
  'pg_basebackup',
  'pg_verifybackup',
  'pg_controldata',
  'pg_isready',
] as const;

/** What binDir holds (M06). */
export interface Binaries {
  /** Nothing of PostgreSQL is there. */
  readonly absent: boolean;
  readonly missing: readonly string[];
  /** `17.12`; empty when `postgres` is missing or does not run. */
  readonly version: string;
  /** 0 when unknown. */
  readonly major: number;
  readonly build: BasebackupBuild;
  /** pg_verifybackup can read WAL too. */
  readonly waldump: boolean;
}

const LOOK = `${PROGRAMS}
$bin = $words[0]
$needed = @($words[1..($words.Length - 1)])
foreach ($name in $needed) { if (-not [IO.File]::Exists("$bin\\$name.exe")) { Line "missing=$name" } }
if ([IO.File]::Exists("$bin\\pg_waldump.exe")) { Line 'waldump=yes' }
$version = Run "$bin\\postgres.exe" @('--version') @() @() 10000
if ($version.Code -eq 0) { Line "version=$($utf8.GetString($version.Out).Trim())" }
$help = Run "$bin\\pg_basebackup.exe" @('--help') @('LC_ALL', 'C') @() 10000
if ($help.Code -eq 0) { Line '--'; Pass $help.Out $out }`;

/** PostgreSQL's programs in a directory and their version; the build of pg_basebackup (M14). */
export const binaries: Fact<{ readonly binDir: string }, Binaries> = {
  id: 'binaries.programs',
  read: {
    posix: ({ binDir }) =>
      script(
        `
d=$1; shift
for p do [ -x "$d/$p" ] || echo "missing=$p"; done
[ -x "$d/pg_waldump" ] && echo waldump=yes
[ -x "$d/postgres" ] && echo "version=$("$d/postgres" --version 2>&1)"
[ -x "$d/pg_basebackup" ] && { echo --; "$d/pg_basebackup" --help; }
exit 0`,
        [binDir, ...NEEDED_PROGRAMS],
      ),
    windows: ({ binDir }) => powershell(LOOK, [binDir, ...NEEDED_PROGRAMS], { timeoutMs: 30_000 }),
  },
  parse(result) {
    const output = text(result.stdout);
    if (result.code !== 0) throw unreadable('binaries.programs', text(result.stderr));
    const fields = keyValues(output.split('\n--\n')[0] ?? '');
    const missing = NEEDED_PROGRAMS.filter((program) => output.split('\n').includes(`missing=${program}`));
    const version = /^postgres \(PostgreSQL\) (\d+(?:\.\d+)*\w*)/.exec(fields.get('version') ?? '')?.[1] ?? '';
    return {
      absent: missing.length === NEEDED_PROGRAMS.length,
      missing,
      version,
      major: Number.parseInt(version, 10) || 0,
      build: detectBasebackupBuild(output),
      waldump: fields.has('waldump'),
    };
  },
};
