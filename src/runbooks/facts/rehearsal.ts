import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { psql, type Server } from './psql.ts';
import { keyValues, onBoth, script, unreadable, valuesOf } from './shell.ts';

/** What rehearsals have put beside a data directory. */
export interface Rehearsals {
  /** The data directory's real place. */
  readonly real: string;
  /** Copies that stand there now, and those of tablespaces, by path; this run's own among them. */
  readonly copies: readonly string[];
}

/** A copy holds those of the tablespaces. */
const BESIDE = `
$place = [IO.DirectoryInfo]::new($words[0])
Line "real=$($place.FullName.TrimEnd('\\'))"
if (-not $place.Parent -or -not $place.Parent.Exists) { Leave exit 0 }
foreach ($copy in $place.Parent.GetDirectories("$($place.Name).rehearsal-*")) { Line "copy=$($copy.FullName)" }`;

/** Copies beside a data directory and beside its tablespaces, as the directory's own links name these. */
export const rehearsals: Fact<{ readonly dataDir: string }, Rehearsals> = {
  id: 'files.rehearsals',
  read: {
    posix: ({ dataDir }) =>
      script(
        `
r=$(readlink -f -- "$1") || r=$1
echo "real=$r"
sides() { for s in "$1".rehearsal-*; do [ -d "$s" ] && echo "copy=$s"; done; }
sides "$r"
for l in "$r"/pg_tblspc/*; do [ -L "$l" ] && sides "$(readlink -- "$l")"; done
exit 0`,
        [dataDir],
      ),
    windows: ({ dataDir }) => powershell(BESIDE, [dataDir]),
  },
  parse(result) {
    const output = text(result.stdout);
    const real = keyValues(output).get('real');
    if (result.code !== 0 || !real) throw unreadable('files.rehearsals', text(result.stderr));
    return { real, copies: valuesOf(output, 'copy') };
  },
};

/**
 * Does the WAL that a standby replays hold whole pages, so that a copy made while it runs can be mended by it? What the primary said in
 * the last checkpoint that the standby knows.
 */
export const fullPageWrites: Fact<{ readonly server: Server }, boolean> = {
  id: 'database.full-page-writes',
  read: onBoth(({ server }) => psql(server, 'select full_page_writes from pg_control_checkpoint();')),
  parse(result) {
    if (result.code !== 0) throw unreadable('database.full-page-writes', text(result.stderr));
    return text(result.stdout).trim() === 't';
  },
};
