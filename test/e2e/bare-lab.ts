import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';

const LABEL = 'bare';

/**
 * Boots the lab with the hosts as they were before any test had them: kept by whoever comes first, put back by everybody else.
 * So the files may run in any order. Throws when the first to come finds hosts that were used: nothing could be told from them.
 */
export async function bareLab(lab: Lab): Promise<void> {
  await lab.up();
  if (existsSync(join(lab.dir, 'snapshots', LABEL))) return await lab.restore(LABEL);
  const used = `ls -d /var/lib/zapas /opt/mmedica/pgsql-17/data/recovery.conf 2>/dev/null; [ "$(hostname)" != standby ] || ls -d /opt/mmedica/pgsql-17/data 2>/dev/null`;
  for (const host of ['primary', 'standby', 'app']) {
    const traces = (await lab.run(host, used)).stdout.trim();
    if (traces) throw new Error(`the lab ${lab.name} is not bare, take a fresh one: ${host} has ${traces}`);
  }
  await lab.save(LABEL);
}
