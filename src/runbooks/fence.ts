import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { fenceGhost, fenceStop, fenceWrites } from './steps/fence/steps.ts';

/**
 * A server that lost its role in a failover, because it could not be reached then, is stopped the moment it answers. Nobody has to agree
 * (ADR 8): while people decide, an office may write into it.
 */
export const fence: Runbook = {
  id: 'fence',
  options: z.strictObject({}),
  steps: [fenceGhost, fenceStop, fenceWrites],
  unattended: true,
};
