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

/**
 * Values: milliseconds, working directory, number of environment words, these (name, value …), program, its line of arguments.
 * The payload is the program's standard input.
 */
export const RUN = `${CHILD}
$limit, $cwd, $count = $words[0..2]
$pairs = @(if ([int]$count -gt 0) { $words[3..(2 + [int]$count)] })
$file, $line = $words[(3 + [int]$count)..(4 + [int]$count)]
$clock = [Diagnostics.Stopwatch]::StartNew()
try { $child = New-Child $file $line $cwd $pairs }
catch { Fail 127 "$file\`: $(Reason $_)" }
$copies = [Threading.Tasks.Task[]]@(
  $child.StandardOutput.BaseStream.CopyToAsync($out), $child.StandardError.BaseStream.CopyToAsync($err))
$feed = $child.StandardInput.BaseStream.WriteAsync($payload, 0, $payload.Length)
while (-not $child.WaitForExit(20)) {
  if ($feed -and $feed.IsCompleted) {
    $feed = $null
    try { $child.StandardInput.Close() } catch { }
  }
  if ($clock.ElapsedMilliseconds -ge [int64]$limit) { Stop-Tree $child.Id; Leave timeout }
}
try { [void][Threading.Tasks.Task]::WaitAll($copies, 2000) } catch { }
$err.Flush()
Leave exit $child.ExitCode
`;
