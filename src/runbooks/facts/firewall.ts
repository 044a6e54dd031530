import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { contains, parseCidr } from '../postgres/cidr.ts';
import { type InputChain, judgeRuleset } from './nftables.ts';
import { powershell } from './powershell.ts';
import { keyValues, script, unreadable } from './shell.ts';

/** Which connection is asked about: from that address to that port of this host. */
export interface FirewallArgs {
  readonly source: string;
  readonly port: number;
}

/** The firewall that is in charge of a host, and what it does with a new connection to the database (M09). */
export type Firewall =
  | { readonly kind: 'none'; readonly allows: true }
  | { readonly kind: 'ufw'; readonly allows: boolean }
  | { readonly kind: 'windows'; readonly allows: boolean }
  /** `permanent`: it is also allowed after a restart. */
  | { readonly kind: 'firewalld'; readonly allows: boolean; readonly permanent: boolean; readonly zone: string }
  | {
      readonly kind: 'nftables';
      readonly allows: boolean;
      readonly chains: readonly InputChain[];
      /** The file that the boot loads, when the service that loads it is enabled. */
      readonly file?: string;
    };

/** What firewall-cmd ends with when firewalld does not run; anything else but 0 is trouble, and says nothing about the port. */
const NOT_RUNNING = 252;

/**
 * Windows' own firewall by its automation interface, which speaks no language: is it on for any network the host is in now, and does
 * an enabled rule let that address in (protocol 6 is TCP)? A rule that blocks goes before those that allow.
 * Source: Microsoft, "Windows Firewall with Advanced Security", INetFwPolicy2 and INetFwRule.
 */
const FIREWALL_WINDOWS = `
$source, $port = $words[0], [int]$words[1]
$policy = [Activator]::CreateInstance([Type]::GetTypeFromProgID('HNetCfg.FwPolicy2'))
$now = $policy.CurrentProfileTypes
$on = $false
foreach ($kind in 1, 2, 4) { if (($now -band $kind) -and $policy.FirewallEnabled($kind)) { $on = $true } }
if (-not $on) { Line 'kind=none'; Leave exit 0 }
function Has-Port([string]$ports) {
  if (-not $ports -or $ports -eq '*') { return $true }
  foreach ($part in $ports.Split(',')) {
    $ends = $part.Trim().Split('-')
    if ($ends[0] -match '^\\d+$' -and $port -ge [int]$ends[0] -and $port -le [int]$ends[$ends.Length - 1]) { return $true }
  }
  return $false
}
function Has-Source([string]$addresses) {
  if (-not $addresses -or $addresses -eq '*') { return $true }
  foreach ($part in $addresses.Split(',')) {
    $one = $part.Trim()
    if ($one -eq $source -or $one -eq "$source/32" -or $one -eq "$source/255.255.255.255" -or $one -eq "$source/128" -or $one -eq "$source-$source") { return $true }
  }
  return $false
}
$allows, $blocks = $false, $false
foreach ($rule in $policy.Rules) {
  if (-not $rule.Enabled -or $rule.Direction -ne 1 -or -not ($rule.Profiles -band $now)) { continue }
  if ($rule.Protocol -notin 6, 256 -or -not (Has-Port $rule.LocalPorts) -or -not (Has-Source $rule.RemoteAddresses)) { continue }
  if ($rule.ServiceName -or ($rule.ApplicationName -and $rule.ApplicationName -notmatch '\\\\postgres\\.exe$')) { continue }
  if ($rule.Action -eq 1) { $allows = $true } else { $blocks = $true }
}
Line 'kind=windows'
Line "allows=$(if ($allows -and -not $blocks) { 'yes' } else { 'no' })"`;

/**
 * The firewalls we know, the one in charge first. Each is asked only when it may be on: the programs of the first two take their time.
 * Source: ufw(8), firewall-cmd(1), nft(8).
 */
