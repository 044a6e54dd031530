import { type CommandLine, type ExecResult, text } from '../../domain/command.ts';
import type { Cluster } from '../../domain/inventory.ts';
import type { Fact } from '../../domain/step.ts';
import type { CertificateSample } from '../../domain/watch.ts';
import { readPem } from '../facts/certificates.ts';
import { type PostgresServer, postgresServer, type Readiness, type ServerArgs, serverArgs } from '../facts/postgres.ts';
import { LIVE_QUERY } from '../facts/postgres-query.ts';
import { powershell } from '../facts/powershell.ts';
import { LOOK_AT_SERVER, lookValues } from '../facts/server-windows.ts';
import { WINDOWS_SERVICE } from '../facts/service.ts';
import { keyValues, printed, unreadable } from '../facts/shell.ts';

/** What one host of a pair is asked. */
export interface ProbeArgs extends ServerArgs {
  readonly service: string;
  /** Certificates of the inventory, absolute paths. */
  readonly certificates: readonly string[];
  /** Of the standby: where it reaches its primary. */
  readonly peer?: string;
}

/** Everything that the watch wants of one host. */
export interface HostLook {
  readonly server: PostgresServer;
  readonly disk?: { readonly freeBytes: number; readonly totalBytes: number };
  /** Absent without a service manager, or where it does not know the service. */
  readonly starts?: boolean;
  readonly certificates: readonly CertificateSample[];
  /** Does the peer take connections, as this host sees it? */
  readonly peer?: Readiness;
}

/** The part of a cluster that {@link probeHost} needs. */
export function probeArgs(cluster: Cluster, peer?: string): ProbeArgs {
  const { service, certificates } = cluster;
  const paths = [...new Set([certificates.root, certificates.clientCert])];
  return { ...serverArgs(cluster), service, certificates: paths, ...(peer !== undefined && { peer }) };
}

/**
 * `$1` the look at the server, `$2` bin, `$3` data, `$4` user, `$5` port, `$6` service, `$7` peer or empty; then certificates.
 * The certificate that the server itself shows stands in what it said.
 */
const PROBE = `
look=$1 b=$2 d=$3 u=$4 port=$5 service=$6 peer=$7
shift 7
seen=$(/bin/sh -c "$look" sh "$b" "$d" "$u" "$port")
code=$?
printf '%s\\n' "$seen"
echo ==watch
echo "code=$code"
df -Pk -- "$d" 2>/dev/null | { read -r _; read -r _ total _ free _ && echo "disk=$total $free"; }
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then
  echo "enabled=$(systemctl is-enabled -- "$service" 2>/dev/null)"
fi
if [ -n "$peer" ]; then "$b/pg_isready" -q -t 1 -h "$peer" -p "$port"; echo "peer=$?"; fi
own=$(printf '%s' "$seen" | sed -n 's/.*"ssl_cert_file": "\\([^"]*\\)".*/\\1/p')
case $own in '' | /*) ;; *) own=$d/$own ;; esac
for f in "$@" "$own"; do if [ -n "$f" ] && [ -r "$f" ]; then echo "==certificate $f"; cat -- "$f"; echo; fi; done
exit 0`.trim();

/**
 * One host in one round trip: the server as {@link postgresServer} sees it, the volume, the start of the service, the expiry of
 * the certificates, and whether it gets through to its primary. Runs as the service's account. H13–H16, H40, H41, H46.
 */
export const probeHost: Fact<ProbeArgs, HostLook> = {
  id: 'watch.host',
  read: { posix: probePosix, windows: probeWindows },
  parse: parseProbe,
};

/** The same for Windows: bin, data, user, port, password file, service, peer; then certificates. */
const PROBE_WINDOWS = `${LOOK_AT_SERVER}
$bin, $data, $user, $port, $passfile, $service, $peer = $words[0..6]
$files = [Collections.Generic.List[string]]::new()
for ($at = 7; $at -lt $words.Length; $at++) { $files.Add($words[$at]) }
$told = ''
Look-AtServer $bin $data $user $port $passfile $payload
Line '==watch'
Line 'code=0'
try {
  $drive = [IO.DriveInfo]::new([IO.Path]::GetPathRoot($data))
  Line "disk=$([int64]($drive.TotalSize / 1024)) $([int64]($drive.AvailableFreeSpace / 1024))"
} catch { }
${WINDOWS_SERVICE}
if ($peer) { Line "peer=$((Run "$bin\\pg_isready.exe" @('-q', '-t', '1', '-h', $peer, '-p', $port) @() @() 5000).Code)" }
if ($told -match '"ssl_cert_file": "([^"]*)"') { $files.Add([IO.Path]::Combine($data, $Matches[1].Replace('/', '\\'))) }
foreach ($file in $files) {
  if ([IO.File]::Exists($file)) { Line "==certificate $file"; Line ([IO.File]::ReadAllText($file)) }
}`;

function probeWindows(args: ProbeArgs): CommandLine {
  const { service, peer = '', certificates } = args;
  const values = [...lookValues(args), service, peer, ...certificates];
  return { ...powershell(PROBE_WINDOWS, values, { timeoutMs: 30_000 }), stdin: LIVE_QUERY };
}

/** The look at the server, and the rest around it. */
function probePosix(args: ProbeArgs): CommandLine {
  const look = postgresServer.read.posix(args);
  const [, , script = ''] = look.argv;
  const { binDir, dataDir, adminUser, port, service, peer = '', certificates } = args;
  const values = [script, binDir, dataDir, adminUser, String(port), service, peer, ...certificates];
  return { ...look, argv: ['/bin/sh', '-c', PROBE, 'sh', ...values] };
}

function parseProbe(result: ExecResult, args: ProbeArgs): HostLook {
  const output = printed(result.stdout);
  const cut = output.lastIndexOf('\n==watch\n');
  if (result.code !== 0 || cut === -1) throw unreadable('watch.host', text(result.stderr));
  const [head = '', ...files] = output.slice(cut + 1).split(/^==certificate /m);
  const fields = keyValues(head);
  const code = Number(fields.get('code') ?? '1');
  const look = new TextEncoder().encode(output.slice(0, cut + 1));
  const disk = /^(\d+) (\d+)$/.exec(fields.get('disk') ?? '');
  const peer = PEER[fields.get('peer') ?? ''];
  const enabled = fields.get('enabled') ?? '';
  return {
    server: postgresServer.parse({ ...result, code, stdout: look }, args),
    ...(disk && { disk: { totalBytes: Number(disk[1]) * 1024, freeBytes: Number(disk[2]) * 1024 } }),
    ...(isKnown(enabled) && { starts: enabled === 'enabled' }),
    certificates: files.flatMap(certificateIn),
    ...(peer && { peer }),
  };
}

/** What `systemctl is-enabled` says of a unit that is not there: nothing before systemd 253. */
function isKnown(enabled: string): boolean {
  return enabled !== '' && enabled !== 'not-found';
}

/** Exit codes of pg_isready, which need no translation (H45). */
const PEER: Readonly<Record<string, Readiness>> = { '0': 'accepting', '1': 'rejecting', '2': 'silent' };

/** The path, then the file. Of several certificates in one file the first to end counts. */
function certificateIn(part: string): readonly CertificateSample[] {
  const end = part.indexOf('\n');
  const ends = readPem(part.slice(end)).map(({ validTo }) => new Date(validTo).toISOString());
  const [expires] = ends.toSorted();
  return expires === undefined ? [] : [{ path: part.slice(0, end), expires }];
}
