import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { statusPair } from './steps/status/step.ts';

/** Both servers as one picture; changes nothing. */
export const status: Runbook = {
  id: 'status',
  options: z.strictObject({}),
  steps: [statusPair],
};
