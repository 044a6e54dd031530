import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { PROGRAMS, powershell } from './powershell.ts';
import { keyValues, script, unreadable } from './shell.ts';

/** The service PostgreSQL runs as, as the host's service manager sees it. */
export interface ServiceUnit {
  readonly manager: 'systemd' | 'windows' | 'none';
  readonly exists: boolean;
  /** It starts when the host boots. */
  readonly enabled: boolean;
  /** `active`, `inactive`, `failed`, `activating` …; empty without a manager. */
  readonly active: string;
  /** The unit file's path, on Windows the service's key in the registry; empty when it does not exist. */
  readonly path: string;
  /** The unit file's text without drop-ins, on Windows the command it starts; empty when it does not exist. */
  readonly text: string;
  /** The account that a Windows service starts as (H26). */
  readonly account?: string;
}

/**
 * What the service manager knows of `$service`, in a script that has {@link PROGRAMS}: `LoadState`, `FragmentPath`, `enabled`, `account`,
 * `ActiveState`. The registry and the state's number speak no language (H45).
 */
export const WINDOWS_SERVICE = `
$path = "SYSTEM\\CurrentControlSet\\Services\\$service"
$key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($path)
if ($key) {
  Line 'LoadState=loaded'
  Line "FragmentPath=HKLM\\$path"
  Line "enabled=$(if ($key.GetValue('Start') -eq 2) { 'enabled' } else { 'disabled' })"
  Line "account=$($key.GetValue('ObjectName'))"
  $tool = [IO.Path]::Combine([Environment]::SystemDirectory, 'sc.exe')
  $seen = Run $tool @('query', $service) @() @() 10000
  $numbers = [regex]::Matches($utf8.GetString($seen.Out), ':\\s+(\\d+)\\s')
  $states = @('', 'inactive', 'activating', 'deactivating', 'active', 'activating', 'deactivating', 'active')
  if ($numbers.Count -ge 2) { Line "ActiveState=$($states[[int]$numbers[1].Groups[1].Value])" }
}
`;

const UNIT_WINDOWS = `${PROGRAMS}
$service = $words[0]
Line 'manager=windows'
${WINDOWS_SERVICE}
Line '--'
if ($key) { Say $out "$($key.GetValue('ImagePath'))" }`;

/**
 * State and text of the service. Whether it is enabled is read from the disk, as at the next boot: what `show` says of that is as old
 * as the manager's last reload. Source: systemctl(1); sc.exe. M07, M08, H26.
 */
export const serviceUnit: Fact<{ readonly service: string }, ServiceUnit> = {
  id: 'service.unit',
  read: {
    posix: ({ service }) =>
      script(
        `
[ -d /run/systemd/system ] && command -v systemctl >/dev/null || { echo manager=none; exit 0; }
echo manager=systemd
shown=$(systemctl show -p LoadState -p ActiveState -p FragmentPath -- "$1") || exit
echo "$shown"; echo "enabled=$(systemctl is-enabled -- "$1" 2>/dev/null)"
f=$(echo "$shown" | sed -n 's/^FragmentPath=//p')
echo --
[ -z "$f" ] || cat -- "$f"`,
        [service],
      ),
    windows: ({ service }) => powershell(UNIT_WINDOWS, [service]),
  },
  parse(result) {
    const output = text(result.stdout);
    const cut = output.indexOf('\n--\n');
    const fields = keyValues(cut === -1 ? output : output.slice(0, cut));
    const manager = fields.get('manager') === 'windows' ? 'windows' : 'systemd';
    const account = fields.get('account');
    if (fields.get('manager') === 'none')
      return { manager: 'none', exists: false, enabled: false, active: '', path: '', text: '' };
    if (result.code !== 0 || cut === -1) throw unreadable('service.unit', text(result.stderr));
    return {
      manager,
      exists: fields.get('LoadState') === 'loaded',
      enabled: fields.get('enabled') === 'enabled',
      active: fields.get('ActiveState') ?? '',
      path: fields.get('FragmentPath') ?? '',
      text: output.slice(cut + 4),
      ...(account && { account }),
    };
  },
};
