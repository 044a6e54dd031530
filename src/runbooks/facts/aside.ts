import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { script, unreadable, valuesOf } from './shell.ts';

/** An old data directory (or tablespace) that a rebuild has kept. */
export interface KeptCopy {
  readonly path: string;
  readonly bytes: number;
}

const KEPT = `
foreach ($path in $words) {
  $place = [IO.FileInfo]::new($path)
  if (-not [IO.Directory]::Exists($place.DirectoryName)) { continue }
  foreach ($kept in [IO.Directory]::GetDirectories($place.DirectoryName, "$($place.Name).old-*")) {
    $bytes = [int64]0
    foreach ($file in [IO.Directory]::EnumerateFiles($kept, '*', [IO.SearchOption]::AllDirectories)) { $bytes += [IO.FileInfo]::new($file).Length }
    Line "kept=$([Math]::Ceiling($bytes / 1024)) $kept"
  }
}`;

/** What stands beside a data directory under its name and `.old-…`, with its size. */
export const keptCopies: Fact<{ readonly paths: readonly string[] }, readonly KeptCopy[]> = {
  id: 'files.kept-copies',
  read: {
    posix: ({ paths }) =>
      script(
        `
for p do
  r=$(readlink -f -- "$p") || r=$p
  for d in "$r".old-*; do if [ -d "$d" ]; then echo "kept=$(du -sk -- "$d" | tr '\\t' ' ')"; fi; done
done
exit 0`,
        paths,
        { timeoutMs: 120_000 },
      ),
    windows: ({ paths }) => powershell(KEPT, paths, { timeoutMs: 120_000 }),
  },
  parse(result) {
    if (result.code !== 0) throw unreadable('files.kept-copies', text(result.stderr));
    return valuesOf(text(result.stdout), 'kept').flatMap((row) => {
      const match = /^(\d+) (.+)$/.exec(row);
      return match?.[2] ? [{ path: match[2], bytes: Number(match[1]) * 1024 }] : [];
    });
  },
};
