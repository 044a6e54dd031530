import { z } from 'zod';
import { absolutePath, accountName, hostName, id, port } from './formats.ts';

/**
 * Run on the recipe's hosts to prove that a connection made the clients' way ends on the new primary. It prints the answer to `select
 * system_identifier, pg_is_in_recovery(), pg_walfile_name(pg_current_wal_lsn()) from pg_control_system()` as psql -XAt does; the
 * last column (the timeline) tells the new primary from an old one that is still alive.
 */
const proof = z.array(z.string().min(1)).min(1).optional();

/** A login by which psql on the recipe's hosts proves the same, where no command of one's own does. */
const login = z
  .strictObject({
    user: accountName,
    /** With the password; psql's own default when absent. */
    passfile: absolutePath.optional(),
    sslMode: z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full']).default('prefer'),
    rootCertificate: absolutePath.optional(),
  })
  .optional();
export type RedirectLogin = NonNullable<z.infer<typeof login>>;

/** What needs no quoting in a configuration file and on an administrator's console. */
const plainName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, 'letters, digits, dots, dashes and underscores');
const recordName = z
  .string()
  .regex(/^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/, 'a full domain name')
  .max(253);

/** How the clients' traffic is led to the new primary (M24). */
export const redirectSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('command'),
    /** Hosts of this inventory on which the command runs. */
    hosts: z.array(id).min(1),
    /** The program and its arguments; `{address}` and `{port}` stand for the new primary. */
    argv: z.array(z.string().min(1)).min(1),
    verify: proof,
  }),
  z.strictObject({
    kind: z.literal('hosts-file'),
    /** Hosts of this inventory whose /etc/hosts names the primary. */
    hosts: z.array(id).min(1),
    /** The names by which clients there reach it; they stand in a block of their own, and nowhere else in that file. */
    names: z.array(hostName).min(1),
    verify: proof,
  }),
  z.strictObject({
    kind: z.literal('dns'),
    /** Host of this inventory on which nsupdate and dig run. */
    host: id,
    /** Hosts of this inventory that must see the new answer; the former when there are none. */
    clients: z.array(id).default([]),
    /** The zone's authoritative server, by address or name; it takes dynamic updates (RFC 2136). */
    server: hostName,
    zone: recordName,
    /** The full names by which clients reach the primary; each has one address record. */
    names: z.array(recordName).min(1),
    /** Seconds a client may keep the answer: so long the redirect may take. */
    ttl: z.int().min(1).max(3600).default(30),
    /** File on that host with the TSIG key, as tsig-keygen prints it. */
    key: absolutePath,
    verify: proof,
    login,
  }),
  z.strictObject({
    kind: z.literal('haproxy'),
    /** Hosts of this inventory on which HAProxy runs. */
    hosts: z.array(id).min(1),
    config: absolutePath.default('/etc/haproxy/haproxy.cfg'),
    /** The `backend` (or `listen`) section, and the name of its one server. */
    backend: plainName,
    server: plainName,
    /** `stats socket` of level admin. */
    socket: absolutePath.default('/run/haproxy/admin.sock'),
    /** Where clients connect to, on each of these hosts. */
    port,
    verify: proof,
    login,
  }),
  z.strictObject({
    kind: z.literal('pgbouncer'),
    /** Hosts of this inventory on which PgBouncer runs. */
    hosts: z.array(id).min(1),
    config: absolutePath.default('/etc/pgbouncer/pgbouncer.ini'),
    /** The names of its `[databases]` section that lead to the primary. */
    databases: z.array(plainName).min(1),
    /** Where clients connect to, on each of these hosts. */
    port: port.default(6432),
    socketDir: absolutePath.default('/var/run/postgresql'),
    /** Operating-system account PgBouncer runs as: it may use the console without a password. */
    account: accountName.default('postgres'),
    verify: proof,
    login,
  }),
  /** What people have to do; without it the card says so in general, in the reader's language. */
  z.strictObject({ kind: z.literal('manual'), checklist: z.array(z.string().min(1)).default([]) }),
]);

export type Redirect = z.infer<typeof redirectSchema>;
export type RedirectKind = Redirect['kind'];
/** The settings of one kind of recipe. */
export type RedirectOf<Kind extends RedirectKind> = Extract<Redirect, { readonly kind: Kind }>;

/** The hosts of the inventory that a recipe names, by id, each once. */
export function redirectHosts(redirect: Redirect): readonly string[] {
  if (redirect.kind === 'manual') return [];
  return redirect.kind === 'dns' ? [...new Set([redirect.host, ...redirect.clients])] : redirect.hosts;
}
