/**
 * Starting and ending programs on a Windows host. The program's arguments come as one line, quoted already: .NET of Windows
 * PowerShell has no list for them.
 */
export const CHILD = `
function New-Child([string]$file, [string]$line, [string]$cwd, [string[]]$pairs) {
  $info = [Diagnostics.ProcessStartInfo]::new($file, $line)
  $info.UseShellExecute = $false
  $info.CreateNoWindow = $true
  $info.RedirectStandardInput = $true
  $info.RedirectStandardOutput = $true
  $info.RedirectStandardError = $true
  if ($cwd) { $info.WorkingDirectory = $cwd }
  for ($at = 0; $at -lt $pairs.Length; $at += 2) { $info.EnvironmentVariables[$pairs[$at]] = $pairs[$at + 1] }
  return [Diagnostics.Process]::Start($info)
}
function Test-Process($id, $started) {
  try { return [Diagnostics.Process]::GetProcessById([int]$id).StartTime.ToFileTimeUtc() -eq [int64]$started } catch { return $false }
}
function Stop-Tree([int]$id) {
  $info = [Diagnostics.ProcessStartInfo]::new('taskkill.exe', "/F /T /PID $id")
  $info.UseShellExecute = $false
  $info.CreateNoWindow = $true
  $info.RedirectStandardOutput = $true
  $info.RedirectStandardError = $true
  $killer = [Diagnostics.Process]::Start($info)
  [void]$killer.StandardOutput.ReadToEndAsync()
  [void]$killer.StandardError.ReadToEndAsync()
  [void]$killer.WaitForExit(15000)
}
`;

const OUTPUT = `$out = [Console]::OpenStandardOutput()
$err = [Console]::OpenStandardError()
function Say($stream, [string]$text) {
  $bytes = $utf8.GetBytes($text)
  $stream.Write($bytes, 0, $bytes.Length)
  $stream.Flush()
}
`;

const TROUBLE = `function Fail([int]$code, [string]$why) { Say $err $why; Leave exit $code }
function Reason($problem) {
  $cause = $problem.Exception
  while ($cause.InnerException) { $cause = $cause.InnerException }
  if ($cause -is [IO.IOException] -and ($cause.HResult -band 0xFFFF) -in 39, 112) { return 'no space left' }
  return $cause.Message
}
function Insist([scriptblock]$act) {
  for ($try = 1; ; $try++) {
    try { return & $act }
    catch {
      $cause = $_.Exception
      while ($cause.InnerException) { $cause = $cause.InnerException }
      if ($try -ge 20 -or $cause -isnot [IO.IOException] -or ($cause.HResult -band 0xFFFF) -notin 5, 32, 33) { throw }
      [Threading.Thread]::Sleep(250)
    }
  }
}
`;

/**
 * Before a script that runs as a job: no lock and no marks, its exit code is its own. `$words` becomes its values.
 */
export const JOB_PRELUDE = `${CHILD}
$words = @(if ($words.Length -gt 1) { $words[1..($words.Length - 1)] })
${OUTPUT}function Leave([string]$verdict, [string]$value) { $out.Flush(); [Environment]::Exit([int]$value) }
${TROUBLE}trap { Say $err (Reason $_); Leave exit 1 }
`;

/**
 * Before every script on a Windows host: its first words, and the lock. Constant text for Windows PowerShell 5.1 and later, of the
 * language and .NET alone, so it needs no module and does the same whatever a host has installed.
 *
 * `$words` becomes the script's own values, `$payload` its bytes. `Leave` says how it ended, as the last thing on standard error;
 * `Fail` is an end with exit code and reason. `Remember` notes the program in the lock's file, behind the token: should PowerShell be
 * ended, the next change ends what is left of that program before it begins.
 */
export const PRELUDE = `${CHILD}
$tag, $fence, $token, $patience, $length = $words[1..5]
$words = @(if ($words.Length -gt 6) { $words[6..($words.Length - 1)] })
${OUTPUT}function Leave([string]$verdict, [string]$value) {
  $out.Flush()
  Say $err "\`n$tag $verdict $value\`n"
  [Environment]::Exit(0)
}
${TROUBLE}function Remember($child) {
  if (-not $lock) { return }
  $note = $utf8.GetBytes("$($child.Id) $($child.StartTime.ToFileTimeUtc())".PadRight(40))
  $lock.Position = 20
  $lock.Write($note, 0, 40)
  $lock.Flush()
}
trap { Say $err (Reason $_); Leave failed }
Say $out "$tag\`n"
Say $err "$tag\`n"
$payload = Read-Bytes $length
if ($payload.Length -lt [int]$length) { Leave truncated }
if ($fence) {
  $folder = [IO.Path]::GetDirectoryName($fence)
  $ours = [IO.Path]::GetDirectoryName($folder)
  try {
    if (-not [IO.Directory]::Exists($ours)) {
      [void][IO.Directory]::CreateDirectory($ours)
      # Below ProgramData everybody may make files; what we run from here must be nobody else's.
      $grants = '/inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F'
      $tool = New-Child 'icacls.exe' ('"' + $ours + '" ' + $grants) '' @()
      $told = $tool.StandardOutput.ReadToEnd() + $tool.StandardError.ReadToEnd()
      if (-not $tool.WaitForExit(15000) -or $tool.ExitCode -ne 0) { throw "icacls: $told" }
    }
    [void][IO.Directory]::CreateDirectory($folder)
  }
  catch { Say $err (Reason $_); Leave unwritable }
  $until = [DateTime]::UtcNow.AddSeconds([double]$patience)
  while ($true) {
    try { $lock = [IO.FileStream]::new($fence, [IO.FileMode]::OpenOrCreate, [IO.FileAccess]::ReadWrite, [IO.FileShare]::None); break }
    catch [UnauthorizedAccessException] { Say $err (Reason $_); Leave unwritable }
    catch { if ([DateTime]::UtcNow -ge $until) { Leave busy } }
    [Threading.Thread]::Sleep(100)
  }
  $held = [byte[]]::new(60)
  $said = $utf8.GetString($held, 0, $lock.Read($held, 0, 60)).PadRight(60)
  $newest = $said.Substring(0, 20).Trim().PadLeft(20, '0')
  $asked = $token.PadLeft(20, '0')
  if ([string]::CompareOrdinal($asked, $newest) -lt 0) { Leave fenced $newest.TrimStart('0') }
  $before = $said.Substring(20).Trim().Split(' ')
  for ($tries = 0; $before.Length -eq 2 -and (Test-Process $before[0] $before[1]); $tries++) {
    # Whoever started it is gone, or the lock would not be ours; what it left must not go on beside us.
    if ($tries -ge 20) { Leave busy }
    Stop-Tree $before[0]
    [Threading.Thread]::Sleep(100)
  }
  if ($asked -ne $newest) {
    $lock.Position = 0
    $lock.Write($utf8.GetBytes($asked), 0, 20)
    $lock.Flush($true)
  }
}
`;
