import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import {
  acceptRolesEvidence,
  acceptRolesFence,
  acceptRolesRecord,
  acceptRolesWrites,
} from './steps/accept-roles/steps.ts';
import { failoverCheckpoint, failoverCleanUp } from './steps/failover/clean-up.ts';
import { failoverRedirect, failoverRedirectByHand } from './steps/failover/redirect/step.ts';

/**
 * People have promoted the standby without Zapas, or two servers take writes and the promoted one is right: its role is recorded, the
 * other one fenced, and what a failover leaves behind is put in order. Nothing is promoted; what only the other one has is named.
 */
export const acceptRoles: Runbook = {
  id: 'accept-roles',
  options: z.strictObject({}),
  steps: [
    acceptRolesEvidence,
    acceptRolesFence,
    acceptRolesRecord,
    failoverRedirect,
    failoverCleanUp,
    failoverRedirectByHand,
    failoverCheckpoint,
    acceptRolesWrites,
  ],
  swapsRolesAfter: acceptRolesRecord.id,
};
