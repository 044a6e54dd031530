import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import { bareLab } from './bare-lab.ts';
import { expectFailedOverOnce, expectSetUpOnce } from './crash.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();

/** Where a death would hurt most: before and after what cannot be undone, and inside the long work. The soak test has every boundary. */
const SETUP = ['change-applied setup.primary-restart', 'job-followed setup.clone', 'change-applied setup.put-in-place'];
const FAILOVER = ['step-started failover.promote', 'change-applied failover.promote', 'roles-set failover.promote'];

describe('a worker that is killed where it hurts', () => {
  let office: Office;

  beforeAll(async () => {
    await bareLab(lab);
    office = await openOffice(lab);
  });
  afterAll(async () => {
    await office.close();
    await bareLab(lab);
  });

  it('sets the pair up all the same, each effect once (M01–M18)', async () => {
    expect((await expectSetUpOnce(lab, office, SETUP)).kills()).toBe(SETUP.length);
  });

  it('fails over all the same: one promotion, one timeline further, the old primary fenced (M19–M25)', async () => {
    expect((await expectFailedOverOnce(lab, office, FAILOVER)).kills()).toBe(FAILOVER.length);
  });
});
