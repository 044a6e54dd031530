import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import type { Step } from '../domain/step.ts';
import { preflightBackupLogin } from './steps/preflight/backup-login.ts';
import { preflightCapacity } from './steps/preflight/capacity.ts';
import { preflightCertificates } from './steps/preflight/certificates.ts';
import { preflightClock } from './steps/preflight/clock.ts';
import { preflightDataDirectory } from './steps/preflight/data-directory.ts';
import { preflightDisk } from './steps/preflight/disk.ts';
import { preflightIncrementalBackup } from './steps/preflight/incremental-backup.ts';
import { preflightLink } from './steps/preflight/link.ts';
import { preflightOs } from './steps/preflight/os.ts';
import { preflightParameters } from './steps/preflight/parameters.ts';
import { preflightPort } from './steps/preflight/port.ts';
import { preflightPrimary } from './steps/preflight/primary.ts';
import { preflightArchiving, preflightRewind } from './steps/preflight/safety.ts';
import { preflightServerCertificate } from './steps/preflight/server-certificate.ts';
import { preflightTablespaces } from './steps/preflight/tablespaces.ts';
import { preflightVersions } from './steps/preflight/versions.ts';

/** Everything that is looked at before a setup, worst first: what the others rest on comes before them. Each only reads. */
export const PREFLIGHT: readonly Step[] = [
  preflightPrimary,
  preflightOs,
  preflightVersions,
  preflightDataDirectory,
  preflightCertificates,
  preflightServerCertificate,
  preflightBackupLogin,
  preflightTablespaces,
  preflightDisk,
  preflightCapacity,
  preflightParameters,
  preflightPort,
  preflightLink,
  preflightClock,
  preflightIncrementalBackup,
  preflightRewind,
  preflightArchiving,
];

/** The preflight of both hosts as a list with verdicts, and the plan that `setup` would carry out. Read-only. M02–M05, M09. */
export const check: Runbook = {
  id: 'check',
  options: z.strictObject({}),
  steps: PREFLIGHT,
  preview: 'setup',
};
