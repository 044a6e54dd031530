import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { keyValues, script, unreadable } from './shell.ts';

interface PortArgs {
  readonly address: string;
  readonly port: number;
}

/** `refused`: a host answered that nobody listens. `silent`: no answer, as behind a firewall or a cut line. */
export type PortState = 'open' | 'refused' | 'silent' | 'unknown';

const PORT_WINDOWS = `
$client = [Net.Sockets.TcpClient]::new()
try { $opened = $client.ConnectAsync($words[0], [int]$words[1]).Wait(2000) }
catch {
  $cause = $_.Exception
  while ($cause.InnerException) { $cause = $cause.InnerException }
  if ($cause -is [Net.Sockets.SocketException] -and $cause.SocketErrorCode -eq 'ConnectionRefused') { Line 'refused' }
  Leave exit 4
}
$client.Dispose()
if (-not $opened) { Leave exit 4 }`;

/**
 * Does a TCP connection from this host to that port open (M09)? Needs nothing but bash or python3; waits 2 s at most. Its exit
 * codes stay clear of those by which `timeout` itself would be meant.
 */
export const portFrom: Fact<PortArgs, PortState> = {
  id: 'network.port',
  read: {
    posix: ({ address, port }) =>
      script(
        `
if command -v bash >/dev/null && command -v timeout >/dev/null; then
  timeout 2 bash -c ': <>"/dev/tcp/$1/$2"' bash "$1" "$2" 2>&1; c=$?
elif command -v python3 >/dev/null; then
  python3 -c 'import socket, sys
try: socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
except socket.timeout: sys.exit(4)' "$1" "$2" 2>&1; c=$?
else exit 3; fi
[ "$c" -lt 124 ] || c=4
exit "$c"`,
        [address, String(port)],
      ),
    windows: ({ address, port }) => powershell(PORT_WINDOWS, [address, String(port)]),
  },
  parse(result) {
    if (result.code === 0) return 'open';
    if (result.code === 3) return 'unknown';
    return /refused/i.test(text(result.stdout)) ? 'refused' : 'silent';
  },
};

/** The address behind a name as this host resolves it; the address itself when it is one already. */
export const resolved: Fact<{ readonly name: string }, string> = {
  id: 'network.resolved',
  read: {
    posix: ({ name }) => script('getent ahosts "$1" | head -n 1', [name]),
    windows: ({ name }) => powershell('Line ([Net.Dns]::GetHostAddresses($words[0])[0].ToString())', [name]),
  },
  parse(result, { name }) {
    const address = text(result.stdout).split(/\s/)[0];
    if (!address) throw unreadable('network.resolved', `${name} does not resolve`);
    return address;
  },
};

/** What can be told about the line to a peer. */
export interface Link {
  /** Network device the peer is reached by; empty when there is no route. */
  readonly device: string;
  /** What the network card has negotiated, Mb/s; undefined for virtual ones. */
  readonly cardMbits?: number;
  /**
   * Measured: how long 60,000 bytes take there and back beyond an empty packet, as Mb/s of a symmetric line. Undefined when
   * the peer does not answer echo requests of that size.
   */
  readonly measuredMbits?: number;
  readonly roundTripMs?: number;
}

const SMALL_BYTES = 56;
const LARGE_BYTES = 60_000;

/** The same measurement; .NET tells whole milliseconds only, so each echo is timed around its call. */
const LINK_WINDOWS = `
$target = [Net.Dns]::GetHostAddresses($words[0])[0]
$way = [Net.Sockets.UdpClient]::new($target.AddressFamily)
$way.Connect($target, 9)
$own = $way.Client.LocalEndPoint.Address
$way.Dispose()
foreach ($card in [Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces()) {
  $addresses = @(foreach ($one in $card.GetIPProperties().UnicastAddresses) { $one.Address })
  if ($addresses -contains $own) { Line "device=$($card.Name)"; Line "speed=$([int64]($card.Speed / 1000000))"; break }
}
$ping = [Net.NetworkInformation.Ping]::new()
$watch = [Diagnostics.Stopwatch]::new()
foreach ($size in ${SMALL_BYTES}, ${LARGE_BYTES}) {
  Line "==$size"
  $bytes = [byte[]]::new($size)
  for ($try = 0; $try -lt 10; $try++) {
    $watch.Restart()
    try { $status = $ping.Send($target, 1000, $bytes).Status } catch { break }
    if ($status -eq 'Success') { Line "time=$($watch.Elapsed.TotalMilliseconds.ToString('0.000', [Globalization.CultureInfo]::InvariantCulture)) ms" }
    elseif ($try -ge 3) { break }
  }
}`;

/**
 * The line to a peer (M04), measured with ICMP echoes of two sizes: the difference of their round trips is the time that the
 * additional bytes spend on the line, both ways. About 0.6 MB each way; needs no open port, no login and no program beyond
 * ping. Above some 5 Gb/s the difference drowns in the hosts' own time, which is enough to judge 1 Gb/s.
 */
export const link: Fact<{ readonly address: string }, Link> = {
  id: 'network.link',
  read: {
    posix: ({ address }) =>
      script(
        `
d=$(ip -o route get "$1" 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')
echo "device=$d"; echo "speed=$(cat "/sys/class/net/$d/speed" 2>/dev/null)"
for s in ${SMALL_BYTES} ${LARGE_BYTES}; do echo "==$s"; ping -n -c 10 -i 0.01 -W 1 -w 4 -s $s "$1" 2>/dev/null; done
exit 0`,
        [address],
        { timeoutMs: 20_000 },
      ),
    windows: ({ address }) => powershell(LINK_WINDOWS, [address], { timeoutMs: 30_000 }),
  },
  parse(result) {
    const [head = '', small = '', large = ''] = text(result.stdout).split(/^==\d+\n/m);
    const fields = keyValues(head);
    const card = Number(fields.get('speed') || Number.NaN);
    const roundTripMs = medianTime(small);
    const mbits = throughput(roundTripMs, medianTime(large));
    return {
      device: fields.get('device') ?? '',
      ...(card > 0 && { cardMbits: card }),
      ...(mbits !== undefined && { measuredMbits: mbits }),
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
  },
};

function throughput(smallMs: number | undefined, largeMs: number | undefined): number | undefined {
  if (smallMs === undefined || largeMs === undefined) return undefined;
  const bits = 2 * (LARGE_BYTES - SMALL_BYTES) * 8;
  const mbits = bits / 1000 / Math.max(largeMs - smallMs, 0.01);
  // Two digits: the method promises no more.
  return Number(mbits.toPrecision(2));
}

/** The median of the echoes' times; undefined when fewer than half came back. */
function medianTime(output: string): number | undefined {
  const times = [...output.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time)).sort((a, b) => a - b);
  return times.length < 5 ? undefined : times[Math.floor(times.length / 2)];
}
