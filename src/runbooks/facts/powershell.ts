import type { CommandLine } from '../../domain/command.ts';

interface PowershellOptions {
  readonly timeoutMs?: number;
}

/**
 * A short script for a Windows host's PowerShell: the language and .NET alone. Values come in as `$words[0]`, `$words[1]` …, standard
 * input as the bytes of `$payload`; they are never part of its text. It answers by `Line`, and ends with exit code 0 unless it says
 * `Leave exit <code>`. Gives up after 15 s unless said otherwise. Source: docs/adr/0010-windows-hosts.md.
 */
export function powershell(text: string, values: readonly string[], options: PowershellOptions = {}): CommandLine {
  const { timeoutMs = 15_000 } = options;
  return { argv: ['powershell', `${LINE}${text.trim()}\nLeave exit 0`, ...values], timeoutMs };
}

const LINE = 'function Line([string]$text) { Say $out "$text`n" }\n';

/**
 * For scripts that start programs. `Run program (arguments) (name value …) bytes milliseconds` gives `Code` (124: it took too long, 127:
 * it could not be started), `Out` and `Err`, both in bytes: what PostgreSQL's programs print is UTF-8 when they are asked for it.
 */
export const PROGRAMS = `
function Quote([string]$word) {
  if ($word -match '^[^\\s"]+$') { return $word }
  $inner = [regex]::Replace($word, '(\\\\*)"', '$1$1\\"')
  return '"' + [regex]::Replace($inner, '(\\\\+)$', '$1$1') + '"'
}
function Run([string]$file, [string[]]$list, [string[]]$pairs, [byte[]]$feed, [int]$limit) {
  $none = [byte[]]::new(0)
  if (-not [IO.File]::Exists($file)) { return @{ Code = 127; Out = $none; Err = $utf8.GetBytes("$file is not there") } }
  $line = [string]::Join(' ', @(foreach ($word in $list) { Quote $word }))
  $child = New-Child $file $line '' $pairs
  $said, $cried = [IO.MemoryStream]::new(), [IO.MemoryStream]::new()
  $copies = [Threading.Tasks.Task[]]@(
    $child.StandardOutput.BaseStream.CopyToAsync($said), $child.StandardError.BaseStream.CopyToAsync($cried))
  try {
    if ($feed.Length -gt 0) { $child.StandardInput.BaseStream.Write($feed, 0, $feed.Length) }
    $child.StandardInput.Close()
  } catch { }
  if (-not $child.WaitForExit($limit)) { Stop-Tree $child.Id; return @{ Code = 124; Out = $none; Err = $utf8.GetBytes('timeout expired') } }
  try { [void][Threading.Tasks.Task]::WaitAll($copies, 2000) } catch { }
  return @{ Code = $child.ExitCode; Out = $said.ToArray(); Err = $cried.ToArray() }
}
function Pass([byte[]]$bytes, $stream) { $stream.Write($bytes, 0, $bytes.Length); $stream.Flush() }
`;

/**
 * For scripts that ask for a server by its data directory. `Find-Postmaster` gives the lines of its postmaster.pid while that process
 * lives: it is PostgreSQL's, and it is not younger than the file (H27).
 */
export const POSTMASTER = `
function Find-Postmaster([string]$data) {
  try {
    $path = "$data\\postmaster.pid"
    $share = [IO.FileShare]'ReadWrite, Delete'
    $reader = [IO.StreamReader]::new([IO.FileStream]::new($path, [IO.FileMode]::Open, [IO.FileAccess]::Read, $share), $utf8)
    $lines = $reader.ReadToEnd().Replace("$([char]13)", '').Split([char]10)
    $reader.Dispose()
    $process = [Diagnostics.Process]::GetProcessById([int]$lines[0])
    if ($process.ProcessName -ne 'postgres') { return }
    if ($process.StartTime.ToUniversalTime() -gt [IO.FileInfo]::new($path).LastWriteTimeUtc.AddSeconds(2)) { return }
    return , $lines
  } catch { return }
}
`;
