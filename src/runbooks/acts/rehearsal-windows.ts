import { POSTMASTER, PROGRAMS } from '../facts/powershell.ts';
import { FOLLOW, FREE_PORT, REST } from './scripts.ts';

/** A rehearsal must not be felt by those who work: what the script starts is as low as itself. */
const LOW = `
[Diagnostics.Process]::GetCurrentProcess().PriorityClass = [Diagnostics.ProcessPriorityClass]::BelowNormal
function Get-Moment { return [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() }
`;

/** Whatever runs in a copy is ended at once, then the copy is removed. The names alone decide. Value: data directory. */
export const REMOVE_WINDOWS = `${POSTMASTER}
$place = [IO.DirectoryInfo]::new($words[0])
if (-not $place.Parent -or -not $place.Parent.Exists) { Leave exit 0 }
foreach ($copy in $place.Parent.GetDirectories("$($place.Name).rehearsal-*")) {
  for ($try = 1; ; $try++) {
    $master = Find-Postmaster $copy.FullName
    if ($master) { Stop-Tree ([int]$master[0]) }
    # A process that ends holds its files for a moment longer.
    try { [IO.Directory]::Delete($copy.FullName, $true); break }
    catch { if ($try -ge 60) { throw } }
    [Threading.Thread]::Sleep(500)
  }
}`;

/**
 * PostgreSQL's low-level backup as on Linux (rehearsal.ts), held in one session of psql, which says by a row how far it is. The junctions
 * of tablespaces are followed: the copy has these as directories of its own, and nothing leads back into the standby. Values: bin, data
 * directory, copy, user, port, password file (or nothing), slot, kilobytes expected.
 * Source: PostgreSQL's manual, "Making a Base Backup Using the Low Level API", "allow_in_place_tablespaces".
 */
