import { spawn } from 'node:child_process';
import { stdout } from 'node:process';
import type { Office } from './zapas.ts';
import { CLI, environment } from './zapas.ts';

/** Hands the keyboard over: a console as Anna on the pair that was just set up. Settles when she leaves it. */
export async function handOver(office: Office, lab: string): Promise<void> {
  stdout.write(`
The pair streams. You are Anna; help lists what you can do, leave with Ctrl-D. In a second terminal of this machine you break things
and play Piotr:

  npm run lab -- kill-postgres primary --name ${lab}
  npm run lab -- exec --name ${lab} -- env ZAPAS_INVENTORY=${office.inventory} ZAPAS_DATA=${office.data} npx tsx src/main/cli.ts console --as piotr

`);
  const child = spawn(process.execPath, ['--import', 'tsx', CLI, 'console', '--as', 'anna'], {
    env: environment(office),
    stdio: 'inherit',
  });
  await new Promise((resolve) => child.once('exit', resolve));
}
