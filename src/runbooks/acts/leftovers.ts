import type { Cluster, Host } from '../../domain/inventory.ts';
import type { ExecChange, StepInput } from '../../domain/step.ts';
import { powershell } from '../facts/powershell.ts';
import { joinPath } from '../paths.ts';
import { onFamily } from './family.ts';
import { run, runAs } from './server.ts';

/** Where this run puts files aside on the new primary; nothing is ever deleted. */
export function asideDirectory({ run: id, standby }: StepInput): string {
  return joinPath(standby.stateDir, 'aside', id);
}

const MOVE_WINDOWS = `
$data, $aside = $words[0], $words[1]
$masks = @($words[2..($words.Length - 1)])
[void][IO.Directory]::CreateDirectory($aside)
foreach ($mask in $masks) {
  foreach ($file in [IO.DirectoryInfo]::new($data).GetFiles($mask)) {
    $to = "$aside\\$($file.Name)"
    if ([IO.File]::Exists($to)) { [IO.File]::Delete($to) }
    Insist { [IO.File]::Move($file.FullName, $to) }
  }
}`;

/**
 * Moves what must not stay in the data directory of a primary (M21, M22) to the run's own folder. The same commands whatever
 * is there, so a second time does no harm.
 */
export function moveAside(input: StepInput): readonly ExecChange[] {
  const { cluster, standby } = input;
  const aside = asideDirectory(input);
  const masks = ['standby.signal', 'backup_*', `${MARK}.*`];
  return onFamily(standby, {
    posix: () => {
      const names = masks.flatMap((mask, index) => [...(index === 0 ? [] : ['-o']), '-name', mask]);
      const move = ['-exec', 'mv', '-t', aside, '--', '{}', '+'];
      return [
        run(standby.id, ['mkdir', '-p', '-m', '700', aside]),
        run(standby.id, ['find', cluster.dataDir, '-maxdepth', '1', '(', ...names, ')', ...move]),
      ];
    },
    windows: () => [
      { kind: 'exec', host: standby.id, command: powershell(MOVE_WINDOWS, [cluster.dataDir, aside, ...masks]) },
    ],
  });
}

/** Name of the file in the data directory that keeps what the first write answered, until it is moved aside. */
export const MARK = 'zapas.first-write';

/** The file names {@link moveAside} would move. */
export function leftovers(files: readonly string[]): readonly string[] {
  return files.filter((name) => name === 'standby.signal' || name.startsWith('backup_') || name.startsWith(`${MARK}.`));
}

/** PostgreSQL since 12 refuses to start while a file of this name is in its data directory. */
export const TRIPWIRE = 'recovery.conf';

/** A full disk leaves the file empty, and an empty one trips as well; the step's verification tells whether it is there. */
export function layTripwire(host: Host, cluster: Cluster, text: string): ExecChange {
  const path = joinPath(cluster.dataDir, TRIPWIRE);
  const change = onFamily(host, {
    posix: () => runAs(host, cluster, ['tee', path]),
    windows: (): ExecChange => ({
      kind: 'exec',
      host: host.id,
      command: powershell('[IO.File]::WriteAllBytes($words[0], $payload)', [path]),
    }),
  });
  return { ...change, command: { ...change.command, stdin: text }, okExit: [0, 1] };
}

/** Removes files of ours that are there; `own` are the service account's. */
export function removeFiles(
  host: Host,
  cluster: Cluster,
  { own, ours }: { readonly own: readonly string[]; readonly ours: readonly string[] },
): readonly ExecChange[] {
  return onFamily(host, {
    posix: () => [
      ...own.map((path) => runAs(host, cluster, ['rm', '-f', '--', path])),
      ...ours.map((path) => run(host.id, ['rm', '-f', '--', path])),
    ],
    windows: () => [
      {
        kind: 'exec',
        host: host.id,
        command: powershell('foreach ($path in $words) { Insist { [IO.File]::Delete($path) } }', [...own, ...ours]),
      },
    ],
  });
}

/** Notes what time it is on the host, unless that was noted already: only the first attempt counts. */
export function noteMoment(host: Host, path: string): ExecChange {
  const script = `
if (-not [IO.File]::Exists($words[0])) {
  [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($words[0]))
  [IO.File]::WriteAllText($words[0], "$([DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds())")
}`;
  return onFamily(host, {
    posix: () => run(host.id, ['/bin/sh', '-c', '[ -e "$1" ] || date +%s%3N > "$1"', 'sh', path]),
    windows: () => ({ kind: 'exec', host: host.id, command: powershell(script, [path]) }),
  });
}