export const COPY_WINDOWS = `${PROGRAMS}${LOW}
$bin, $real, $copy, $user, $port, $passfile, $slot = $words[0..6]
$total, $done, $told = [int64]$words[7], [int64]0, [int64]0
$pairs = @('LC_ALL', 'C', 'PGAPPNAME', 'zapas', 'PGCONNECT_TIMEOUT', '10')
if ($passfile) { $pairs += @('PGPASSFILE', $passfile) }
$list = '-XAtqw', '-v', 'ON_ERROR_STOP=1', '-v', "slot=$slot", '-h', '127.0.0.1', '-p', $port, '-U', $user, '-d', 'postgres'
$session = New-Child "$bin\\psql.exe" ([string]::Join(' ', @(foreach ($word in $list) { Quote $word }))) '' $pairs
$cried = $session.StandardError.ReadToEndAsync()
function Order([string]$statements, [string]$until) {
  $bytes = $utf8.GetBytes("$statements\`n")
  $session.StandardInput.BaseStream.Write($bytes, 0, $bytes.Length)
  $session.StandardInput.BaseStream.Flush()
  while ($true) {
    $row = $session.StandardOutput.ReadLine()
    if ($null -eq $row) { Fail 1 $cried.Result }
    if ($row -like $until) { return $row }
  }
}
function Open([string]$path) {
  $share = [IO.FileShare]'ReadWrite, Delete'
  return [IO.FileStream]::new($path, [IO.FileMode]::Open, [IO.FileAccess]::Read, $share)
}
function Take-File([string]$from, [string]$to) {
  # What was dropped meanwhile is gone by WAL, too.
  try { $source = Insist { Open $from } } catch { if ([IO.File]::Exists($from)) { throw }; return }
  $target = [IO.File]::Create($to)
  try { $source.CopyTo($target, 1048576); $script:done += $target.Length } finally { $target.Dispose(); $source.Dispose() }
  if ($done - $told -lt 16777216) { return }
  $script:told = $done
  $kilobytes = [int64]($done / 1024)
  Say $err "$kilobytes/$total kB ($([int64](100 * $kilobytes / ($total + 1)))%), 0/1\`n"
}
$hollow = 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans', 'log', 'pg_log'
$left = 'postmaster.*', '*.signal', 'backup_*', 'tablespace_map*', 'zapas.*', 'current_logfiles*'
$never = 'pgsql_tmp*', 'pg_internal.init*'
function Test-Like([string]$name, [string[]]$masks) {
  foreach ($mask in $masks) { if ($name -like $mask) { return $true } }
  return $false
}
function Take([string]$from, [string]$to, [bool]$top) {
  [void][IO.Directory]::CreateDirectory($to)
  foreach ($file in [IO.Directory]::GetFiles($from)) {
    $name = [IO.Path]::GetFileName($file)
    if ($file -eq "$real\\global\\pg_control" -or (Test-Like $name $never) -or $top -and (Test-Like $name $left)) { continue }
    Take-File $file "$to\\$name"
  }
  foreach ($folder in [IO.Directory]::GetDirectories($from)) {
    $name = [IO.Path]::GetFileName($folder)
    if ((Test-Like $name $never) -or $top -and $name -eq 'pg_wal') { continue }
    if ($top -and $name -in $hollow) { [void][IO.Directory]::CreateDirectory("$to\\$name") } else { Take $folder "$to\\$name" $false }
  }
}
function Read-Control {
  $file, $bytes = (Open "$real\\global\\pg_control"), [IO.MemoryStream]::new()
  try { $file.CopyTo($bytes) } finally { $file.Dispose() }
  return [Convert]::ToBase64String($bytes.ToArray())
}
[void](Order "select pg_create_physical_replication_slot(:'slot', true, true);
select pg_backup_start('zapas rehearsal', true);
select 'begun';" 'begun')
Take $real $copy $true
for ($try = 1; ; $try++) {
  $control = Read-Control
  if ($control -ceq (Read-Control)) { break }
  if ($try -ge 500) { Fail 1 'the control file never rests' }
}
[IO.File]::WriteAllBytes("$copy\\global\\pg_control", [Convert]::FromBase64String($control))
$row = Order "select lsn as stop, encode(convert_to(labelfile, 'UTF8'), 'hex') as label from pg_backup_stop(false) \\gset
select 'stopped', min_recovery_end_timeline, setting, :'stop', :'label' from pg_control_recovery(), pg_settings where name = 'wal_segment_size';" 'stopped|*'
$timeline, $size, $stop, $hex = $row.Trim().Split('|')[1..4]
$label = [byte[]]@(for ($at = 0; $at -lt $hex.Length; $at += 2) { [Convert]::ToByte($hex.Substring($at, 2), 16) })
[IO.File]::WriteAllBytes("$copy\\backup_label", $label)
$begin = [regex]::Match($utf8.GetString($label), '(?m)^START WAL LOCATION: ([0-9A-F/]+) \\(file ([0-9A-F]+)\\)')
$start, $first = $begin.Groups[1].Value, $begin.Groups[2].Value
$high, $low = @(foreach ($part in $stop.Split('/')) { [Convert]::ToInt64($part, 16) })
$rest = $low % [int64]$size
$last = '{0:X8}{1:X8}{2:X8}' -f [int64]$timeline, $high, [int64](($low - $rest) / [int64]$size)
[void][IO.Directory]::CreateDirectory("$copy\\pg_wal\\archive_status")
foreach ($file in [IO.Directory]::GetFiles("$real\\pg_wal")) {
  $name = [IO.Path]::GetFileName($file)
  $between = [string]::CompareOrdinal($name, $first) -ge 0 -and [string]::CompareOrdinal($name, $last) -le 0
  if ($name -like '*.history' -or $between -and $name -cmatch '^[0-9A-F]{24}$') { Take-File $file "$copy\\pg_wal\\$name" }
}
if (-not [IO.File]::Exists("$copy\\pg_wal\\$first")) { Fail 1 "WAL $first is not on the standby any more" }
if ($rest -ne 0 -and -not [IO.File]::Exists("$copy\\pg_wal\\$last")) { Fail 1 "WAL $last is not on the standby" }
$dump = "$bin\\pg_waldump.exe"
if ([IO.File]::Exists($dump)) {
  $made = Run $dump @('-p', "$copy\\pg_wal", '-t', $timeline, '-s', $start, '-e', $stop, '-r', 'Tablespace') @('LC_ALL', 'C') @() 3600000
  if ($made.Code -ne 0) { Fail 1 "the WAL of the copy cannot be read: $($utf8.GetString($made.Err))" }
  if ($utf8.GetString($made.Out).Contains('CREATE')) { Fail 1 'a tablespace was made a short time ago; rehearse again later' }
} elseif ([IO.Directory]::GetDirectories("$real\\pg_tblspc").Length -gt 0) {
  Fail 1 "without $dump nobody can tell whether a tablespace was made a short time ago"
}
$session.StandardInput.Close()
[void]$session.WaitForExit(30000)
[IO.File]::WriteAllText("$copy\\zapas.copied", '')`;

