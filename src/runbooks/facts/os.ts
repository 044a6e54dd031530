import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { powershell } from './powershell.ts';
import { keyValues, type NoArgs, script, unreadable, wholeNumber } from './shell.ts';

/** What operating system a host runs (M02, M03). */
export interface OsRelease {
  /** `uname -s`: `Linux`, `SunOS`, `FreeBSD` …; `Windows`. */
  readonly kernel: string;
  /** `uname -m`, on Windows `AMD64` and the like: a base backup runs only on the architecture it was made on. */
  readonly machine: string;
  /** `ID` of os-release: `debian`, `rhel` …; of Windows its edition: `ServerStandard`; empty where there is no such file. */
  readonly distribution: string;
  /** `VERSION_ID` of os-release, else the kernel's release; of Windows with its build: `10.0.20348`. */
  readonly version: string;
  /** For people. */
  readonly name: string;
}

/** In os-release's words. The build tells Windows 11 from 10, and each Server from the others; what updates change is left out. */
const WINDOWS_RELEASE = `
$key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey('SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion')
$major, $minor = $key.GetValue('CurrentMajorVersionNumber'), $key.GetValue('CurrentMinorVersionNumber')
$version = if ($null -ne $major) { "$major.$minor" } else { $key.GetValue('CurrentVersion') }
Line 'kernel=Windows'
Line "machine=$([Environment]::GetEnvironmentVariable('PROCESSOR_ARCHITECTURE', 'Machine'))"
Line "ID=$($key.GetValue('EditionID'))"
Line "VERSION_ID=$version.$($key.GetValue('CurrentBuildNumber'))"
Line "PRETTY_NAME=$($key.GetValue('ProductName')) $($key.GetValue('DisplayVersion'))"`;

/** Type and version of the operating system. Source: os-release(5). M02, M03. */
export const osRelease: Fact<NoArgs, OsRelease> = {
  id: 'os.release',
  read: {
    posix: () =>
      script(
        `
echo "kernel=$(uname -s)"; echo "release=$(uname -r)"; echo "machine=$(uname -m)"
for f in /etc/os-release /usr/lib/os-release; do [ -r "$f" ] && { cat "$f"; break; }; done; exit 0`,
        [],
      ),
    windows: () => powershell(WINDOWS_RELEASE, []),
  },
  parse(result) {
    const fields = keyValues(text(result.stdout));
    const kernel = fields.get('kernel');
    if (result.code !== 0 || !kernel) throw unreadable('os.release', text(result.stderr));
    const version = unquote(fields.get('VERSION_ID')) || (fields.get('release') ?? '');
    return {
      kernel,
      machine: fields.get('machine') ?? '',
      distribution: unquote(fields.get('ID')),
      version,
      name: unquote(fields.get('PRETTY_NAME')) || `${kernel} ${version}`,
    };
  },
};

/** A host's clock: seconds since 1970. `askedAt` makes every question a new one, so that no older answer serves. */
export const osClock: Fact<{ readonly askedAt: string }, { readonly epochSeconds: number }> = {
  id: 'os.clock',
  read: {
    posix: () => script('date +%s', []),
    windows: () => powershell('Line "$([DateTimeOffset]::UtcNow.ToUnixTimeSeconds())"', []),
  },
  parse: (result) => ({ epochSeconds: wholeNumber(text(result.stdout).trim(), 'os.clock') }),
};

/** Does the operating-system account exist, and which is its group? Windows accounts have none that matters. */
export const osAccount: Fact<{ readonly account: string }, { readonly exists: boolean; readonly group: string }> = {
  id: 'os.account',
  read: {
    posix: ({ account }) => script('id -gn -- "$1" 2>/dev/null', [account]),
    windows: ({ account }) =>
      powershell(
        'try { [void][Security.Principal.NTAccount]::new($words[0]).Translate([Security.Principal.SecurityIdentifier]) } catch { Leave exit 1 }',
        [account],
      ),
  },
  parse: (result) => ({ exists: result.code === 0, group: text(result.stdout).trim() }),
};

function unquote(value = ''): string {
  return value.replace(/^(["'])(.*)\1$/, '$2').replace(/\\(.)/g, '$1');
}
