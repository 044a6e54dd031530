import type { StepInput } from '../domain/step.ts';
import { isWindowsPath, joinPath, parentPath } from './paths.ts';

type Pair = Pick<StepInput, 'cluster' | 'primary' | 'standby'>;

/** Name of a server in the other's pg_stat_replication (application_name) and of its slot there (H13, H31: ours by name). */
export function slotName(standbyId: string): string {
  return `zapas_${standbyId.replaceAll('-', '_')}`;
}

/**
 * The password file of the replication login (H24, H25): beside the data directory, so that it survives a clone, belongs to the
 * service's account, and needs nobody's profile. On Windows beside the client's key: libpq reads a path there by the host's code page,
 * and the certificates are where it can.
 */
export function passfilePath({
  dataDir,
  id,
  certificates,
}: Pick<Pair['cluster'], 'dataDir' | 'id' | 'certificates'>): string {
  const beside = isWindowsPath(dataDir) ? certificates.clientKey : dataDir;
  return joinPath(parentPath(beside), `zapas-${id}.pgpass`);
}

/** Where a run clones to: beside the data directory's real place, renamed to it at the end (H31). */
export function clonePath(realDataDir: string, run: string): string {
  return `${realDataDir}.clone-${run}`;
}

/** The address a server of the pair is reached at by the other one. */
export function replicationAddress({ cluster, primary, standby }: Pair, hostId: string): string {
  // The inventory gives these addresses by the roles written there; the hosts may have swapped them since.
  const wanted = cluster.replicationAddress[hostId === cluster.primary ? 'primary' : 'standby'];
  return wanted ?? (primary.id === hostId ? primary : standby).address;
}

/** Who the base backup logs in as (M15): the inventory's account when its password is there, else the replication role. */
export function backupLogin(cluster: Pair['cluster']): string {
  const { backupUser, backupPassword, replicationUser } = cluster;
  return backupUser !== undefined && backupPassword !== undefined ? backupUser : replicationUser;
}

/** The users of the pg_hba.conf entry (M11): the replication role, and the account of M15 when there is one. */
export function replicationLogins({ replicationUser, backupUser }: Pair['cluster']): readonly string[] {
  return backupUser === undefined || backupUser === replicationUser ? [replicationUser] : [replicationUser, backupUser];
}
