import type { ErrorRef } from '../../../domain/errors.ts';
import { Secret } from '../../../domain/secret.ts';
import type { Ask, Attempt, Change, Check, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { closedFile, closeFile } from '../../acts/ownership.ts';
import {
  type Configuration,
  configuration,
  HBA_PROBLEMS,
  type LoginAttempt,
  replicationLogin,
} from '../../facts/database.ts';
import { fileText, secretFile, type TextFile, type Volume, volume } from '../../facts/files.ts';
import { resolved } from '../../facts/network.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { psql, serverOf } from '../../facts/psql.ts';
import { passfilePath, replicationAddress } from '../../names.ts';
import { buildConninfo, connectionSettings } from '../../postgres/conninfo.ts';
import { ensurePassfileEntry, findPassword } from '../../postgres/passfile.ts';
import { connectionTo } from '../setup/connection.ts';
import { wantedContent } from '../setup/pg-hba.ts';
import { loginKey, loginProblem } from '../setup/replication-login.ts';
import { slotBoundMegabytes } from '../setup/slot-bound.ts';
import { rolesSwapped } from './pair.ts';

type Passfile = NonNullable<ReturnType<typeof secretFile.parse>>;

interface Facts {
  /** The server that becomes the primary. */
  readonly next: PostgresServer;
  readonly configuration: Configuration;
  readonly hba: TextFile | undefined;
  readonly addresses: readonly string[];
  /** Password file of the future primary, which has the password, and of the future standby, which needs it. */
  readonly known: Passfile | undefined;
  readonly own: Passfile | undefined;
  readonly volume: Volume;
  /** What comes of logging in there as the future standby will. */
  readonly login: Attempt<LoginAttempt>;
}

/**
 * The old primary will be able to follow the new one, and that is proven before anybody is interrupted: a real replication login the
 * other way round, with its certificates, its password file and the entry in pg_hba.conf; and the slot it gets will have a bound.
 * Whatever lacks is put there; all of it may stay. M11, M12, H13, H18, H20, H23–H25.
 */
export const switchoverWayBack = defineStep<Facts>({
  id: 'switchover.way-back',
  manual: ['M11', 'M12'],
  effect: 'reversible',
  gather,
  check(facts, input): Check {
    const problem = problemOf(facts, input);
    if (problem) return { blocked: problem };
    if (changes(facts, input).length > 0) return 'needed';
    const refused = refusal(facts, input);
    return refused ? { blocked: refused } : 'done';
  },
  apply: changes,
});

async function gather(ask: Ask, input: StepInput): Promise<Facts> {
  const { cluster, primary, standby } = input;
  const swapped = rolesSwapped(input);
  const next = await ask.fact(standby.id, postgresServer, serverArgs(cluster));
  const found = await ask.fact(standby.id, configuration, { server: serverOf(cluster, next) });
  const path = passfilePath(cluster);
  const conninfo = buildConninfo(connectionSettings(connectionTo(swapped, cluster.replicationUser)));
  const account = { binDir: cluster.binDir, account: cluster.serviceAccount };
  const [hba, known, own, disk, login, ...addresses] = await Promise.all([
    ask.fact(standby.id, fileText, { path: found.settings.hba_file.value }),
    ask.fact(standby.id, secretFile, { path }),
    ask.fact(primary.id, secretFile, { path }),
    ask.fact(standby.id, volume, { path: cluster.dataDir }),
    attempt(ask.fact(primary.id, replicationLogin, { ...account, conninfo })),
    ask.fact(standby.id, resolved, { name: replicationAddress(input, primary.id) }),
    ask.fact(standby.id, resolved, { name: replicationAddress(input, standby.id) }),
  ]);
  return { next, configuration: found, hba, addresses, known, own, volume: disk, login };
}

function problemOf({ hba, configuration, volume }: Facts, { standby, cluster }: StepInput): ErrorRef | undefined {
  const host = standby.id;
  const { hba_file, max_slot_wal_keep_size } = configuration.settings;
  if (!hba) return { code: 'pg-hba.rejected', params: { host, file: hba_file.value, detail: 'absent' } };
  if (max_slot_wal_keep_size.value !== '-1' || slotBoundMegabytes(volume.availableBytes) !== undefined)
    return undefined;
  const free = Math.floor(volume.availableBytes / 1024 / 1024);
  return { code: 'disk.full', params: { host, path: cluster.dataDir, needed: 512, free } };
}

function changes(facts: Facts, input: StepInput): readonly Change[] {
  return [...hbaChanges(facts, input), ...passfileChanges(facts, input), ...boundChanges(facts, input)];
}

function hbaChanges({ next, configuration, hba, addresses }: Facts, input: StepInput): readonly Change[] {
  if (!hba) return [];
  const host = input.standby.id;
  const server = serverOf(input.cluster, next);
  const content = wantedContent(hba, { addresses }, input);
  if (content === hba.content && configuration.loadedAt > hba.mtimeSeconds) return [];
  const validate = { command: psql(server, `${HBA_PROBLEMS};`), rejected: 'pg-hba.rejected' } as const;
  const path = configuration.settings.hba_file.value;
  const write: Change = { kind: 'write', host, path, content, ifHash: hba.hash, validate };
  return [write, { kind: 'exec', host, command: psql(server, 'select pg_reload_conf();') }];
}

/** The password is known to the standby's file alone (M12); the primary's own gets it, and nobody sees it. */
function passfileChanges({ known, own }: Facts, input: StepInput): readonly Change[] {
  const { cluster, primary } = input;
  const password = known && findPassword(known.content, loginKey(input, cluster.replicationUser));
  if (!password) return [];
  const before = own?.content ?? new Secret('');
  const key = loginKey(rolesSwapped(input), cluster.replicationUser);
  const { content, changed } = ensurePassfileEntry(before, { ...key, password });
  const account = cluster.serviceAccount;
  const path = passfilePath(cluster);
  const ifHash = own?.hash ?? 'absent';
  return [
    ...(own ? closeFile(primary, path, own, account) : []),
    ...(changed
      ? [{ kind: 'write', host: primary.id, path, content, ifHash, ...closedFile(primary, account) } as const]
      : []),
  ];
}

function boundChanges({ next, configuration, volume }: Facts, { cluster, standby }: StepInput): readonly Change[] {
  if (configuration.settings.max_slot_wal_keep_size.value !== '-1') return [];
  const bound = slotBoundMegabytes(volume.availableBytes);
  if (bound === undefined) return [];
  const sql = `alter system set max_slot_wal_keep_size = '${bound}MB';\nselect pg_reload_conf();`;
  return [{ kind: 'exec', host: standby.id, command: psql(serverOf(cluster, next), sql) }];
}

function refusal({ login, next }: Facts, input: StepInput): ErrorRef | undefined {
  if (!login.ok) return login.error;
  if (!next.live) return { code: 'standby.not-running', params: { host: input.standby.id, state: next.state } };
  return loginProblem(login.value, { primary: { live: next.live } }, rolesSwapped(input));
}
