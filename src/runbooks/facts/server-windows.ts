import type { ServerArgs } from './postgres.ts';
import { POSTMASTER, PROGRAMS } from './powershell.ts';

/** Bin, data, user, port, password file (or nothing). */
export function lookValues({ binDir, dataDir, adminUser, port, adminPassfile = '' }: ServerArgs): readonly string[] {
  return [binDir, dataDir, adminUser, String(port), adminPassfile];
}

/** `Look-AtServer bin data user port passfile query` answers what the look at a Linux host does (postgres.ts); what psql said is left in `$told`. */
export const LOOK_AT_SERVER = `${PROGRAMS}${POSTMASTER}
function Look-AtServer([string]$bin, [string]$data, [string]$user, [string]$port, [string]$passfile, [byte[]]$query) {
  if (-not [IO.File]::Exists("$data\\PG_VERSION")) { Line 'state=absent'; return }
  $folder = [IO.DirectoryInfo]::new($data)
  foreach ($mask in '*.signal', 'backup_*', 'recovery.conf', 'zapas.*') { foreach ($one in $folder.GetFiles($mask)) { Line "file=$($one.Name)" } }
  $segments = [Collections.Generic.List[IO.FileInfo]]::new()
  foreach ($one in [IO.DirectoryInfo]::new("$data\\pg_wal").GetFiles()) {
    if ($one.Extension -eq '.history') { Line "history=$($one.Name)" }
    if ($one.Name -cmatch '^[0-9A-F]{24}(\\.partial)?$') { $segments.Add($one) }
  }
  $segments.Sort([Comparison[IO.FileInfo]] { param($one, $other) $other.LastWriteTimeUtc.CompareTo($one.LastWriteTimeUtc) })
  for ($at = 0; $at -lt [Math]::Min(12, $segments.Count); $at++) {
    $seconds = ($segments[$at].LastWriteTimeUtc - [DateTime]::new(1970, 1, 1)).TotalSeconds
    Line "wal=$($segments[$at].Name) $($seconds.ToString('0.000', [Globalization.CultureInfo]::InvariantCulture))"
  }
  $master = Find-Postmaster $data
  Line "alive=$(if ($master) { 'yes' } else { 'no' })"
  if ($master) {
    Line "status=$($master[7])"
    $there = if ($master[5] -and $master[5] -notin '*', '0.0.0.0', '::', 'localhost') { $master[5] } else { '127.0.0.1' }
    $pairs = @('LC_ALL', 'C', 'PGHOST', $there, 'PGCONNECT_TIMEOUT', '3', 'PGAPPNAME', 'zapas', 'PGCLIENTENCODING', 'SQL_ASCII',
      'PGOPTIONS', '-c lc_messages=C -c statement_timeout=4000 -c default_transaction_read_only=off')
    if ($passfile) { $pairs += @('PGPASSFILE', $passfile) }
    Line '==live'
    $seen = Run "$bin\\psql.exe" @('-XAtqw', '-v', 'ON_ERROR_STOP=1', '-p', $master[3], '-U', $user, '-d', 'postgres') $pairs $query 8000
    Pass $seen.Out $out
    Pass $seen.Err $err
    $script:told = $utf8.GetString($seen.Out)
    if ($seen.Code -ne 0) {
      $code = 2
      if ($seen.Code -ne 124 -and -not $utf8.GetString($seen.Err).Contains('timeout expired')) {
        $code = (Run "$bin\\pg_isready.exe" @('-q', '-t', '2', '-h', $there, '-p', $master[3]) @() @() 5000).Code
      }
      Line '==ready'
      Line $code
    }
  }
  Line '==control'
  $seen = Run "$bin\\pg_controldata.exe" @('-D', $data) @('LC_ALL', 'C') @() 5000
  Pass $seen.Out $out
  Pass $seen.Err $err
  Line '==end'
}
`;

/** The same for one server alone; its values are {@link lookValues}, standard input is the query. */
export const LOOK_WINDOWS = `${LOOK_AT_SERVER}
Look-AtServer $words[0] $words[1] $words[2] $words[3] $words[4] $payload`;