export const firewall: Fact<FirewallArgs, Firewall> = {
  id: 'network.firewall',
  read: {
    posix: ({ source, port }) =>
      script(
        `
if grep -qi '^ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null && ufw status | grep -q '^Status: active'; then
  echo kind=ufw; ufw status verbose
  exit
fi
z= c=${NOT_RUNNING}
if [ -d /run/systemd/system ] && ! systemctl is-active --quiet firewalld; then :
elif command -v firewall-cmd >/dev/null; then z=$(firewall-cmd --get-default-zone 2>&1); c=$?; fi
if [ $c -eq 0 ]; then
  echo kind=firewalld
  d=$(ip -o route get "$1" | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')
  z=$(firewall-cmd --get-zone-of-source="$1" 2>/dev/null || firewall-cmd --get-zone-of-interface="$d" 2>/dev/null || echo "$z")
  echo "zone=$z"
  echo ==runtime; firewall-cmd --zone="$z" --list-all
  echo ==permanent; firewall-cmd --permanent --zone="$z" --list-all
elif [ $c -ne ${NOT_RUNNING} ]; then
  echo "$z" >&2; exit 1
elif command -v nft >/dev/null; then
  echo kind=nftables
  if systemctl is-enabled --quiet nftables 2>/dev/null; then
    for f in /etc/nftables.conf /etc/sysconfig/nftables.conf; do [ -f "$f" ] && { echo "file=$f"; break; }; done
  fi
  echo --; nft -j list ruleset
else echo kind=none; fi`,
        [source, String(port)],
        { timeoutMs: 40_000 },
      ),
    windows: ({ source, port }) => powershell(FIREWALL_WINDOWS, [source, String(port)], { timeoutMs: 40_000 }),
  },
  parse(result, args) {
    const output = text(result.stdout);
    if (result.code !== 0) throw unreadable('network.firewall', text(result.stderr));
    const fields = keyValues(output.split('\n--\n')[0] ?? '');
    const kind = fields.get('kind');
    if (kind === 'ufw') return { kind, allows: ufwAllows(output, args) };
    if (kind === 'windows') return { kind, allows: fields.get('allows') === 'yes' };
    if (kind === 'nftables') return nftables(output, fields.get('file'), args);
    if (kind !== 'firewalld') return { kind: 'none', allows: true };
    const [head = '', runtime = '', permanent = ''] = output.split(/^==(?:runtime|permanent)$/m);
    const zone = keyValues(head).get('zone') ?? '';
    return { kind, allows: zoneAllows(runtime, args), permanent: zoneAllows(permanent, args), zone };
  },
};

function nftables(output: string, file: string | undefined, args: FirewallArgs): Firewall {
  const chains = judgeRuleset(output.split('\n--\n')[1] || '{}', args);
  if (chains.length === 0) return { kind: 'none', allows: true };
  const allows = chains.every(({ verdict }) => verdict === 'accept');
  return { kind: 'nftables', allows, chains, ...(file !== undefined && { file }) };
}

/** `firewall-cmd --list-all`: the rules of a zone under names, the rich ones a line each. */
function zoneAllows(listing: string, { source, port }: FirewallArgs): boolean {
  const words = (name: string): readonly string[] =>
    new RegExp(`^ *${name}: *(.*)$`, 'm').exec(listing)?.[1]?.split(/\s+/) ?? [];
  if (words('target').includes('ACCEPT')) return true;
  if (port === 5432 && words('services').includes('postgresql')) return true;
  if (words('ports').some((word) => portFits(word, port))) return true;
  return listing.split('\n').some((line) => line.trim() === richRule({ source, port }));
}

/** The rule that lets one address in to one port, as firewalld itself writes it. */
export function richRule({ source, port }: FirewallArgs): string {
  const family = source.includes(':') ? 'ipv6' : 'ipv4';
  return `rule family="${family}" source address="${source}" port port="${port}" protocol="tcp" accept`;
}

/** `5432/tcp`, `5000-6000/tcp`. */
function portFits(word: string, port: number): boolean {
  const range = /^(\d+)(?:-(\d+))?\/tcp$/.exec(word);
  return range !== null && Number(range[1]) <= port && port <= Number(range[2] ?? range[1]);
}

/** `ufw status verbose`: the first rule that fits decides, else the default for incoming connections. */
function ufwAllows(output: string, { source, port }: FirewallArgs): boolean {
  for (const line of output.split('\n')) {
    const rule = /^(.+?)\s{2,}(ALLOW|LIMIT|DENY|REJECT) IN\s+(\S+)/.exec(line);
    if (rule === null) continue;
    const [, to = '', action = '', from = ''] = rule;
    if (ufwPortFits(to, port) && ufwSourceFits(from, source)) return action === 'ALLOW' || action === 'LIMIT';
  }
  return /^Default: allow \(incoming\)/m.test(output);
}

function ufwPortFits(to: string, port: number): boolean {
  const words = to
    .replace(/\(.*\)/, '')
    .trim()
    .split(/\s+/);
  // "on eth0" narrows a rule to a device, which cannot be judged here.
  if (words.includes('on')) return false;
  const last = words.at(-1) ?? '';
  if (last.startsWith('Anywhere') || parseCidr(last) !== undefined) return true;
  const ports = /^([\d,:]+)(?:\/(tcp|udp))?$/.exec(last);
  if (ports === null || ports[2] === 'udp') return false;
  return (ports[1] ?? '').split(',').some((part) => {
    const [from, to = from] = part.split(':').map(Number);
    return from !== undefined && to !== undefined && port >= from && port <= to;
  });
}

function ufwSourceFits(from: string, source: string): boolean {
  if (from === 'Anywhere') return true;
  const range = parseCidr(from);
  const address = parseCidr(source);
  return range !== undefined && address !== undefined && contains(range, address);
}
