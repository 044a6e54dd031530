import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from './error.ts';
import { interactive } from './exec.ts';
import { ownEnvironment } from './install.ts';
import type { Lab, LabHost } from './lab.ts';
import { inNamespace, isInNamespace, namespaceExists } from './network.ts';
import { LabState } from './state.ts';

/** True when this process runs in the lab's controller namespace, so that its sockets reach the hosts. */
export function isInsideLab(lab: Lab): boolean {
  return isInNamespace(new LabState(lab.name).netns('ctl'));
}

/**
 * Runs a command in the lab's controller namespace on the caller's terminal, with `ZAPAS_LAB` set to the lab's name. Loopback is up
 * there; there is no way out of it. Answers the command's exit code.
 */
export function execInLab(lab: Lab, command: readonly string[]): Promise<number> {
  if (command.length === 0) throw new LabError('exec wants a command: npm run lab -- exec -- COMMAND…');
  return interactive([...enterController(lab), ...command], environment(lab));
}

/** Logs in by ssh, or runs one command over it. Answers its exit code. */
export function sshInLab(
  lab: Lab,
  host: LabHost,
  login: { readonly user: string; readonly command: readonly string[] },
): Promise<number> {
  const knownHosts = join(lab.dir, 'keys', 'known_hosts');
  writeFileSync(knownHosts, `${host.address} ${host.hostKey}\n`);
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'IdentitiesOnly=yes',
    'ConnectTimeout=5',
  ];
  const ssh = ['ssh', '-F', 'none', '-q', '-i', lab.privateKeyPath, ...options.flatMap((option) => ['-o', option])];
  return execInLab(lab, [...ssh, `${login.user}@${host.address}`, ...login.command]);
}

function enterController(lab: Lab): readonly string[] {
  if (isInsideLab(lab)) return [];
  const controller = new LabState(lab.name).netns('ctl');
  if (!namespaceExists(controller))
    throw new LabError(`lab "${lab.name}" is not up: npm run lab -- up --name ${lab.name}`);
  return inNamespace(controller);
}

function environment(lab: Lab): Record<string, string> {
  return { ...ownEnvironment(), ZAPAS_LAB: lab.name };
}
