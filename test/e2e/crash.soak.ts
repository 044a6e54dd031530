import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import { bareLab } from './bare-lab.ts';
import { expectFailedOverOnce, expectSetUpOnce } from './crash.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const POINTS = ['step-started', 'change-applied', 'roles-set', 'step-finished'];

describe('a worker that is killed at every step boundary', () => {
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
    expect((await expectSetUpOnce(lab, office, POINTS)).kills()).toBeGreaterThan(25);
  }, 600_000);

  it('fails over all the same: one promotion, one timeline further, the old primary fenced (M19–M25)', async () => {
    expect((await expectFailedOverOnce(lab, office, POINTS)).kills()).toBeGreaterThan(10);
  }, 600_000);
});
