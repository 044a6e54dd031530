import type { Lab } from './lab.ts';

/** What the inventory says beyond the lab's own facts. */
export interface InventoryOptions {
  readonly failoverMethod?: 'promote' | 'manual';
  readonly redirect?: 'command' | 'hosts-file' | 'manual' | 'dns' | 'haproxy' | 'pgbouncer';
  readonly basebackup?: 'stock' | 'vendor';
  readonly archive?: { readonly url: string; readonly sha256: string };
  /** Default 15. */
  readonly approvalMinutes?: number;
  /** How often the pair is looked at; default 60. */
  readonly watchSeconds?: number;
}

/**
 * A `zapas.yaml` of one site whose cluster `demo` is this lab's pair: for the demo, the end-to-end tests and the benches.
 * Anna operates and approves, Piotr too (so each can be the other's second person), Kasia only looks.
 */
export function labInventory(lab: Lab, options: InventoryOptions = {}): string {
  return `sites:
  klinika:
    name: Przychodnia Zdrowie
    language: en
    clusters:
      demo:
        product: mmedica
        primary: primary
        standby: standby
        database: mmedica
        certificates:
          root: /opt/mmedica/certs/root.crt
          clientCert: /opt/mmedica/certs/replication.crt
          clientKey: /opt/mmedica/certs/replication.key
        binDir: /opt/mmedica/pgsql-17/bin
        dataDir: /opt/mmedica/pgsql-17/data
        failoverMethod: ${options.failoverMethod ?? 'promote'}
        watch: { everySeconds: ${options.watchSeconds ?? 60} }
        ${archive(options)}
        ${basebackup(lab, options)}
        redirect:
          ${redirect(options)}
hosts:
${['primary', 'standby', 'app'].map((name) => host(lab, name)).join('\n')}
people:
  anna: { name: Anna Nowak, language: en, accounts: { terminal: anna }, roles: [{ role: operator, sites: '*' }, { role: approver, sites: '*' }] }
  piotr: { name: Piotr Zieliński, language: en, accounts: { terminal: piotr }, roles: [{ role: operator, sites: '*' }, { role: approver, sites: '*' }] }
  kasia: { name: Kasia Wójcik, language: pl, accounts: { terminal: kasia }, roles: [{ role: viewer, sites: '*' }] }
policy:
  approvalMinutes: ${options.approvalMinutes ?? 15}
`;
}

function host(lab: Lab, name: string): string {
  const { address, sshPort, user, hostKey } = lab.host(name);
  return `  ${name}:
    address: ${address}
    os: linux
    become: sudo
    transport: { kind: ssh, port: ${sshPort}, user: ${user}, hostKeys: ['${hostKey}'], privateKey: 'file:${lab.privateKeyPath}' }`;
}

function redirect({ redirect }: InventoryOptions): string {
  if (redirect === 'manual') return `{ kind: manual, checklist: ['Point the workstations at the new primary.'] }`;
  const login = 'login: { user: app, passfile: /root/app.pgpass, sslMode: prefer }';
  if (redirect === 'dns')
    return `{ kind: dns, host: app, server: 127.0.0.1, zone: klinika.test, names: [db.klinika.test], ttl: 2, key: /etc/bind/zapas.key, ${login} }`;
  if (redirect === 'haproxy')
    return `{ kind: haproxy, hosts: [app], backend: mmedica, server: db, port: 5433, ${login} }`;
  if (redirect === 'pgbouncer') return `{ kind: pgbouncer, hosts: [app], databases: [mmedica], ${login} }`;
  const query =
    'select system_identifier, pg_is_in_recovery(), pg_walfile_name(pg_current_wal_lsn()) from pg_control_system()';
  if (redirect === 'hosts-file')
    return `{ kind: hosts-file, hosts: [app], names: [db], verify: [psql, service=db, -XAtqc, '${query}'] }`;
  return `{ kind: command, hosts: [app], argv: [/usr/local/bin/zapas-redirect, '{address}'], verify: [psql, service=db, -XAtqc, '${query}'] }`;
}

function archive({ archive }: InventoryOptions): string {
  return archive ? `archive: { url: '${archive.url}', sha256: ${archive.sha256} }` : '';
}

function basebackup(lab: Lab, { basebackup }: InventoryOptions): string {
  if (basebackup !== 'vendor') return 'basebackup: stock';
  return `basebackup: vendor
        backupUser: admin
        backupPassword: 'file:${lab.dir}/keys/admin.password'`;
}
