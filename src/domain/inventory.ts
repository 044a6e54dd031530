import { z } from 'zod';
import { absolutePath, accountName, hostName, id, port, secretRef } from './formats.ts';
import { hostSchema } from './host-settings.ts';
import { platformsSchema, slackChannel, snowflake } from './platform-settings.ts';
import { redirectSchema } from './redirect.ts';

/**
 * The administrator's inventory (`zapas.yaml`): customers, their servers, the people and the policy.
 *
 * These schemas are the only definition: validation, the JSON schema for editors and the configuration page are derived
 * from them. Objects are strict: an unknown key is an error, not a silently ignored wish.
 */

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:00');

const window = z.strictObject({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: clock,
  to: clock,
});

const wallMoment = z
  .string()
  .regex(
    /^\d{4}-(0\d|1[0-2])-[0-3]\d( ([01]\d|2[0-3]):[0-5]\d)?$/,
    'a day, or a day and a time such as 2026-12-23 18:00',
  );

const freeze = z.strictObject({
  /** By the clock on the site's wall; a day alone begins at midnight. */
  from: wallMoment,
  /** The first moment after it; a day alone belongs to the freeze as a whole. */
  to: wallMoment,
  reason: z.string().min(1).max(120),
});
export type Freeze = z.infer<typeof freeze>;

const certificates = z.strictObject({
  root: absolutePath,
  clientCert: absolutePath,
  clientKey: absolutePath,
});

const cluster = z.strictObject({
  product: z.enum(['mmedica', 'erejestracja', 'earchiwum']),
  primary: id,
  standby: id,
  port: port.default(5432),
  /** Address the standby uses for the primary and the other way round, when it is not the host's own address. */
  replicationAddress: z.strictObject({ primary: hostName.optional(), standby: hostName.optional() }).default({}),
  database: accountName,
  /** Database superuser for psql on the hosts themselves (peer authentication of the service account). */
  adminUser: accountName.default('postgres'),
  /**
   * Windows only: a password file of that superuser (pgpass.conf) on both hosts, made by their administrator and closed to others.
   * Without it psql gets in only where pg_hba.conf asks local connections for no password.
   */
  adminPassfile: absolutePath.optional(),
  /** Login of M14/M15: the mMedica user, or the owner of the eRejestracja / eArchiwum database. */
  backupUser: accountName.optional(),
  backupPassword: secretRef.optional(),
  replicationUser: accountName.default('replication'),
  authMethod: z.enum(['md5', 'scram-sha-256']).default('scram-sha-256'),
  certificates,
  sslMode: z.enum(['verify-ca', 'verify-full']).default('verify-ca'),
  service: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,79}$/)
    .default('postgresmm-17'),
  /** Operating-system account PostgreSQL runs as. */
  serviceAccount: accountName.default('postgres'),
  binDir: absolutePath,
  dataDir: absolutePath,
  logDir: z.string().min(1).default('pg_log'),
  basebackup: z.enum(['stock', 'vendor']).default('stock'),
  /** The vendor's archive of PostgreSQL 17 (M06), fetched by the standby itself when it has no binaries. */
  archive: z.strictObject({ url: z.url(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  failoverMethod: z.enum(['promote', 'manual']).default('promote'),
  redirect: redirectSchema.default({ kind: 'manual', checklist: [] }),
  maintenance: z.array(window).default([]),
  /** How often the pair is looked at. */
  watch: z.strictObject({ everySeconds: z.int().min(1).max(3600).default(60) }).prefault({}),
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const site = z.strictObject({
  name: z.string().min(1).max(80),
  language: z.enum(['pl', 'en']).default('pl'),
  timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Warsaw').default('Europe/Warsaw'),
  /** Where runs and alerts of this site are told, instead of the platform's own `ops` channel. */
  channels: z.strictObject({ slack: slackChannel.optional(), discord: snowflake.optional() }).default({}),
  /** When nothing is to be changed that can be put off: then it takes a reason. */
  freezes: z.array(freeze).default([]),
  clusters: z.record(id, cluster),
});

/** What a person may do at a site; each role stands alone, none implies another. */
export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const person = z.strictObject({
  name: z.string().min(1).max(80),
  language: z.enum(['pl', 'en']).default('pl'),
  /** Accounts on the platforms, by their unchanging ids; never names or e-mail addresses. */
  accounts: z
    .strictObject({
      terminal: accountName.optional(),
      slack: z.string().optional(),
      discord: z.string().optional(),
      /** The name a reverse proxy that signs people in gives to the web console. */
      web: accountName.optional(),
    })
    .default({}),
  roles: z.array(z.strictObject({ role: z.enum(ROLES), sites: z.union([z.literal('*'), z.array(id).min(1)]) })),
});

const policy = z.strictObject({
  /** Minutes an approval request stays open. */
  approvalMinutes: z.int().min(1).max(240).default(15),
  /** Seconds the evidence under an approval stays good; older evidence is gathered again and compared. */
  evidenceSeconds: z.int().min(10).max(3600).default(900),
  /** How much the received WAL position may move between approval and promotion, in bytes. */
  lsnBoundBytes: z
    .int()
    .min(0)
    .default(16 * 1024 * 1024),
});

export const inventorySchema = z.strictObject({
  platforms: platformsSchema.default({}),
  sites: z.record(id, site),
  hosts: z.record(id, hostSchema),
  people: z.record(id, person),
  policy: policy.prefault({}),
});

export type Inventory = z.infer<typeof inventorySchema>;
export type Language = 'pl' | 'en';
export type Host = z.infer<typeof hostSchema> & { readonly id: string };
export type LinuxHost = Extract<Host, { os: 'linux' }>;
export type Cluster = z.infer<typeof cluster> & { readonly id: string; readonly site: string };
export type Person = z.infer<typeof person> & { readonly id: string };

/** The host of that id, with the id on it. Undefined when the inventory has none. */
export function findHost(inventory: Inventory, hostId: string): Host | undefined {
  const found = own(inventory.hosts, hostId);
  return found && { ...found, id: hostId };
}

/** The cluster of that id; cluster ids are unique over all sites. */
export function findCluster(inventory: Inventory, clusterId: string): Cluster | undefined {
  for (const [siteId, { clusters }] of Object.entries(inventory.sites)) {
    const found = own(clusters, clusterId);
    if (found) return { ...found, id: clusterId, site: siteId };
  }
  return undefined;
}

/** Every cluster of the inventory, in its order. */
export function listClusters(inventory: Inventory): readonly Cluster[] {
  return Object.entries(inventory.sites).flatMap(([siteId, { clusters }]) =>
    Object.entries(clusters).map(([clusterId, found]) => ({ ...found, id: clusterId, site: siteId })),
  );
}

/** Ids come from people: `__proto__` names nothing. */
function own<Value>(values: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
