import { buildConninfo, connectionSettings, type PrimaryConninfo } from './conninfo.ts';
import { formatError } from './format-error.ts';
import { refuseLineBreaks } from './lines.ts';

/** Which pg_basebackup a host has: PostgreSQL's own, or the vendor's with four more options (M14). */
export type BasebackupBuild = 'stock' | 'vendor';

/** What to clone, from where, to where. Paths are the standby's own. */
export interface BasebackupPlan {
  readonly pgdata: string;
  /** The connection; the password comes from `passfile`, never from the command line (H24). */
  readonly source: Omit<PrimaryConninfo, 'applicationName'>;
  /** A physical slot that exists already (H13, H31: it is ours, so pg_basebackup does not make one). */
  readonly slot?: string;
  /** Kilobytes per second, 32 to 1048576. */
  readonly maxRateKiloBytes?: number;
  /** H35. */
  readonly tablespaces?: readonly { readonly from: string; readonly to: string }[];
  /** SHA-256 unless said otherwise; the manifest is what pg_verifybackup checks (H39). */
  readonly manifestChecksums?: 'SHA256' | 'CRC32C';
}

const WHAT = 'pg_basebackup';
const LABEL = 'mmedica';

/** Tells the vendor's build from PostgreSQL's by the text of `pg_basebackup --help`. */
export function detectBasebackupBuild(help: string): BasebackupBuild {
  return help.includes('--replication-password') ? 'vendor' : 'stock';
}

/**
 * The arguments (without the program's name) for one clone. Nothing in them is secret.
 *
 * `stock` says by a connection string what the vendor's extra options say and writes no recovery configuration: the
 * runbook does that itself, without a password (H24). `vendor` keeps the manual's options in the manual's order; the
 * account's password is asked for through PGPASSFILE. Throws `postgresql.format`.
 */
export function basebackupArguments(plan: BasebackupPlan, build: BasebackupBuild): string[] {
  const args = build === 'stock' ? stockArguments(plan) : vendorArguments(plan);
  for (const arg of args) refuseLineBreaks(arg, WHAT);
  return args;
}

function stockArguments(plan: BasebackupPlan): string[] {
  return [
    `--pgdata=${plan.pgdata}`,
    '--format=p',
    '--checkpoint=fast',
    `--label=${LABEL}`,
    '--progress',
    `--dbname=${buildConninfo(connectionSettings(plan.source))}`,
    '--no-password',
    ...commonArguments(plan),
  ];
}

function vendorArguments(plan: BasebackupPlan): string[] {
  const { source } = plan;
  return [
    `--pgdata=${plan.pgdata}`,
    '--format=p',
    '--write-recovery-conf',
    '--checkpoint=fast',
    `--label=${LABEL}`,
    '--progress',
    `--host=${source.host}`,
    `--port=${source.port}`,
    `--username=${source.user}`,
    '-R',
    '-M',
    source.sslrootcert,
    '-o',
    source.sslcert,
    '-O',
    source.sslkey,
    '--no-password',
    ...commonArguments(plan),
  ];
}

function commonArguments(plan: BasebackupPlan): string[] {
  const { slot, maxRateKiloBytes, tablespaces = [], manifestChecksums = 'SHA256' } = plan;
  if (slot !== undefined && !/^[a-z0-9_]{1,63}$/.test(slot)) throw formatError(WHAT, 'slot-name');
  if (maxRateKiloBytes !== undefined && !isRate(maxRateKiloBytes)) throw formatError(WHAT, 'max-rate');
  return [
    '--wal-method=stream',
    ...(slot === undefined ? [] : [`--slot=${slot}`]),
    ...(maxRateKiloBytes === undefined ? [] : [`--max-rate=${maxRateKiloBytes}k`]),
    ...tablespaces.map(({ from, to }) => `--tablespace-mapping=${escapeEquals(from)}=${escapeEquals(to)}`),
    `--manifest-checksums=${manifestChecksums}`,
  ];
}

function isRate(value: number): boolean {
  return Number.isInteger(value) && value >= 32 && value <= 1_048_576;
}

function escapeEquals(path: string): string {
  return path.replaceAll('=', '\\=');
}
