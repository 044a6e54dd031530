import { expect } from 'vitest';
import { capture, type Output } from '../../lab/exec.ts';
import { type Lab, labIsPossible, openLab } from '../../lab/lab.ts';
import { inNamespace } from '../../lab/network.ts';
import { LabState } from '../../lab/state.ts';

/** False where labs cannot run; then it has said so aloud, once per test file. */
export function canRunLabs(): boolean {
  if (labIsPossible()) return true;
  process.stderr.write('\n*** SKIPPED: the lab tests need Linux, root and cgroup v2. Run them as root. ***\n\n');
  return false;
}

/** A lab of its own for one test file; several runs at once do not meet. */
export function testLab(kind: string): Lab {
  return openLab(`t-${kind}-${process.pid}`, () => undefined);
}

/** Runs a command in the lab's controller namespace, where the bot would run. */
export function fromController(lab: Lab, ...argv: readonly string[]): Promise<Output> {
  return capture([...inNamespace(new LabState(lab.name).netns('ctl')), ...argv], { timeoutMs: 30_000 });
}

/** Whether a TCP connection from the controller to a host's port succeeds within two seconds. */
export async function controllerReaches(lab: Lab, host: string, port = 22): Promise<boolean> {
  const probe = `exec 3<>/dev/tcp/${lab.host(host).address}/${port}`;
  return (await fromController(lab, 'timeout', '2', 'bash', '-c', probe)).code === 0;
}

/** The same, asked inside one host about another. */
export async function hostReaches(lab: Lab, from: string, to: string, port = 22): Promise<boolean> {
  return (await lab.run(from, `timeout 2 bash -c 'exec 3<>/dev/tcp/${lab.host(to).address}/${port}'`)).code === 0;
}

/** Waits until a connection succeeds that a healed link allows again: the first packets after it may still be lost. */
export async function comesBack(reaches: () => Promise<boolean>): Promise<void> {
  await expect.poll(reaches, { timeout: 20_000 }).toBe(true);
}

/** Logs in by ssh from the controller with the host key pinned, and runs one command. */
export function ssh(lab: Lab, host: string, command: string, user = lab.host(host).user): Promise<Output> {
  return fromController(lab, ...sshArgv(lab, host, command, user));
}

/** The argv of such a login. */
export function sshArgv(lab: Lab, host: string, command: string, user = lab.host(host).user): readonly string[] {
  const { address, hostKey } = lab.host(host);
  const pinned = `KnownHostsCommand=/bin/echo ${address} ${hostKey}`;
  const options = ['-F', 'none', '-q', '-i', lab.privateKeyPath, '-o', pinned, '-o', 'UserKnownHostsFile=/dev/null'];
  return ['ssh', ...options, '-o', 'StrictHostKeyChecking=yes', `${user}@${address}`, command];
}

/** Asks PostgreSQL on a host as its superuser. Throws when it does not answer. */
export async function sql(lab: Lab, host: string, query: string): Promise<string> {
  const ask = `cd / && runuser -u postgres -- /opt/mmedica/pgsql-17/bin/psql -XAtq -v ON_ERROR_STOP=1 -d mmedica -c "$1"`;
  const { code, stdout, stderr } = await lab.run(host, `set -- ${quote(query)}\n${ask}`);
  if (code !== 0) throw new Error(`${host}: ${stderr}`);
  return stdout.trim();
}

/** Runs a script in a host and throws when it fails. */
export async function mustRun(lab: Lab, host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(host, script);
  if (code !== 0) throw new Error(`${host}: exit ${code}: ${stderr || stdout}`);
  return stdout;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
