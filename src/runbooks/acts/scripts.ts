import { PROGRAMS } from '../facts/powershell.ts';

/**
 * For scripts that follow a program which may take days: `Follow program (arguments)` gives its exit code, its outputs go on as they
 * come. `Rest n` gives the values from the n-th on.
 */
export const FOLLOW = `${PROGRAMS}
function Follow([string]$file, [string[]]$list) {
  $line = [string]::Join(' ', @(foreach ($word in $list) { Quote $word }))
  $child = New-Child $file $line '' @()
  $child.StandardInput.Close()
  $copies = [Threading.Tasks.Task[]]@(
    $child.StandardOutput.BaseStream.CopyToAsync($out), $child.StandardError.BaseStream.CopyToAsync($err))
  $child.WaitForExit()
  try { [void][Threading.Tasks.Task]::WaitAll($copies, 2000) } catch { }
  return $child.ExitCode
}
`;

/** `Rest n`: the values from the n-th on, also when there are none. */
export const REST = `
function Rest([int]$from) { for ($at = $from; $at -lt $words.Length; $at++) { $words[$at] } }
`;

/** `Grant path (grants)`: who may do what there, in place of all that was inherited. */
export const GRANT = `
function Grant([string]$path, [string[]]$grants) {
  $tool = [IO.Path]::Combine([Environment]::SystemDirectory, 'icacls.exe')
  $told = Run $tool (@($path, '/inheritance:r', '/grant:r') + $grants) @() @() 60000
  if ($told.Code -ne 0) { Fail 77 "icacls: $($utf8.GetString($told.Out))$($utf8.GetString($told.Err))" }
}
`;

/** `Empty path`: everything in a directory goes, the directory stays. A link is removed, not what it leads to. */
export const EMPTY = `
function Empty([string]$path) {
  foreach ($one in [IO.DirectoryInfo]::new($path).GetFileSystemInfos()) {
    if ($one -is [IO.DirectoryInfo]) { Insist { [IO.Directory]::Delete($one.FullName, $true) } }
    else { Insist { [IO.File]::Delete($one.FullName) } }
  }
}
`;

/** `Get-FreePort`: a port of the loopback that nobody listens on. */
export const FREE_PORT = `
function Get-FreePort {
  $door = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
  $door.Start()
  $free = $door.LocalEndpoint.Port
  $door.Stop()
  return $free
}
`;
