/**
 * Values: milliseconds, working directory, number of environment words, these (name, value …), program, its line of arguments.
 * The payload is the program's standard input.
 */
export const RUN = `
$limit, $cwd, $count = $words[0..2]
$pairs = @(if ([int]$count -gt 0) { $words[3..(2 + [int]$count)] })
$file, $line = $words[(3 + [int]$count)..(4 + [int]$count)]
$clock = [Diagnostics.Stopwatch]::StartNew()
try { $child = New-Child $file $line $cwd $pairs }
catch { Fail 127 "$file\`: $(Reason $_)" }
Remember $child
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
