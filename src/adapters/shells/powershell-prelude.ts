/**
 * Before every script on a Windows host: its first words, and the lock. Constant text for Windows PowerShell 5.1 and later, of the
 * language and .NET alone, so it needs no module and does the same whatever a host has installed.
 *
 * `$words` becomes the script's own values, `$payload` its bytes. `Leave` says how it ended, as the last thing on standard error;
 * `Fail` is an end with exit code and reason.
 */
export const PRELUDE = `
$tag, $fence, $token, $patience, $length = $words[1..5]
$words = @(if ($words.Length -gt 6) { $words[6..($words.Length - 1)] })
$out = [Console]::OpenStandardOutput()
$err = [Console]::OpenStandardError()
function Say($stream, [string]$text) {
  $bytes = $utf8.GetBytes($text)
  $stream.Write($bytes, 0, $bytes.Length)
  $stream.Flush()
}
function Leave([string]$verdict, [string]$value) {
  $out.Flush()
  Say $err "\`n$tag $verdict $value\`n"
  [Environment]::Exit(0)
}
function Fail([int]$code, [string]$why) { Say $err $why; Leave exit $code }
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
trap { Say $err (Reason $_); Leave failed }
Say $out "$tag\`n"
Say $err "$tag\`n"
$payload = Read-Bytes $length
if ($payload.Length -lt [int]$length) { Leave truncated }
if ($fence) {
  try { [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($fence)) }
  catch { Say $err (Reason $_); Leave unwritable }
  $until = [DateTime]::UtcNow.AddSeconds([double]$patience)
  while ($true) {
    try { $lock = [IO.FileStream]::new($fence, [IO.FileMode]::OpenOrCreate, [IO.FileAccess]::ReadWrite, [IO.FileShare]::None); break }
    catch [UnauthorizedAccessException] { Say $err (Reason $_); Leave unwritable }
    catch { if ([DateTime]::UtcNow -ge $until) { Leave busy } }
    [Threading.Thread]::Sleep(100)
  }
  $held = [byte[]]::new(20)
  $newest = if ($lock.Read($held, 0, 20) -eq 20) { $utf8.GetString($held) } else { '0' * 20 }
  $asked = $token.PadLeft(20, '0')
  if ([string]::CompareOrdinal($asked, $newest) -lt 0) { Leave fenced $newest.TrimStart('0') }
  if ($asked -ne $newest) {
    $lock.Position = 0
    $lock.Write($utf8.GetBytes($asked), 0, 20)
    $lock.Flush($true)
  }
}
`;
