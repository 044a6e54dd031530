import type { Ask, StepInput } from '../../domain/step.ts';
import { serviceUnit } from '../facts/service.ts';
import { onFamily } from './family.ts';

/**
 * The account that the standby's server runs as: the inventory's; on Windows the one of the primary's service, which is mirrored
 * (H26).
 */
export async function askServiceAccount(ask: Ask, { cluster, primary, standby }: StepInput): Promise<string> {
  return onFamily(standby, {
    posix: async () => cluster.serviceAccount,
    windows: async () => (await ask.fact(primary.id, serviceUnit, { service: cluster.service })).account ?? SYSTEM,
  });
}

/** What a service without an account of its own runs as. */
const SYSTEM = 'LocalSystem';

/** Names that mean the same in every language of Windows (H45). Source: Microsoft, "Well-known SIDs". */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  localsystem: '*S-1-5-18',
  'nt authority\\system': '*S-1-5-18',
  'nt authority\\localservice': '*S-1-5-19',
  'nt authority\\local service': '*S-1-5-19',
  'nt authority\\networkservice': '*S-1-5-20',
  'nt authority\\network service': '*S-1-5-20',
};

/** A service's account as `icacls` takes it. */
export function granteeOf(account: string): string {
  return WELL_KNOWN[account.toLowerCase()] ?? account.replace(/^\.\\/, '');
}

/** Does the account have no password, so that a service can be registered for it by its name alone? */
export function needsNoPassword(account: string): boolean {
  const known = account.toLowerCase();
  return known in WELL_KNOWN || known.startsWith('nt service\\') || known.endsWith('$');
}

/** Is it the system itself, which is `pg_ctl register`'s own choice? */
export function isSystem(account: string): boolean {
  return granteeOf(account) === '*S-1-5-18';
}
