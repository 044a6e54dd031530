import type { ErrorRef } from '../../../../domain/errors.ts';
import type { RedirectKind, RedirectLogin, RedirectOf } from '../../../../domain/redirect.ts';
import type { Ask, Change, StepInput } from '../../../../domain/step.ts';
import { resolved } from '../../../facts/network.ts';
import { replicationAddress } from '../../../names.ts';
import { buildConninfo } from '../../../postgres/conninfo.ts';

/** What a recipe found on its hosts, and what it does about it. */
export interface Way {
  /**
   * What of the clients' way does not lead to the new primary, in words; empty when all of it does. Absent: the recipe cannot see where
   * the way leads.
   */
  readonly astray?: readonly string[];
  /** The whole redirect, whatever part of it is done already: an approved plan still holds after a crash in between. */
  readonly changes: readonly Change[];
  /** What will be led where, in words. */
  readonly moves?: readonly Move[];
  /** Why nothing of it may be touched. */
  readonly obstacle?: ErrorRef;
  /** A command that connects as the clients do, and the hosts to run it on. */
  readonly proof?: Proof;
  /** How clients are made to wait, where they can be, instead of failing while nobody is the primary. */
  readonly waiting?: Waiting;
}

/** One thing that leads clients: a record, a server of a proxy, a database of a pooler. */
export interface Move {
  readonly host: string;
  readonly what: string;
  /** Where it leads now; empty when that cannot be told. */
  readonly from: string;
  readonly to: string;
}

export interface Waiting {
  /** `some`: of several, a few do. */
  readonly now: 'all' | 'some' | 'none';
  readonly hold: readonly Change[];
  readonly release: readonly Change[];
}

/** It prints what `destination` reads. */
export interface Proof {
  readonly hosts: readonly string[];
  readonly argv: readonly [string, ...string[]];
}

/** A program, a file that can be read, a socket: on a host of a recipe. */
export interface Need {
  readonly host: string;
  readonly programs: readonly string[];
  readonly files: readonly string[];
  readonly sockets: readonly string[];
}

/** One way to lead the clients to the new primary (M24). */
export interface Recipe<Kind extends RedirectKind> {
  /** What there must be on its hosts; `zapas doctor` looks for it. */
  needs?(redirect: RedirectOf<Kind>): readonly Need[];
  /** Undefined: only people can do it. */
  look(ask: Ask, redirect: RedirectOf<Kind>, input: StepInput): Promise<Way | undefined>;
}

interface ProofSettings {
  readonly verify?: readonly string[] | undefined;
  readonly login?: RedirectLogin | undefined;
}

/** Where the clients of a recipe connect to. */
interface Entrance {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** The inventory's own command as a proof, else a login by psql through the entrance, where the inventory has one. */
export function proofOf(
  hosts: readonly string[],
  { verify, login }: ProofSettings,
  entrance?: Entrance,
): { readonly proof?: Proof } {
  if (verify) return { proof: { hosts, argv: asArgv(verify) } };
  if (!login || !entrance) return {};
  const conninfo = buildConninfo({
    host: entrance.host,
    port: String(entrance.port),
    dbname: entrance.database,
    user: login.user,
    connect_timeout: '4',
    sslmode: login.sslMode,
    ...(login.rootCertificate !== undefined && { sslrootcert: login.rootCertificate }),
    ...(login.passfile !== undefined && { passfile: login.passfile }),
  });
  return { proof: { hosts, argv: ['psql', '-XAtqw', '-d', conninfo, '-c', WHO] } };
}

const WHO =
  'select system_identifier, pg_is_in_recovery(), pg_walfile_name(pg_current_wal_lsn()) from pg_control_system()';

/** The address of each server of the pair as a host knows it: before, and after. */
export interface Ends {
  readonly from: string;
  readonly to: string;
}

/** Asks the host, so names of the inventory are as good as addresses. */
export async function endsSeenFrom(ask: Ask, host: string, input: StepInput): Promise<Ends> {
  const [from, to] = await Promise.all(
    [input.primary, input.standby].map(({ id }) => ask.fact(host, resolved, { name: replicationAddress(input, id) })),
  );
  return { from: from ?? '', to: to ?? '' };
}

/** Neither the old primary nor the new one: nobody overwrites what somebody else has put there. */
export function foreign(host: string, what: string, found: string, { from, to }: Ends): ErrorRef | undefined {
  if (found === from || found === to) return undefined;
  return { code: 'redirect.changed-by-others', params: { host, what, found, from, to } };
}

/** The recipe's program or file cannot be asked, so it cannot be changed either. */
export function unusable(host: string, what: string, detail: string): ErrorRef {
  return { code: 'redirect.unusable', params: { host, what, detail } };
}

/** The inventory holds at least the program's name. */
export function asArgv([program = '', ...words]: readonly string[]): readonly [string, ...string[]] {
  return [program, ...words];
}
