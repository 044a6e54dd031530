import type { ErrorRef } from '../../domain/errors.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import type { Change, ExecChange } from '../../domain/step.ts';
import type { ServiceUnit } from '../facts/service.ts';
import { programIn } from '../paths.ts';
import { granteeOf, isSystem, needsNoPassword } from './account.ts';
import { onFamily } from './family.ts';
import { enableService } from './server.ts';

/** The service on both hosts, and the group of its account on the standby. */
export interface Services {
  readonly primary: ServiceUnit;
  readonly standby: ServiceUnit;
  readonly group: string;
}

/** pg_ctl itself waits so long for the server before it tells the service manager that it runs, seconds (H27). */
const REGISTERED_WAIT = '300';

/** Is the service there, for this data directory, starting when the host boots? Without a service manager nothing is to be there. */
export function serviceStands(host: Host, { primary, standby }: Services, cluster: Cluster): boolean {
  const { exists, enabled, manager } = standby;
  return onFamily(host, {
    posix: () => manager === 'none' || (exists && enabled),
    windows: () => exists && enabled && isMirror(standby, primary, cluster),
  });
}

/** Why this is a person's to do; undefined when it is not. M07, H26. */
export function serviceProblem(host: Host, services: Services, cluster: Cluster): ErrorRef | undefined {
  const { primary, standby } = services;
  const { service, dataDir } = cluster;
  return onFamily(host, {
    posix: () => undefined,
    windows: (): ErrorRef | undefined => {
      if (serviceStands(host, services, cluster)) return undefined;
      if (standby.exists && standby.active !== 'inactive' && !serves(standby, dataDir))
        return { code: 'service.not-ours', params: { host: host.id, service, path: dataDir } };
      const account = accountOf(primary);
      if (needsNoPassword(account)) return undefined;
      const command = ['pg_ctl', ...registration(cluster, account)].map(quote).join(' ');
      return { code: 'service.needs-password', params: { host: host.id, service, account, command } };
    },
  });
}

/** Makes the service, or makes it start when the host boots. M07, M08. */
export function registerService(host: Host, services: Services, cluster: Cluster): readonly Change[] {
  return onFamily(host, {
    posix: () => bySystemd(host, services, cluster),
    windows: () => byPgCtl(host, services, cluster),
  });
}

function run(host: Host, argv: readonly [string, ...string[]]): ExecChange {
  return { kind: 'exec', host: host.id, command: { argv, env: { LC_ALL: 'C' }, timeoutMs: 60_000 } };
}

function bySystemd(host: Host, services: Services, cluster: Cluster): readonly Change[] {
  const unit: Change = {
    kind: 'write',
    host: host.id,
    path: `/etc/systemd/system/${cluster.service}.service`,
    content: unitText(services, cluster),
    ifHash: 'absent',
    mode: '0644',
    owner: 'root',
  };
  // `enable` makes the manager read its units again.
  const enable = run(host, ['systemctl', 'enable', '--quiet', `${cluster.service}.service`]);
  return [...(services.standby.exists ? [] : [unit]), enable];
}

function unitText({ primary, group }: Services, { binDir, dataDir, serviceAccount, service }: Cluster): string {
  const start = /^ExecStart=.*$/m.exec(primary.text)?.[0] ?? '';
  const user = /^User=(.*)$/m.exec(primary.text)?.[1]?.trim();
  const same = start.includes(`${binDir}/`) && start.includes(dataDir) && user === serviceAccount;
  // A template's unit names its instance by %i; it belongs to the distribution and is there with the programs.
  if (same && !start.includes('%')) return primary.text;
  return `[Unit]
Description=PostgreSQL 17 (${service})
Documentation=man:postgres(1)
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=${serviceAccount}
Group=${group}
ExecStart=${unitWord(`${binDir}/postgres`)} -D ${unitWord(dataDir)}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
KillSignal=SIGINT
TimeoutSec=infinity

[Install]
WantedBy=multi-user.target
`;
}

/** A path as one word of a unit file: blanks quoted, `%` and `$` doubled. Source: systemd.service(5), "Command lines". */
function unitWord(path: string): string {
  const escaped = path.replace(/[%$]/g, '$&$&').replace(/[\\"]/g, '\\$&');
  return /\s/.test(path) ? `"${escaped}"` : escaped;
}

/**
 * The manual's `pg_ctl register`, with the account of the primary's service and a long wait; what is registered for another directory
 * or account and does not run goes before. That account may read the certificates (H25, H26); the data directory is its own already.
 */
function byPgCtl(host: Host, { primary, standby }: Services, cluster: Cluster): readonly Change[] {
  const { service, certificates } = cluster;
  const program = programIn(cluster.binDir, 'pg_ctl');
  const account = accountOf(primary);
  const mirrors = standby.exists && isMirror(standby, primary, cluster);
  if (mirrors) return [enableService(host, cluster)];
  const grant = (path: string): Change => run(host, ['icacls.exe', path, '/grant', `${granteeOf(account)}:R`]);
  const readable = [certificates.root, certificates.clientCert, certificates.clientKey];
  return [
    ...(standby.exists ? [run(host, [program, 'unregister', '-N', service])] : []),
    run(host, [program, ...registration(cluster, account)]),
    ...(isSystem(account) ? [] : readable.map(grant)),
  ];
}

function registration({ service, dataDir }: Cluster, account: string): readonly string[] {
  const user = isSystem(account) ? [] : ['-U', account];
  return ['register', '-N', service, '-D', dataDir, '-w', '-t', REGISTERED_WAIT, ...user];
}

function accountOf({ account = 'LocalSystem' }: ServiceUnit): string {
  return account;
}

/** A service that runs is left as it is; another account is mirrored while it stands still. */
function isMirror(standby: ServiceUnit, primary: ServiceUnit, { dataDir }: Cluster): boolean {
  const same = granteeOf(accountOf(standby)).toLowerCase() === granteeOf(accountOf(primary)).toLowerCase();
  return serves(standby, dataDir) && (same || standby.active === 'active');
}

/** Does the service's command name the data directory? */
function serves({ text }: ServiceUnit, dataDir: string): boolean {
  return comparable(text).includes(`"${comparable(dataDir)}"`);
}

/** Windows takes either slash and either case. */
function comparable(path: string): string {
  return path.replaceAll('/', '\\').toLowerCase();
}

function quote(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}
