import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { PREFLIGHT } from './check.ts';
import { setupConfigure, setupPutInPlace } from './steps/setup/activate.ts';
import { setupFetchBinaries, setupInstallBinaries } from './steps/setup/binaries.ts';
import { setupClone, setupCloneDirectory, setupVerifyClone } from './steps/setup/clone.ts';
import { setupFirewall } from './steps/setup/firewall.ts';
import { setupLicence, setupVendorCommand } from './steps/setup/licence.ts';
import { setupLog } from './steps/setup/log.ts';
import { setupPgHba } from './steps/setup/pg-hba.ts';
import { setupPrimaryRestart, setupPrimarySettings } from './steps/setup/primary-settings.ts';
import { setupReplicationLogin } from './steps/setup/replication-login.ts';
import { setupService } from './steps/setup/service.ts';
import { setupSlot } from './steps/setup/slot.ts';
import { setupStart } from './steps/setup/start.ts';
import { setupStreaming } from './steps/setup/streaming.ts';

/**
 * The vendor's procedure M01–M18 on a pair. Each step may be entered again at any time: what is done is left alone, so on a pair
 * that already replicates it changes nothing.
 */
export const setup: Runbook = {
  id: 'setup',
  options: z.strictObject({ reason: z.string().max(200).optional() }),
  steps: [
    ...PREFLIGHT,
    setupLicence,
    setupVendorCommand,
    setupFetchBinaries,
    setupInstallBinaries,
    setupFirewall,
    setupPrimarySettings,
    setupPrimaryRestart,
    setupPgHba,
    setupReplicationLogin,
    setupSlot,
    setupCloneDirectory,
    setupClone,
    setupVerifyClone,
    setupConfigure,
    setupPutInPlace,
    setupService,
    setupStart,
    setupStreaming,
    setupLog,
  ],
  planned: true,
};
