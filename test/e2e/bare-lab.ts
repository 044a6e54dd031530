import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';

const LABEL = 'bare';

/**
 * Boots the lab with the hosts as they were before any test had them: kept by whoever comes first, put back by everybody else.
 * So the files may run in any order.
 */
export async function bareLab(lab: Lab): Promise<void> {
  await lab.up();
  await (existsSync(join(lab.dir, 'snapshots', LABEL)) ? lab.restore(LABEL) : lab.save(LABEL));
}
