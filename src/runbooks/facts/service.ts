import { text } from '../../domain/command.ts';
import type { Fact } from '../../domain/step.ts';
import { keyValues, script, unreadable } from './shell.ts';

/** The service PostgreSQL runs as, as the host's service manager sees it. */
export interface ServiceUnit {
  readonly manager: 'systemd' | 'none';
  readonly exists: boolean;
  /** It starts when the host boots. */
  readonly enabled: boolean;
  /** `active`, `inactive`, `failed`, `activating` …; empty without a manager. */
  readonly active: string;
  /** The unit file's path; empty when it does not exist. */
  readonly path: string;
  /** The unit file's text without drop-ins; empty when it does not exist. */
  readonly text: string;
}

/**
 * State and text of the service. Whether it is enabled is read from the disk, as at the next boot: what `show` says of that is as old
 * as the manager's last reload. Source: systemctl(1). M08.
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
  },
  parse(result) {
    const output = text(result.stdout);
    const cut = output.indexOf('\n--\n');
    const fields = keyValues(cut === -1 ? output : output.slice(0, cut));
    if (fields.get('manager') === 'none')
      return { manager: 'none', exists: false, enabled: false, active: '', path: '', text: '' };
    if (result.code !== 0 || cut === -1) throw unreadable('service.unit', text(result.stderr));
    return {
      manager: 'systemd',
      exists: fields.get('LoadState') === 'loaded',
      enabled: fields.get('enabled') === 'enabled',
      active: fields.get('ActiveState') ?? '',
      path: fields.get('FragmentPath') ?? '',
      text: output.slice(cut + 4),
    };
  },
};