/** \`Ask database statement\` by psql, from a password file that stands in the copy. */
const ASK = `
function Ask([string]$database, [string]$statement) {
  $list = '-XAtqw', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', $port, '-U', $user, '-d', $database, '-c', $statement
  return Run "$bin\\psql.exe" $list @('LC_ALL', 'C', 'PGCONNECT_TIMEOUT', '5', 'PGPASSFILE', "$copy\\zapas.pgpass") @() 20000
}
function Get-Log {
  try { $reader = [IO.StreamReader]::new([IO.FileStream]::new("$copy\\zapas.rehearsal.log", 'Open', 'Read', [IO.FileShare]'ReadWrite, Delete')) }
  catch { return '' }
  $lines = $reader.ReadToEnd().Split([char]10)
  $reader.Dispose()
  return [string]::Join("\`n", @($lines | Select-Object -Last 6))
}
`;

/**
 * As a job, because the server outlives it, which a program that a shell has started does not. The administrator's password counts for
 * the copy's port, too. Values: bin, copy, user, password file (or nothing), then the server's settings. Ready is who lets us in.
 */
export const START_WINDOWS = `${FOLLOW}${REST}${POSTMASTER}${LOW}${FREE_PORT}${ASK}
$bin, $copy, $user, $passfile = $words[0..3]
[IO.File]::WriteAllText("$copy\\standby.signal", '')
$logins = @(if ($passfile) { [IO.File]::ReadAllLines($passfile) })
$field = '(?:\\\\.|[^:\\\\])*'
[IO.File]::WriteAllLines("$copy\\zapas.pgpass", [string[]]@(foreach ($one in $logins) { [regex]::Replace($one, "^($field):$($field):", '$1:*:') }))
$port = [string](Get-FreePort)
$settings = [string]::Join(' ', @(foreach ($one in @(Rest 4) + "port=$port") { "-c \`"$one\`"" }))
$began, $clock = (Get-Moment), [Diagnostics.Stopwatch]::StartNew()
$code = Follow "$bin\\pg_ctl.exe" @('start', '-D', $copy, '-W', '-s', '-l', "$copy\\zapas.rehearsal.log", '-o', $settings)
if ($code -ne 0) { Fail $code (Get-Log) }
while (($told = Ask postgres 'select 1').Code -ne 0) {
  $why = $utf8.GetString($told.Err)
  if ($why -match 'password|pg_hba') { Fail 1 $why }
  $seconds = $clock.Elapsed.TotalSeconds
  if ($seconds -gt 1800 -or $seconds -gt 20 -and -not (Find-Postmaster $copy)) { Fail 1 "$why$(Get-Log)" }
  [Threading.Thread]::Sleep(100)
}
[IO.File]::WriteAllText("$copy\\zapas.started", "began=$began\`nready=$(Get-Moment)\`n")`;

/** As on Linux (rehearsal.ts), with the same marks. Values: bin, copy, user, the product's database. */
export const PROMOTE_WINDOWS = `${PROGRAMS}${POSTMASTER}${LOW}${ASK}
$bin, $copy, $user, $database = $words[0..3]
$master = Find-Postmaster $copy
if (-not $master) { Fail 1 "the copy does not run: $(Get-Log)" }
$port = $master[3]
function Tell([string]$statement) {
  $answer = Ask $database $statement
  if ($answer.Code -ne 0) { Fail 1 $utf8.GetString($answer.Err) }
  return $utf8.GetString($answer.Out).Trim()
}
$began, $clock = (Get-Moment), [Diagnostics.Stopwatch]::StartNew()
$told = Run "$bin\\pg_ctl.exe" @('promote', '-D', $copy, '--no-wait') @('LC_ALL', 'C') @() 60000
if ($told.Code -ne 0) { Fail 1 "$($utf8.GetString($told.Out))$($utf8.GetString($told.Err))" }
while (($told = Ask $database 'create table zapas_rehearsal as select 1 as written').Code -ne 0) {
  if ($clock.Elapsed.TotalSeconds -gt 300) { Fail 1 "$($utf8.GetString($told.Err))$(Get-Log)" }
  [Threading.Thread]::Sleep(50)
}
$written = Get-Moment
$tables = Tell "select count(*) from pg_class where relkind = 'r'"
$segment = Tell 'select pg_walfile_name(pg_current_wal_lsn())'
$pairs = 'LC_ALL', 'C', 'PGHOST', '127.0.0.1', 'PGPORT', $port, 'PGUSER', $user, 'PGPASSFILE', "$copy\\zapas.pgpass"
$code = (Run "$bin\\pg_amcheck.exe" @('-w', '--install-missing', '-d', $database) $pairs @() 300000).Code
$amcheck = switch ($code) { 0 { 'sound' } 2 { 'damaged' } 124 { 'unfinished' } default { 'absent' } }
[IO.File]::WriteAllText("$copy\\proof.new", "began=$began\`nwritten=$written\`ntables=$tables\`nsegment=$segment\`namcheck=$amcheck\`n")
[IO.File]::Move("$copy\\proof.new", "$copy\\zapas.rehearsed")`;
