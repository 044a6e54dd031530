import { FILE_EXITS } from '../posix/files.ts';

/** Value: path. The bytes are standard output. What a virus scanner or a backup holds for a moment is asked for again (H29). */
export const READ = `
$path = $words[0]
if (-not [IO.File]::Exists($path)) {
  if ([IO.Directory]::Exists($path)) { Fail 1 "a directory: $path" }
  Leave exit ${FILE_EXITS.absent}
}
$share = [IO.FileShare]::ReadWrite -bor [IO.FileShare]::Delete
$file = Insist { [IO.FileStream]::new($path, [IO.FileMode]::Open, [IO.FileAccess]::Read, $share) }
$file.CopyTo($out)
Leave exit 0
`;

/**
 * Values: path, expected SHA-256 or absent, SHA-256 of the content, whether a new file is for administrators and the reader alone,
 * that reader's account or nothing, then the validating command's standard input and the command as in {@link RUN}, or nothing. The payload is the content, standard
 * output the former content.
 *
 * The old file is kept beside the new one until it is accepted. Replacing keeps the access rights of the old file, and a file is
 * never there in part: NTFS renames whole files (H21: bytes as given, no byte order mark).
 */
export const WRITE = `
$path, $want, $sum, $closed, $reader = $words[0..4]
$feed = if ($words.Length -gt 5) { $words[5] }
$check = @(if ($words.Length -gt 6) { $words[6..($words.Length - 1)] })
function Get-Sum([byte[]]$bytes) {
  return [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}
function Unwritable([string]$why) { Remove-Aside; Fail ${FILE_EXITS.unwritable} $why }
function Changed([string]$found) { Remove-Aside; Say $out $found; Leave exit ${FILE_EXITS.changed} }
function Remove-Aside { foreach ($one in @($new, "$new.old")) { if ([IO.File]::Exists($one)) { Insist { [IO.File]::Delete($one) } } } }
function Restore-Old {
  if ($want -eq 'absent') { Insist { [IO.File]::Delete($path) } }
  else { Insist { [IO.File]::Replace("$new.old", $path, [NullString]::Value) } }
}
$folder = [IO.Path]::GetDirectoryName($path)
$new = [IO.Path]::Combine($folder, ".zapas.$([guid]::NewGuid().ToString('N').Substring(0, 8))")
if ((Get-Sum $payload) -ne $sum) { Leave truncated }
if ([IO.Directory]::Exists($path)) { Unwritable "a directory: $path" }
if (-not [IO.Directory]::Exists($folder)) { Unwritable "no such directory: $folder" }
$there = [IO.File]::Exists($path)
if ($there -and ([IO.File]::GetAttributes($path) -band [IO.FileAttributes]::ReparsePoint)) { Unwritable "a link: $path" }
if (-not $there -and $want -ne 'absent') { Changed absent }
if ($there) {
  $found = Get-Sum (Insist { [IO.File]::ReadAllBytes($path) })
  if ($found -ne $want) { Changed $found }
}
try {
  $file = [IO.FileStream]::new($new, [IO.FileMode]::CreateNew, [IO.FileAccess]::Write, [IO.FileShare]::None)
  if (-not $there -and $closed -eq 'yes') {
    # Closed before the first secret byte is in it.
    $grants = '/grant:r *S-1-5-18:F *S-1-5-32-544:F'
    if ($reader) { $grants += ' "' + $reader.Replace('"', '') + ':R"' }
    $tool = New-Child 'icacls.exe' ('"' + $new + '" /inheritance:r ' + $grants) '' @()
    $told = $tool.StandardOutput.ReadToEnd() + $tool.StandardError.ReadToEnd()
    [void]$tool.WaitForExit(15000)
    if ($tool.ExitCode -ne 0) { $file.Dispose(); Unwritable "icacls: $told" }
  }
  $file.Write($payload, 0, $payload.Length)
  $file.Flush($true)
  $file.Dispose()
  if ($there) { Insist { [IO.File]::Replace($new, $path, "$new.old") } }
  elseif ([IO.File]::Exists($path)) { Changed appeared }
  else { [IO.File]::Move($new, $path) }
}
catch {
  if ($file) { $file.Dispose() }
  Unwritable (Reason $_)
}
if ($there) {
  $old = Insist { [IO.File]::ReadAllBytes("$new.old") }
  $found = Get-Sum $old
  if ($found -ne $want) { Restore-Old; Changed $found }
}
if ($check.Length -gt 0) {
  $count = [int]$check[2]
  $pairs = @(if ($count -gt 0) { $check[3..(2 + $count)] })
  $verdict = ''
  $code = 127
  try {
    $child = New-Child $check[3 + $count] $check[4 + $count] $check[1] $pairs
    Remember $child
    $said = $child.StandardOutput.ReadToEndAsync(), $child.StandardError.ReadToEndAsync()
    $bytes = $utf8.GetBytes($feed)
    try { $child.StandardInput.BaseStream.Write($bytes, 0, $bytes.Length); $child.StandardInput.Close() } catch { }
    if (-not $child.WaitForExit([int]$check[0])) { Stop-Tree $child.Id }
    $code = $child.ExitCode
    $verdict = ($said[0].Result + $said[1].Result).Trim()
  } catch { $verdict = Reason $_ }
  if ($code -ne 0 -or $verdict) {
    Restore-Old
    Remove-Aside
    if (-not $verdict) { $verdict = "exit $code" }
    Fail ${FILE_EXITS.rejected} $verdict
  }
}
if ($there) { $out.Write($old, 0, $old.Length) }
Remove-Aside
Leave exit 0
`;
