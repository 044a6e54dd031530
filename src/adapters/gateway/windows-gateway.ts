import { createHash } from 'node:crypto';
import type { CommandLine, ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Host } from '../../domain/inventory.ts';
import type { Fence, HostGateway } from '../../domain/ports.ts';
import { revealWord, Secret } from '../../domain/secret.ts';
import type { WriteChange } from '../../domain/step.ts';
import type { Guard } from '../shells/posix.ts';
import type { Task } from '../shells/powershell.ts';
import { prepareJob, prepareTask } from '../shells/powershell.ts';
import { describeWindows, taskValues } from '../shells/windows.ts';
import type { Connection } from './contracts.ts';
import { jobId, jobProblem, jobStatus, nothingHappened, writeProblem } from './outcomes.ts';
import { at } from './place.ts';
import { FILE_EXITS } from './posix/files.ts';
import { reach } from './reach.ts';
import { RUN } from './windows/child.ts';
import { READ, WRITE } from './windows/files.ts';
import { CANCEL_JOB, POLL_JOB, REMOVE_JOB, START_JOB, STARTERS } from './windows/jobs.ts';

/** Most bytes of a job's output in one answer. */
const POLL_BYTES = 1024 * 1024;
const FILE_MS = 60_000;
/** Seconds a change waits for another one that is still running. */
const LOCK_SECONDS = 60;

/**
 * The gateway of one Windows host, over whatever connection. Every operation is one round trip, the guard included: one start of
 * Windows PowerShell, whose script and values come by standard input.
 * @param lockSeconds how long a change waits for the lock before `host.busy`
 */
export function createWindowsGateway(host: Host, connection: Connection, lockSeconds = LOCK_SECONDS): HostGateway {
  const guardOf = ({ resource, token }: Fence): Guard => {
    if (!/^[a-z0-9][a-z0-9-]{0,79}$/.test(resource) || !/^\d{1,20}$/.test(token))
      throw new OpsError('input.invalid', { field: 'fence', detail: `${resource} ${token}` });
    return { fence: `${host.stateDir}\\fence\\${resource}`, token: `${BigInt(token)}`, patience: lockSeconds };
  };
  const run = (task: Task, told: CommandLine, signal: AbortSignal, fence?: Fence): Promise<ExecResult> =>
    at(host, async () => {
      const { rendered, answer } = prepareTask(task, told, fence && guardOf(fence));
      try {
        return answer(await connection.exec(rendered, signal));
      } catch (error) {
        throw signal.aborted && nothingHappened(error, fence) ? new OpsError('exec.aborted') : error;
      }
    });
  const file = (script: string, values: readonly string[], signal: AbortSignal, fence?: Fence): Promise<ExecResult> =>
    run({ script, values, timeoutMs: FILE_MS }, { argv: ['powershell'], timeoutMs: FILE_MS }, signal, fence);
  const jobs = `${host.stateDir}\\jobs`;
  const refuse = (error: OpsError): Promise<never> =>
    at(host, async () => {
      throw error;
    });

  return {
    family: 'windows',
    render: describeWindows,
    ask: async (command, signal) => run(runTask(command), command, signal),
    exec: async (command, fence, signal) => run(runTask(command), command, signal, fence),
    async read(path, signal) {
      const { code, stdout, stderr } = await file(READ, [path], signal);
      if (code === 0) return stdout;
      if (code === FILE_EXITS.absent) return undefined;
      return refuse(new OpsError('fact.unreadable', { fact: 'file', detail: `${path}: ${text(stderr).trim()}` }));
    },
    async write(change, fence, signal) {
      const task = writeTask(change);
      const result = await run(task, { argv: ['powershell'], timeoutMs: task.timeoutMs }, signal, fence);
      const problem = writeProblem(change, result);
      if (problem) return refuse(problem);
      return change.ifHash === 'absent' ? undefined : result.stdout;
    },
    async startJob(id, command, fence, signal) {
      const problem = jobProblem(id, await run(jobTask(jobs, id, command), command, signal, fence));
      if (problem) return refuse(problem);
    },
    async pollJob(id, offset, signal, patienceMs = 0) {
      const values = [`${jobs}\\${jobId(id)}`, `${offset}`, `${POLL_BYTES}`, `${Math.ceil(patienceMs / 100)}`];
      const { stdout } = await file(POLL_JOB, values, signal);
      return jobStatus(stdout, offset);
    },
    async cancelJob(id, fence, signal) {
      const problem = jobProblem(id, await file(CANCEL_JOB, [`${jobs}\\${jobId(id)}`], signal, fence));
      if (problem) return refuse(problem);
    },
    async removeJob(id, signal) {
      const problem = jobProblem(id, await file(REMOVE_JOB, [`${jobs}\\${jobId(id)}`], signal));
      if (problem) return refuse(problem);
    },
    reach: (port, signal) => reach(host.address, port, signal),
  };
}

/** A command of this program is a script of ours for Windows PowerShell, with its values: `Say $out …`, then `Leave exit <code>`. */
const SCRIPT = 'powershell';

/** Everything runs as the login, an administrator. */
function refuseOther({ as: account }: CommandLine): void {
  if (account === undefined) return;
  const params = { account, reason: 'none', detail: 'Windows runs nothing as another account' };
  throw new OpsError('host.become-failed', params);
}

function runTask(command: CommandLine): Task {
  refuseOther(command);
  const { stdin: payload, timeoutMs, argv } = command;
  const [program, script = '', ...values] = argv;
  const task = program === SCRIPT ? { script, values } : { script: RUN, values: taskValues(command) };
  return { ...task, timeoutMs, ...(payload !== undefined && { payload }) };
}

/** A job of one of our scripts is a second PowerShell, which reads script and values as every operation does. */
function jobTask(jobs: string, id: string, command: CommandLine): Task {
  refuseOther(command);
  const [program, script = '', ...words] = command.argv;
  if (program === SCRIPT && command.stdin !== undefined)
    throw new OpsError('input.invalid', { field: 'command', detail: 'standard input of a script as a job' });
  const begun = program === SCRIPT ? { ...command, ...prepareJob(script, words) } : command;
  const values = [jobs, jobId(id), ...STARTERS, ...taskValues(begun)];
  const { stdin: payload } = begun;
  return { script: START_JOB, values, timeoutMs: FILE_MS, ...(payload !== undefined && { payload }) };
}

/** What the validating program reads. It is a value of the script, so nothing secret. */
function validationInput({ stdin = '' }: CommandLine): string {
  if (typeof stdin === 'string') return stdin;
  throw new OpsError('input.invalid', { field: 'validate', detail: 'a secret' });
}

function writeTask({ path, ifHash, content, owner = '', mode, validate }: WriteChange): Task {
  const sum = createHash('sha256').update(revealWord(content)).digest('hex');
  const closed = mode === undefined ? content instanceof Secret : mode.endsWith('00');
  if (validate) refuseOther(validate.command);
  const check = validate ? [validationInput(validate.command), ...taskValues(validate.command)] : [];
  const values = [path, ifHash, sum, closed ? 'yes' : 'no', owner, ...check];
  return { script: WRITE, values, payload: content, timeoutMs: FILE_MS + (validate?.command.timeoutMs ?? 0) };
}
