import type { CommandLine, ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import { becomeReason } from '../become/become.ts';

const DETAIL_LENGTH = 400;

/**
 * Takes the runner's marks off an answer. Throws, without the host's name: `host.become-failed` when the runner never began,
 * `exec.outcome-unknown` when it was killed or could not end the command, and what its verdict says: `exec.timeout`,
 * `exec.aborted`, `host.busy`, `host.fenced`, `host.tool-missing`, `host.become-failed` (no such account), `host.unreachable`
 * (standard input did not arrive whole), `disk.full`, `file.write-failed`.
 */
export function readAnswer({ code, stdout, stderr }: ExecResult, tag: string, command: CommandLine): ExecResult {
  const out = afterTag(stdout, tag);
  const err = afterTag(stderr, tag);
  if (!out || !err) {
    const detail = text(stderr).trim() || text(stdout).trim();
    throw new OpsError('host.become-failed', {
      reason: becomeReason(code, detail),
      detail: cut(detail) || `exit ${code}`,
    });
  }
  const mark = Buffer.from(`\n${tag} `);
  const at = err.lastIndexOf(mark);
  if (at === -1)
    throw new OpsError('exec.outcome-unknown', { detail: `the command's runner was killed (exit ${code})` });
  const own = err.subarray(0, at);
  const [verdict = '', value = ''] = text(err.subarray(at + mark.length))
    .split('\n', 1)
    .join('')
    .split(' ');
  if (verdict === 'exit') return { code: Number(value), stdout: out, stderr: own };
  throw refusal(verdict, value, text(own).trim(), command);
}

function refusal(verdict: string, value: string, detail: string, command: CommandLine): OpsError {
  switch (verdict) {
    case 'timeout':
      return new OpsError('exec.timeout', { command: cut(command.argv.join(' ')), seconds: command.timeoutMs / 1000 });
    case 'aborted':
      return new OpsError('exec.aborted');
    case 'busy':
      return new OpsError('host.busy');
    case 'fenced':
      return new OpsError('host.fenced', { token: value });
    case 'tool':
      return new OpsError('host.tool-missing', { detail: value });
    case 'account':
      return new OpsError('host.become-failed', {
        reason: 'account',
        account: command.as ?? '',
        detail: 'no such account',
      });
    case 'truncated':
      return new OpsError('host.unreachable', { detail: 'standard input did not arrive whole; nothing was started' });
    case 'unwritable':
      return unwritable('', detail);
    default:
      return new OpsError('exec.outcome-unknown', { detail: `${verdict}: ${cut(detail)}` });
  }
}

/** `disk.full` or `file.write-failed`, from what a program under LC_ALL=C or in Polish said. */
export function unwritable(path: string, detail: string): OpsError {
  const full = /no space left|quota exceeded|brak (wolnego )?miejsca/i.test(detail);
  return new OpsError(full ? 'disk.full' : 'file.write-failed', { ...(path && { path }), detail: cut(detail) });
}

function cut(detail: string): string {
  return detail.slice(0, DETAIL_LENGTH);
}

function afterTag(bytes: Uint8Array, tag: string): Buffer | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.indexOf(`${tag}\n`);
  return at === -1 ? undefined : buffer.subarray(at + tag.length + 1);
}
