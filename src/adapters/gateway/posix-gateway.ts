import { connect as tcp } from 'node:net';
import type { CommandLine, ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Host } from '../../domain/inventory.ts';
import type { Fence, HostGateway, JobStatus } from '../../domain/ports.ts';
import type { WriteChange } from '../../domain/step.ts';
import type { Connection } from './contracts.ts';
import type { Become } from '../shells/posix.ts';
import { describe, inner, render } from '../shells/posix.ts';
import {
  ABORT,
  CANCEL_JOB,
  GUARD,
  LOCK_SECONDS,
  POLL_JOB,
  READ,
  REMOVE_JOB,
  START_JOB,
  WRITE,
} from './posix-scripts.ts';
import { refusal } from './refusal.ts';

/** Most bytes of a job's output in one answer. */
const POLL_BYTES = 1024 * 1024;
const FILE_MS = 60_000;
/** Long enough for a second attempt after a lost packet; a failover waits for it when a host is silent. */
const REACH_MS = 1_500;
const ABORT_MS = 20_000;

function plain(script: string, values: readonly string[]): CommandLine {
  return { argv: ['/bin/sh', '-c', script, 'zapas', ...values], timeoutMs: FILE_MS };
}

/** The gateway of one Linux host over an open connection. Every operation is one round trip. */
export function createPosixGateway(host: Host, connection: Connection, become: Become): HostGateway {
  const run = async (
    command: CommandLine,
    outer: readonly string[],
    signal: AbortSignal,
    rejected?: ErrorCode,
  ): Promise<ExecResult> => {
    const result = await connection.exec(render(command, become, outer), signal);
    const refused = refusal(host, result, rejected);
    if (refused) throw refused;
    if (result.code === 124 || result.code === 137)
      throw new OpsError('exec.timeout', { host: host.id, command: describe(command) });
    return result;
  };
  const guarded = async (
    command: CommandLine,
    { resource, token }: Fence,
    signal: AbortSignal,
    rejected?: ErrorCode,
  ): Promise<ExecResult> => {
    const place = [host.stateDir, resource, token];
    const guard = ['/bin/sh', '-c', GUARD, 'zapas-guard', ...place, `${LOCK_SECONDS}`];
    try {
      return await run(command, guard, signal, rejected);
    } catch (error) {
      // The link is gone from under the command; without this it would go on alone.
      if (error instanceof OpsError && error.code === 'exec.aborted')
        await run(plain(ABORT, place), [], AbortSignal.timeout(ABORT_MS));
      throw error;
    }
  };
  const jobDir = (id: string): string => {
    if (!/^[a-z0-9][a-z0-9.-]{0,120}$/.test(id)) throw new OpsError('input.invalid', { field: 'job', detail: id });
    return `${host.stateDir}/jobs/${id}`;
  };

  return {
    render: describe,
    ask: (command, signal) => run(command, [], signal),
    exec: guarded,
    async read(path, signal) {
      const { code, stdout } = await run(plain(READ, [path]), [], signal);
      return code === 0 ? stdout : undefined;
    },
    async write(change, fence, signal) {
      const { stdout } = await guarded(writeCommand(change, become), fence, signal, change.validate?.rejected);
      return change.ifHash === 'absent' ? undefined : stdout;
    },
    async startJob(id, command, fence, signal) {
      const start = plain(START_JOB, [jobDir(id), ...inner(command, become)]);
      await guarded({ ...start, stdin: command.stdin ?? '' }, fence, signal);
    },
    async pollJob(id, offset, signal) {
      const { stdout } = await run(plain(POLL_JOB, [jobDir(id), `${offset}`, `${POLL_BYTES}`]), [], signal);
      return jobStatus(stdout, offset);
    },
    async cancelJob(id, fence, signal) {
      await guarded(plain(CANCEL_JOB, [jobDir(id)]), fence, signal);
    },
    async removeJob(id, signal) {
      await run(plain(REMOVE_JOB, [jobDir(id)]), [], signal);
    },
    reach: (port, signal) => reach(host.address, port, signal),
  };
}

function writeCommand(change: WriteChange, become: Become): CommandLine {
  const { path, ifHash, mode = '0644', owner = '', content, validate } = change;
  const check = validate ? inner(validate.command, become) : [];
  return {
    argv: ['/bin/sh', '-c', WRITE, 'zapas-write', path, ifHash, mode, owner, ...check],
    stdin: content,
    timeoutMs: FILE_MS,
  };
}

function jobStatus(answer: Uint8Array, offset: number): JobStatus {
  const cut = answer.indexOf(10);
  const [state = '', code] = text(answer.subarray(0, cut)).split(' ');
  const output = answer.subarray(cut + 1);
  const known = (['running', 'exited', 'absent', 'vanished', 'rebooted'] as const).find((name) => name === state);
  if (!known) throw new OpsError('fact.unreadable', { fact: 'job', detail: state });
  // A full page may not be the end: it is over only when the rest was read too.
  const unfinished = known === 'exited' && output.length >= POLL_BYTES;
  return {
    state: unfinished ? 'running' : known,
    output,
    offset: offset + output.length,
    ...(known === 'exited' && !unfinished && { code: Number(code) }),
  };
}

function reach(address: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcp({ host: address, port, signal, timeout: REACH_MS });
    const answer = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true));
    socket.once('timeout', answer(false));
    socket.once('error', answer(false));
  });
}
