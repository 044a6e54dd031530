import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { failoverCheckpoint, failoverCleanUp } from './steps/failover/clean-up.ts';
import { failoverLog } from './steps/failover/log.ts';
import { failoverRedirect, failoverRedirectByHand } from './steps/failover/redirect/step.ts';
import {
  switchoverHoldClients,
  switchoverRedirectReady,
  switchoverReleaseClients,
} from './steps/switchover/clients.ts';
import { switchoverEvidence } from './steps/switchover/evidence.ts';
import { switchoverFollow, switchoverSlot, switchoverStreaming } from './steps/switchover/follow.ts';
import { switchoverOldSlot } from './steps/switchover/old-slot.ts';
import { switchoverFirstWrite, switchoverPromote } from './steps/switchover/promote.ts';
import { switchoverPutBack } from './steps/switchover/put-back.ts';
import { switchoverCaughtUp, switchoverCheckpoint, switchoverStop } from './steps/switchover/stop.ts';
import { switchoverWayBack } from './steps/switchover/way-back.ts';

/**
 * Both servers are well and swap their roles in order, without loss. Everything that can be prepared is prepared, and proven, before
 * anybody is interrupted; between the stop and the first write there is only what that write needs.
 */
export const switchover: Runbook = {
  id: 'switchover',
  options: z.strictObject({ reason: z.string().max(200).optional() }),
  steps: [
    switchoverEvidence,
    switchoverRedirectReady,
    switchoverWayBack,
    switchoverCheckpoint,
    switchoverHoldClients,
    switchoverStop,
    switchoverCaughtUp,
    switchoverPromote,
    switchoverFirstWrite,
    failoverRedirect,
    failoverCleanUp,
    switchoverSlot,
    switchoverFollow,
    switchoverStreaming,
    switchoverOldSlot,
    failoverRedirectByHand,
    failoverCheckpoint,
    failoverLog,
  ],
  swapsRolesAfter: switchoverPromote.id,
  putBack: [switchoverPutBack, switchoverReleaseClients],
  planned: true,
};
