import type { CommandLine, ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Host } from '../../domain/inventory.ts';
import type { Fence, HostGateway } from '../../domain/ports.ts';
import { Secret } from '../../domain/secret.ts';
import type { WriteChange } from '../../domain/step.ts';
import type { Become } from '../become/become.ts';
import type { Guard } from '../shells/posix.ts';
import { describe, prepare, timed } from '../shells/posix.ts';
import type { Connection } from './contracts.ts';
import { jobId, jobProblem, jobStatus, nothingHappened, writeProblem } from './outcomes.ts';
import { at } from './place.ts';
import { FILE_EXITS, READ, WRITE } from './posix/files.ts';
import { CANCEL_JOB, POLL_JOB, REMOVE_JOB, START_JOB, STARTERS } from './posix/jobs.ts';
import { reach } from './reach.ts';

/** Most bytes of a job's output in one answer. */
const POLL_BYTES = 1024 * 1024;
const FILE_MS = 60_000;
/** Seconds a change waits for another one that is still running. */
const LOCK_SECONDS = 60;

function script(script: string, values: readonly string[]): CommandLine {
  return { argv: ['/bin/sh', '-c', script, 'zapas', ...values], timeoutMs: FILE_MS };
}

/**
 * The gateway of one Linux host. Every operation is one round trip, the guard included.
 * @param lockSeconds how long a change waits for the lock before `host.busy`
 */
export function createPosixGateway(
  host: Host,
  connection: Connection,
  become: Become,
  lockSeconds = LOCK_SECONDS,
): HostGateway {
  const guardOf = ({ resource, token }: Fence): Guard => {
    if (!/^[a-z0-9][a-z0-9-]{0,79}$/.test(resource) || !/^\d{1,20}$/.test(token))
      throw new OpsError('input.invalid', { field: 'fence', detail: `${resource} ${token}` });
    return { fence: `${host.stateDir}/fence/${resource}`, token: `${BigInt(token)}`, patience: lockSeconds };
  };
  const run = (command: CommandLine, signal: AbortSignal, fence?: Fence): Promise<ExecResult> =>
    at(host, async () => {
      const { rendered, answer } = prepare(command, become, fence && guardOf(fence));
      try {
        return answer(await connection.exec(rendered, signal));
      } catch (error) {
        throw signal.aborted && nothingHappened(error, fence) ? new OpsError('exec.aborted') : error;
      }
    });
  const jobs = `${host.stateDir}/jobs`;
  const refuse = (error: OpsError): Promise<never> =>
    at(host, async () => {
      throw error;
    });

  return {
    family: 'posix',
    render: describe,
    ask: (command, signal) => run(command, signal),
    exec: (command, fence, signal) => run(command, signal, fence),
    async read(path, signal) {
      const { code, stdout, stderr } = await run(script(READ, [path]), signal);
      if (code === 0) return stdout;
      if (code === FILE_EXITS.absent) return undefined;
      return refuse(new OpsError('fact.unreadable', { fact: 'file', detail: `${path}: ${text(stderr).trim()}` }));
    },
    async write(change, fence, signal) {
      const result = await run(writeCommand(change, become), signal, fence);
      const problem = writeProblem(change, result);
      if (problem) return refuse(problem);
      return change.ifHash === 'absent' ? undefined : result.stdout;
    },
    async startJob(id, command, fence, signal) {
      const { stdin } = command;
      const start = script(START_JOB, [jobs, jobId(id), ...STARTERS, ...timed(command, become, 'detached')]);
      const result = await run({ ...start, ...(stdin !== undefined && { stdin }) }, signal, fence);
      const problem = jobProblem(id, result);
      if (problem) return refuse(problem);
    },
    async pollJob(id, offset, signal, patienceMs = 0) {
      const values = [`${jobs}/${jobId(id)}`, `${offset}`, `${POLL_BYTES}`, `${Math.ceil(patienceMs / 100)}`];
      const { stdout } = await run(script(POLL_JOB, values), signal);
      return jobStatus(stdout, offset);
    },
    async cancelJob(id, fence, signal) {
      const problem = jobProblem(id, await run(script(CANCEL_JOB, [`${jobs}/${jobId(id)}`]), signal, fence));
      if (problem) return refuse(problem);
    },
    async removeJob(id, signal) {
      const problem = jobProblem(id, await run(script(REMOVE_JOB, [`${jobs}/${jobId(id)}`]), signal));
      if (problem) return refuse(problem);
    },
    reach: (port, signal) => reach(host.address, port, signal),
  };
}

function writeCommand(change: WriteChange, become: Become): CommandLine {
  const { path, ifHash, content, owner = '', validate } = change;
  const mode = change.mode ?? (content instanceof Secret ? '0600' : '0644');
  const check = validate ? timed(validate.command, become, 'part') : [];
  const write = script(WRITE, [path, ifHash, mode, owner, ...check]);
  return { ...write, stdin: content, timeoutMs: FILE_MS + (validate?.command.timeoutMs ?? 0) };
}
