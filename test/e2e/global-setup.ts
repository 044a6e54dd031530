import { openLab } from '../../lab/lab.ts';
import { bareLab } from './bare-lab.ts';

/** Keeps the hosts as they are before the first file has them, so that files may run in any order and any company. */
export async function setup(): Promise<void> {
  await bareLab(openLab());
}
