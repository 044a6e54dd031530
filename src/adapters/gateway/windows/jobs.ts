import { CHILD } from '../../shells/powershell-prelude.ts';
import { JOB_EXITS } from '../posix/jobs.ts';

/**
 * Detached jobs on a Windows host. WinRM and sshd end whatever their shells started, so the supervisor is started by the system's
 * own Win32_Process.Create.
 *
 * A job's directory holds `supervisor` (its script), `task` and `stdin` (what to run), `boot` (time and clock of the machine at the
 * start), `begun` (the supervisor came this far), `pid` (supervisor and program, each with its start time), `log` (both outputs as
 * they came) and at the end `rc`.
 */
const SUPERVISOR = `
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try { [IO.FileStream]::new("$dir\\begun", [IO.FileMode]::CreateNew).Dispose() } catch { return }
${CHILD}
function Keep([string]$name, [string]$text) {
  [IO.File]::WriteAllText("$dir\\$name.new", $text)
  [IO.File]::Move("$dir\\$name.new", "$dir\\$name")
}
$utf8 = [Text.UTF8Encoding]::new($false)
$words = @(foreach ($word in [IO.File]::ReadAllText("$dir\\task").Split(' ')) { $utf8.GetString([Convert]::FromBase64String($word)) })
$payload = [IO.File]::ReadAllBytes("$dir\\stdin")
[IO.File]::Delete("$dir\\stdin")
$count = [int]$words[2]
$pairs = @(if ($count -gt 0) { $words[3..(2 + $count)] })
$log = [IO.FileStream]::new("$dir\\log", [IO.FileMode]::Append, [IO.FileAccess]::Write, [IO.FileShare]::ReadWrite)
$me = [Diagnostics.Process]::GetCurrentProcess()
$mine = "$($me.Id) $($me.StartTime.ToFileTimeUtc())"
$clock = [Diagnostics.Stopwatch]::StartNew()
try { $child = New-Child $words[3 + $count] $words[4 + $count] $words[1] $pairs }
catch {
  $bytes = $utf8.GetBytes("$($words[3 + $count]): $($_.Exception.GetBaseException().Message)\`r\`n")
  $log.Write($bytes, 0, $bytes.Length)
  $log.Dispose()
  Keep rc 127
  return
}
Keep pid "$mine $($child.Id) $($child.StartTime.ToFileTimeUtc())"
$feed = $child.StandardInput.BaseStream.WriteAsync($payload, 0, $payload.Length)
$sources = @($child.StandardOutput.BaseStream, $child.StandardError.BaseStream)
$buffers = @([byte[]]::new(65536), [byte[]]::new(65536))
$reads = @($sources[0].ReadAsync($buffers[0], 0, 65536), $sources[1].ReadAsync($buffers[1], 0, 65536))
$code = $null
$quiet = $null
while ($true) {
  $open = [Threading.Tasks.Task[]]@($reads | Where-Object { $null -ne $_ })
  if ($open.Length -gt 0) { try { [void][Threading.Tasks.Task]::WaitAny($open, 200) } catch { } }
  $got = $false
  foreach ($at in 0, 1) {
    if ($null -eq $reads[$at] -or -not $reads[$at].IsCompleted) { continue }
    $size = if ($reads[$at].IsFaulted) { 0 } else { $reads[$at].Result }
    if ($size -eq 0) { $reads[$at] = $null; continue }
    $got = $true
    try { $log.Write($buffers[$at], 0, $size); $log.Flush() } catch { }
    $reads[$at] = $sources[$at].ReadAsync($buffers[$at], 0, 65536)
  }
  if ($feed -and $feed.IsCompleted) {
    $feed = $null
    try { $child.StandardInput.Close() } catch { }
  }
  if ($null -eq $code -and $clock.ElapsedMilliseconds -ge [int64]$words[0]) {
    $code = 124
    Stop-Tree $child.Id
  }
  if (-not $child.HasExited) { continue }
  # Something it left behind may hold its outputs open; two silent seconds are enough.
  if ($got -or $null -eq $quiet) { $quiet = [Diagnostics.Stopwatch]::StartNew() }
  if ($open.Length -eq 0 -or $quiet.ElapsedMilliseconds -gt 2000) { break }
}
if ($null -eq $code) { $code = $child.ExitCode }
$log.Dispose()
Keep rc "$code"
`;

/** The supervisor's script is a value of {@link START_JOB}. */
export const STARTERS = [SUPERVISOR.trim()] as const;

const CLOCK = `
function Get-Clock { return "$([DateTime]::UtcNow.Ticks) $([Diagnostics.Stopwatch]::GetTimestamp()) $([Diagnostics.Stopwatch]::Frequency)" }
`;

/**
 * Values: directory of all jobs, id, supervisor, then the task as in RUN. The payload is the program's standard input. Renaming the
 * finished directory into its place decides who starts. Returns when the job is known to run, or to be over.
 */
