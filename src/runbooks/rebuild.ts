import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { preflightCertificates } from './steps/preflight/certificates.ts';
import { preflightPort } from './steps/preflight/port.ts';
import { preflightPrimary } from './steps/preflight/primary.ts';
import { preflightVersions } from './steps/preflight/versions.ts';
import { rebuildAssess, rebuildOldData, rebuildStop } from './steps/rebuild/assess.ts';
import {
  rebuildClone,
  rebuildCloneDirectory,
  rebuildConfigureClone,
  rebuildDisk,
  rebuildPutInPlace,
  rebuildSetAside,
  rebuildSlot,
  rebuildVerifyClone,
} from './steps/rebuild/clone.ts';
import { rebuildConfigure, rebuildRewind, rebuildRewindAccess } from './steps/rebuild/rewind.ts';
import { setupLog } from './steps/setup/log.ts';
import { setupPgHba } from './steps/setup/pg-hba.ts';
import { setupReplicationLogin } from './steps/setup/replication-login.ts';
import { setupService } from './steps/setup/service.ts';
import { setupStart } from './steps/setup/start.ts';
import { setupStreaming } from './steps/setup/streaming.ts';
import { rebuildOldSlot } from './steps/switchover/old-slot.ts';

/**
 * A failed or stale server becomes a standby of the primary again: by pg_rewind where that is sound, else by a new copy beside its old
 * data, which is kept until a person lets it go. The plan says which way, and why.
 */
export const rebuild: Runbook = {
  id: 'rebuild',
  options: z.strictObject({
    method: z.enum(['auto', 'rewind', 'clone']).default('auto'),
    discardOld: z.boolean().default(false),
    reason: z.string().max(200).optional(),
  }),
  steps: [
    preflightPrimary,
    preflightVersions,
    preflightCertificates,
    preflightPort,
    rebuildAssess,
    rebuildDisk,
    rebuildStop,
    setupPgHba,
    setupReplicationLogin,
    rebuildRewindAccess,
    rebuildRewind,
    // A lost slot is why a copy is made: it stands until the old data is aside, which says so from then on.
    rebuildSetAside,
    rebuildSlot,
    rebuildCloneDirectory,
    rebuildClone,
    rebuildVerifyClone,
    rebuildConfigureClone,
    rebuildPutInPlace,
    rebuildConfigure,
    setupService,
    setupStart,
    setupStreaming,
    setupLog,
    rebuildOldSlot,
    rebuildOldData,
  ],
  planned: true,
};
