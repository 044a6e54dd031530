import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { failoverEvidence } from './steps/evidence/step.ts';
import { failoverCheckpoint, failoverCleanUp } from './steps/failover/clean-up.ts';
import { failoverFence } from './steps/failover/fence.ts';
import { failoverFirstWrite } from './steps/failover/first-write.ts';
import { failoverLog } from './steps/failover/log.ts';
import { failoverPromote } from './steps/failover/promote.ts';
import { failoverRedirect, failoverRedirectByHand } from './steps/failover/redirect/step.ts';

/**
 * The primary has failed: its standby takes its place (M19–M25). Everything between the approval and the first write is there
 * because that write would not be safe without it; what can wait comes after.
 */
export const failover: Runbook = {
  id: 'failover',
  options: z.strictObject({}),
  steps: [
    failoverEvidence,
    failoverFence,
    failoverPromote,
    failoverFirstWrite,
    failoverRedirect,
    failoverCleanUp,
    failoverRedirectByHand,
    failoverCheckpoint,
    failoverLog,
  ],
  swapsRolesAfter: failoverPromote.id,
};
