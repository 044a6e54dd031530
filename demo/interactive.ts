import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stdout } from 'node:process';
import type { Office } from './zapas.ts';
import { CLI, environment } from './zapas.ts';

/** Hands the keyboard over: a console as Anna on the pair that was just set up. Settles when she leaves it. */
export async function handOver(office: Office, lab: string): Promise<void> {
  const piotr = join(dirname(office.inventory), 'piotr');
  await writeFile(piotr, secondConsole(office, lab));
  await chmod(piotr, 0o755);
  stdout.write(`
The pair streams. You are Anna; help lists what you can do, leave with Ctrl-D. In a second terminal of this machine you break things
and play Piotr:

  npm run lab -- kill-postgres primary --name ${lab}
  ${piotr}

Then type here: failover demo

`);
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'console', '--as', 'anna'], {
    env: environment(office),
    stdio: 'inherit',
  });
  await new Promise((resolve) => child.once('exit', resolve));
}

/** A shell script that opens Piotr's console on the same office. */
function secondConsole({ inventory, data }: Office, lab: string): string {
  const home = join(import.meta.dirname, '..');
  return `#!/bin/sh
cd '${home}' || exit
PATH=$PWD/node_modules/.bin:$PATH
exec tsx lab/cli.ts exec --name '${lab}' -- env ZAPAS_INVENTORY='${inventory}' ZAPAS_DATA='${data}' tsx src/main/cli.ts console --as piotr
`;
}
