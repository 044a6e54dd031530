import { setTimeout as pause } from 'node:timers/promises';
import type { CommandLine, ExecResult } from '../../src/domain/command.ts';
import { OpsError } from '../../src/domain/errors.ts';
import { sha256 } from '../../src/domain/plan.ts';
import type { Fence, HostGateway, JobStatus } from '../../src/domain/ports.ts';
import { revealWord } from '../../src/domain/secret.ts';
import { refusingGateway } from './gateway.ts';

/**
 * A host of one table: `get key`, `set key value`, `say output…` with an exit code in the variable EXIT. It keeps the contract of
 * {@link HostGateway} about fencing tokens, and fails as a test tells it to.
 */
export interface ToyHost {
  readonly gateway: HostGateway;
  /** What is there now. */
  readonly state: Map<string, string>;
  /** Every change carried out, in order. */
  readonly effects: string[];
  readonly jobs: Map<string, ToyJob>;
  /**
   * Called before each question and change, with its words; throws to fail. `after` is called when the change has happened. While
   * `busy`, an earlier change holds the lock against a barrier.
   */
  trouble: {
    busy?: () => boolean;
    before?: (words: string) => void | Promise<void>;
    after?: (words: string) => void | Promise<void>;
  };
}

export interface ToyJob {
  state: JobStatus['state'];
  code: number;
  output: string;
  readonly words: string;
}

const bytes = (output: string): Uint8Array => new TextEncoder().encode(output);

const live = async (signal: AbortSignal): Promise<void> => {
  await Promise.resolve();
  if (signal.aborted) throw new OpsError('exec.aborted');
};

export function createToyHost(): ToyHost {
  const state = new Map<string, string>();
  const effects: string[] = [];
  const jobs = new Map<string, ToyJob>();
  let newest = 0;

  const obey = ({ token }: Fence): void => {
    if (Number(token) < newest) throw new OpsError('host.fenced', { token, newest });
    newest = Number(token);
  };
  const carryOut = async (words: string, act: () => void): Promise<void> => {
    await host.trouble.before?.(words);
    effects.push(words);
    act();
    await host.trouble.after?.(words);
  };
  const run = ({ argv, env }: CommandLine): ExecResult => {
    const [verb, key = '', value = ''] = argv;
    if (verb === 'set') state.set(key, value);
    const stdout = bytes(verb === 'get' ? (state.get(key) ?? '') : verb === 'say' ? argv.slice(1).join(' ') : '');
    return { code: Number(env?.EXIT ?? 0), stdout, stderr: new Uint8Array() };
  };
  const gateway: HostGateway = {
    ...refusingGateway,
    async ask(command, signal) {
      await live(signal);
      await host.trouble.before?.(command.argv.join(' '));
      return run(command);
    },
    async exec(command, fence, signal) {
      await live(signal);
      obey(fence);
      const words = command.argv.join(' ');
      if (words === 'true' && host.trouble.busy?.()) throw new OpsError('host.busy');
      if (words === 'true') return run(command);
      let result: ExecResult | undefined;
      await carryOut(words, () => {
        result = run(command);
      });
      await live(signal);
      return result ?? run(command);
    },
    async write({ path, content, ifHash }, fence, signal) {
      await live(signal);
      obey(fence);
      const before = state.get(path);
      if ((before === undefined ? 'absent' : sha256(before)) !== ifHash)
        throw new OpsError('file.changed', { file: path });
      await carryOut(`write ${path}`, () => state.set(path, revealWord(content)));
      return before === undefined ? undefined : bytes(before);
    },
    async startJob(id, command, fence, signal) {
      await live(signal);
      obey(fence);
      if (jobs.has(id)) return;
      const words = command.argv.join(' ');
      await carryOut(words, () => jobs.set(id, { state: 'running', code: 0, output: '', words }));
    },
    async pollJob(id, offset, signal, patienceMs = 0) {
      await live(signal);
      await host.trouble.before?.(`poll ${id}`);
      const job = jobs.get(id);
      if (!job) return { state: 'absent', output: new Uint8Array(), offset: 0 };
      if (job.state === 'running') await pause(patienceMs);
      const output = bytes(job.output).slice(offset);
      const code = job.state === 'exited' ? { code: job.code } : {};
      return { state: job.state, ...code, output, offset: offset + output.length };
    },
    async cancelJob(id, fence, signal) {
      await live(signal);
      obey(fence);
      await host.trouble.before?.(`cancel ${id}`);
      const job = jobs.get(id);
      if (job?.state === 'running') job.state = 'vanished';
    },
    removeJob(id) {
      jobs.delete(id);
      return Promise.resolve();
    },
    reach: () => Promise.resolve(false),
  };
  const host: ToyHost = { gateway, state, effects, jobs, trouble: {} };
  return host;
}
