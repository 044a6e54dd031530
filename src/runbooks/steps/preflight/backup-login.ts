import type { Secret } from '../../../domain/secret.ts';
import { defineStep } from '../../../domain/step.ts';
import { databaseRole, type Role } from '../../facts/database.ts';
import { backupLogin } from '../../names.ts';
import { isPassword } from '../../postgres/scram.ts';
import { finding } from '../findings.ts';
import { askPrimary } from '../pair.ts';

/** The account of M15 as the primary has it; nothing when the inventory leaves the copy to the replication role. */
type Facts = { readonly password: Secret; readonly role: Role | undefined } | undefined;

/**
 * The account of M15 is on the primary, may replicate, and its password is the one in the inventory. The standby cannot log in
 * before pg_hba.conf lets it, so the password is held against what the primary stores: a wrong one is said before anything
 * is changed. M15.
 */
export const preflightBackupLogin = defineStep<Facts>({
  id: 'preflight.backup-login',
  manual: ['M15'],
  effect: 'read',
  async gather(ask, input) {
    const { cluster, primary } = input;
    if (cluster.backupPassword === undefined || backupLogin(cluster) === cluster.replicationUser) return undefined;
    const { server } = await askPrimary(ask, input);
    const [password, role] = await Promise.all([
      ask.secret(cluster.backupPassword),
      ask.fact(primary.id, databaseRole, { server, role: backupLogin(cluster) }),
    ]);
    return { password, role };
  },
  check(facts, { cluster, standby }) {
    const user = backupLogin(cluster);
    const detail = facts && problemOf(facts, user);
    if (!detail) return 'done';
    return { blocked: { code: 'replication.login-failed', params: { host: standby.id, user, detail } } };
  },
  findings(facts, { cluster, primary }) {
    if (!facts) return [];
    const user = backupLogin(cluster);
    const problem = problemOf(facts, user);
    return [finding('backup-login', problem ? 'failed' : 'ok', { user, problem: problem ?? 'none' }, primary.id)];
  },
});

function problemOf({ password, role }: NonNullable<Facts>, user: string): string | undefined {
  if (!role?.login) return 'role_missing';
  if (!role.replication && !role.superuser) return 'role_without_replication';
  if (!role.verifier) return 'password_missing';
  return isPassword(password, role.verifier, user) === false ? 'password_refused' : undefined;
}
