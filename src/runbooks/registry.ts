import { OpsError } from '../domain/errors.ts';
import type { Runbook, RunbookId } from '../domain/runbook.ts';
import { acceptRoles } from './accept-roles.ts';
import { check } from './check.ts';
import { failover } from './failover.ts';
import { fence } from './fence.ts';
import { logs } from './logs.ts';
import { rebuild } from './rebuild.ts';
import { rehearse } from './rehearse.ts';
import { setup } from './setup.ts';
import { status } from './status.ts';
import { switchover } from './switchover.ts';

/** Every runbook Zapas has, in the order people are shown. */
export const RUNBOOKS: readonly Runbook[] = [
  check,
  setup,
  switchover,
  failover,
  acceptRoles,
  fence,
  rebuild,
  rehearse,
  status,
  logs,
];

/** The runbook of that id. Throws `input.unknown-command`. */
export function findRunbook(id: RunbookId): Runbook {
  const found = RUNBOOKS.find((runbook) => runbook.id === id);
  if (!found) throw new OpsError('input.unknown-command', { command: id });
  return found;
}
