import type { ErrorRef } from '../../../domain/errors.ts';
import { Secret } from '../../../domain/secret.ts';
import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { askServiceAccount } from '../../acts/account.ts';
import { closedFile, closeFile } from '../../acts/ownership.ts';
import { databaseRole, type LoginAttempt, type Role, replicationLogin } from '../../facts/database.ts';
import { secretFile } from '../../facts/files.ts';
import { psql } from '../../facts/psql.ts';
import { backupLogin, passfilePath } from '../../names.ts';
import { buildConninfo, connectionSettings } from '../../postgres/conninfo.ts';
import { identify } from '../../postgres/log/messages.ts';
import { ensurePassfileEntry, findPassword, type PassfileKey } from '../../postgres/passfile.ts';
import { isPassword, scramVerifier } from '../../postgres/scram.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/sql.ts';
import { askPrimary, type Primary } from '../pair.ts';
import { connectionTo } from './connection.ts';

const PASSWORD_BYTES = 24;
const SALT_BYTES = 16;
const NO_FILE = { content: new Secret(''), hash: 'absent', owner: '', mode: '600' };

interface Facts {
  readonly primary: Primary;
  /** The account the standby will run as. */
  readonly account: string;
  readonly passfile: { readonly content: Secret; readonly hash: string; readonly owner: string; readonly mode: string };
  /** The replication role's password: the one in the password file, else a new one. */
  readonly password: Secret;
  readonly salt: Secret;
  /** The password of M15's account, when the inventory has one. */
  readonly backupPassword: Secret | undefined;
  readonly role: Role | undefined;
  /** What came of logging in as each account that will: the replication role first, then the one of M15. */
  readonly logins: readonly LoginAttempt[];
}

/**
 * The replication role has a generated password that only the standby's password file knows; the primary gets its SCRAM
 * verifier, so the clear password is in no log, argument list or chat. It is written to the file first: a crash in between
 * loses nothing. Done means that the standby has really logged in for replication. M12, M15, H17, H22, H23, H24, H25.
 */
export const setupReplicationLogin = defineStep<Facts>({
  id: 'setup.replication-login',
  manual: ['M12', 'M15'],
  effect: 'reversible',
  gather,
  check(facts, input): Check {
    if (passfileChange(facts, input).length > 0 || !isGranted(facts, input)) return 'needed';
    const problems = facts.logins.map((login) => loginProblem(login, facts, input));
    const first = problems.find((problem) => problem !== undefined);
    return first ? { blocked: first } : 'done';
  },
  apply: (facts, input) => [...passfileChange(facts, input), ...roleChange(facts, input)],
});

async function gather(ask: Ask, input: StepInput): Promise<Facts> {
  const { cluster, standby } = input;
  const { binDir, serviceAccount, backupPassword, replicationUser } = cluster;
  const primary = await askPrimary(ask, input);
  const users = [...new Set([replicationUser, backupLogin(cluster)])];
  const [account, file, role, ...logins] = await Promise.all([
    askServiceAccount(ask, input),
    ask.fact(standby.id, secretFile, { path: passfilePath(cluster) }),
    ask.fact(input.primary.id, databaseRole, { server: primary.server, role: replicationUser }),
    ...users.map((user) => {
      const conninfo = buildConninfo(connectionSettings(connectionTo(input, user)));
      return attempt(ask.fact(standby.id, replicationLogin, { binDir, account: serviceAccount, conninfo }));
    }),
  ]);
  const passfile = file ?? NO_FILE;
  return {
    primary,
    account,
    passfile,
    role,
    password: findPassword(passfile.content, loginKey(input, replicationUser)) ?? ask.random(PASSWORD_BYTES),
    salt: ask.random(SALT_BYTES),
    backupPassword: backupPassword === undefined ? undefined : await ask.secret(backupPassword),
    // At plan time the standby may not even have the account to try it with.
    logins: logins.map((login) => (login.ok ? login.value : { ok: false, message: login.error.code, exit: -1 })),
  };
}

/** Programs do not agree on the database's name in a replication connection: WAL receiver, pg_basebackup, psql. */
export function loginKey(input: StepInput, user: string): PassfileKey {
  const { host, port } = connectionTo(input, user);
  return { host, port: String(port), database: '*', user };
}

function passfileChange(facts: Facts, input: StepInput): readonly Change[] {
  const { passfile, password, backupPassword, account } = facts;
  const { cluster, standby } = input;
  const login = backupLogin(cluster);
  const own = ensurePassfileEntry(passfile.content, { ...loginKey(input, cluster.replicationUser), password });
  const edit =
    backupPassword === undefined || login === cluster.replicationUser
      ? own
      : ensurePassfileEntry(own.content, { ...loginKey(input, login), password: backupPassword });
  const unchanged = edit.content.reveal() === passfile.content.reveal();
  const path = passfilePath(cluster);
  const write: Change = {
    kind: 'write',
    host: standby.id,
    path,
    content: edit.content,
    ifHash: passfile.hash,
    ...closedFile(standby, account),
  };
  const repairs = passfile.hash === 'absent' ? [] : closeFile(standby, path, passfile, account);
  return [...repairs, ...(unchanged ? [] : [write])];
}

/** The role can log in for replication with exactly this password. */
function isGranted({ role, password }: Facts, { cluster }: StepInput): boolean {
  if (!role?.login || !role.replication || !role.verifier?.reveal().startsWith('SCRAM-SHA-256$')) return false;
  return isPassword(password, role.verifier, cluster.replicationUser) === true;
}

function roleChange(facts: Facts, input: StepInput): readonly Change[] {
  if (isGranted(facts, input)) return [];
  const { role, password, salt, primary } = facts;
  const verifier = scramVerifier(password, Buffer.from(salt.reveal())).reveal();
  const name = quoteIdentifier(input.cluster.replicationUser);
  // Not even the verifier belongs in the primary's log.
  const statements = `set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
${role ? 'alter' : 'create'} role ${name} with login replication password ${quoteLiteral(verifier)};`;
  return [{ kind: 'exec', host: input.primary.id, command: psql(primary.server, new Secret(statements)) }];
}

/** Why this login is not good; the first cause libpq names, in the words of the log table. H23. */
export function loginProblem(
  login: LoginAttempt,
  { primary }: { readonly primary: { readonly live: Pick<Primary['live'], 'systemIdentifier'> } },
  { standby }: Pick<StepInput, 'standby'>,
): ErrorRef | undefined {
  const failed = (detail: string, message: string): ErrorRef => ({
    code: 'replication.login-failed',
    params: { host: standby.id, detail, message },
  });
  if (login.ok) return login.systemIdentifier === primary.live.systemIdentifier ? undefined : failed('otherSystem', '');
  const found = identify({ severity: 'FATAL', message: login.message, first: 1, last: 1 });
  const detail = found?.id ?? CAUSES.find(([pattern]) => pattern.test(login.message))?.[1] ?? 'unknown';
  // A dash cannot stand in a selector of the catalogues.
  return failed(detail.replaceAll('-', '_'), login.message.slice(0, 300));
}

/** What libpq says before the server has a word; under LC_ALL=C, so in English. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /certificate file .* does not exist|private key file .* (does not exist|has group or world access)/,
    'client-certificate-missing',
  ],
  [/Connection refused|timeout expired|No route to host|could not translate host name/, 'primary-unreachable'],
];