export const START_JOB = `${CLOCK}
$jobs, $id, $supervisor = $words[0..2]
$task = @($words[3..($words.Length - 1)])
$dir = "$jobs\\$id"
if ([IO.Directory]::Exists($dir)) { Leave exit 0 }
try {
  $new = [IO.Directory]::CreateDirectory("$jobs\\.$id.$([guid]::NewGuid().ToString('N').Substring(0, 8))").FullName
  [IO.File]::WriteAllText("$new\\boot", (Get-Clock))
  [IO.File]::WriteAllText("$new\\supervisor", $supervisor)
  [IO.File]::WriteAllText("$new\\task", (@(foreach ($word in $task) { [Convert]::ToBase64String($utf8.GetBytes($word)) }) -join ' '))
  [IO.File]::WriteAllBytes("$new\\stdin", $payload)
  [IO.File]::WriteAllBytes("$new\\log", [byte[]]::new(0))
} catch { Fail ${JOB_EXITS.unwritable} (Reason $_) }
try { [IO.Directory]::Move($new, $dir) }
catch {
  [IO.Directory]::Delete($new, $true)
  if (-not [IO.Directory]::Exists($dir)) { Fail ${JOB_EXITS.unwritable} (Reason $_) }
  Leave exit 0
}
$place = [Convert]::ToBase64String($utf8.GetBytes($dir))
$start = "\`$dir = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('$place'))\`n. ([scriptblock]::Create([IO.File]::ReadAllText(\`$dir + '\\supervisor')))"
$code = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($start))
$line = "powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -InputFormat None -OutputFormat Text -EncodedCommand $code"
$made = Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{ CommandLine = $line }
if ($made.ReturnValue -ne 0) { Fail ${JOB_EXITS.notStarted} "Win32_Process.Create: $($made.ReturnValue)" }
for ($tries = 0; -not ([IO.File]::Exists("$dir\\pid") -or [IO.File]::Exists("$dir\\rc")); $tries++) {
  if ($tries -ge 400) { Fail ${JOB_EXITS.notStarted} 'the supervisor did not begin' }
  [Threading.Thread]::Sleep(50)
}
Leave exit 0
`;

/** What the other scripts look at: does the job live, and what shall a poll say first? */
const LOOK = `
$dir = $words[0]
function Read-Small([string]$name) { try { return [IO.File]::ReadAllText("$dir\\$name") } catch { return '' } }
function Get-Alive {
  $known = (Read-Small pid).Split(' ')
  if ($known.Length -ne 4) { return @() }
  return @(foreach ($at in 2, 0) { if (Test-Process $known[$at] $known[$at + 1]) { $known[$at] } })
}
function Test-Rebooted {
  $then = (Read-Small boot).Split(' ')
  $ticked = ([Diagnostics.Stopwatch]::GetTimestamp() - [int64]$then[1]) / [double]$then[2]
  $passed = ([DateTime]::UtcNow.Ticks - [int64]$then[0]) / 1e7
  return $ticked -lt 0 -or $passed - $ticked -gt 120
}
function Get-State {
  $code = Read-Small rc
  if ($code) { return "exited $code" }
  if (Test-Rebooted) { return 'rebooted' }
  if (@(Get-Alive).Length -gt 0) { return 'running' }
  $code = Read-Small rc
  if ($code) { return "exited $code" }
  $age = ([DateTime]::UtcNow.Ticks - [int64](Read-Small boot).Split(' ')[0]) / 1e7
  if (-not [IO.File]::Exists("$dir\\pid") -and -not [IO.File]::Exists("$dir\\ended") -and $age -lt 30) { return 'running' }
  return 'vanished'
}
`;

/**
 * Values: directory, offset, most bytes. First line: the state, then output. A job whose output does not fit into one answer is
 * still `running` until the answer that completes it.
 */
export const POLL_JOB = `${LOOK}
$offset, $most = [int64]$words[1], [int64]$words[2]
if (-not [IO.Directory]::Exists($dir)) { Say $out "absent\`n"; Leave exit 0 }
for ($left = [int]$words[3]; $left -gt 0 -and -not [IO.File]::Exists("$dir\\rc"); $left--) { [Threading.Thread]::Sleep(100) }
$state = Get-State
$share = [IO.FileShare]::ReadWrite -bor [IO.FileShare]::Delete
$log = [IO.FileStream]::new("$dir\\log", [IO.FileMode]::Open, [IO.FileAccess]::Read, $share)
$size = [Math]::Max(0, [Math]::Min($log.Length - $offset, $most))
if ($state.StartsWith('exited') -and $log.Length -gt $offset + $size) { $state = 'running' }
Say $out "$state\`n"
$log.Position = [Math]::Min($offset, $log.Length)
$piece = [byte[]]::new($size)
$got = $log.Read($piece, 0, $size)
$out.Write($piece, 0, $got)
Leave exit 0
`;

/** Value: directory. Ends the program with what it started, then the supervisor; nothing of a job that was ended starts later. */
export const CANCEL_JOB = `${LOOK}
if (-not [IO.Directory]::Exists($dir)) { Leave exit 0 }
if (-not (Read-Small rc)) { [IO.File]::WriteAllText("$dir\\ended", '') }
try { [IO.FileStream]::new("$dir\\begun", [IO.FileMode]::CreateNew).Dispose() }
catch {
  # It has begun: it will tell its number in a moment, or has told it.
  for ($tries = 0; $tries -lt 100 -and -not (Read-Small pid) -and -not (Read-Small rc); $tries++) { [Threading.Thread]::Sleep(50) }
}
for ($tries = 0; ; $tries++) {
  $alive = @(Get-Alive)
  if ($alive.Length -eq 0) { Leave exit 0 }
  if ($tries -ge 40) { Say $out ($alive -join ' '); Leave exit ${JOB_EXITS.stillRuns} }
  # The supervisor first, so that it writes no exit code of a program that was ended.
  foreach ($id in $alive[($alive.Length - 1)..0]) { Stop-Tree $id }
  [Threading.Thread]::Sleep(250)
}
`;

/** Value: directory. Removes it when the job is over. */
export const REMOVE_JOB = `${LOOK}
if (-not [IO.Directory]::Exists($dir)) { Leave exit 0 }
if ((Get-State) -eq 'running') { Say $out (@(Get-Alive) -join ' '); Leave exit ${JOB_EXITS.stillRuns} }
try { Insist { [IO.Directory]::Delete($dir, $true) } } catch { Fail ${JOB_EXITS.unwritable} (Reason $_) }
Leave exit 0
`;
