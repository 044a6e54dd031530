import type { ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Host } from '../../domain/inventory.ts';

/** Exit code of our own scripts when they refuse; the reason is a marker line on standard error. */
const REFUSED = 199;

const SUDO_REFUSES =
  /^sudo: (a password is required|.*not in the sudoers|.*may not run|sorry|.*command not found)|is not in the sudoers file|sudo: (command )?not found/im;

/**
 * What kept a command from running as asked, told from the command's own failure: rights, the lock, the fence, the file.
 * @param rejected the error of a file that did not pass its validation
 */
export function refusal(host: Host, result: ExecResult, rejected?: ErrorCode): OpsError | undefined {
  const stderr = text(result.stderr);
  const place = { host: host.id };
  if (result.code === REFUSED) {
    const [, word = '', detail = ''] = /^zapas: (\S+) ?(.*)$/ms.exec(stderr) ?? [];
    if (word === 'busy') return new OpsError('host.busy', place);
    if (word === 'fenced') return new OpsError('host.fenced', { ...place, token: detail.trim() });
    if (word === 'changed') return new OpsError('file.changed', { ...place, found: detail.trim() });
    if (word === 'rejected' && rejected)
      return new OpsError(rejected, { ...place, detail: stderr.slice(stderr.indexOf('\n') + 1).trim() });
    const full = /no space left/i.test(stderr);
    return new OpsError(full ? 'disk.full' : 'file.write-failed', { ...place, detail: stderr.trim().slice(0, 400) });
  }
  if (result.code !== 0 && host.become === 'sudo' && SUDO_REFUSES.test(stderr)) {
    return new OpsError('host.become-failed', {
      ...place,
      login: host.transport.user,
      detail: stderr.trim().slice(0, 200),
    });
  }
  if (result.code === 127 && /(flock|setsid|runuser|timeout|sha256sum).*not found/.test(stderr)) {
    return new OpsError('host.tool-missing', { ...place, detail: stderr.trim().slice(0, 200) });
  }
  return undefined;
}
