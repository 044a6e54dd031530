import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openLab } from '../../lab/lab.ts';
import { createHosts } from '../../src/adapters/gateway/hosts.ts';
import { createSecrets } from '../../src/adapters/secrets/secrets.ts';
import { text } from '../../src/domain/command.ts';
import type { Host, Inventory } from '../../src/domain/inventory.ts';
import { inventorySchema } from '../../src/domain/inventory.ts';
import type { HostGateway, Hosts, JobStatus } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';

/** The lab that `tools/windows.sh` has brought up; these tests run in its controller's namespace. */
export const lab = openLab(undefined, () => undefined);

/** Where the lab's Windows hosts have their programs and data. */
export const BIN = 'C:\\Program Files (x86)\\PostgreSQL\\17\\bin';
export const DATA = 'D:\\Zażółć gęślą\\data';
export const ADMIN_PASSFILE = 'D:\\certs\\admin.conf';

/** The password of the account `zapas` and of the database's superuser. */
export function password(): string {
  return readFileSync(`${lab.dir}/keys/admin.password`, 'utf8').trim();
}

/** The ways into the hosts; `zapas` is an administrator of each. */
export const TRANSPORTS = {
  'NTLM in TLS': () => ({ kind: 'winrm', user: 'LAB\\zapas', password: 'env:WORD', ca: `${lab.dir}/ca/root.crt` }),
  'Basic in TLS': () => ({
    kind: 'winrm',
    auth: 'basic',
    user: 'zapas',
    password: 'env:WORD',
    ca: `${lab.dir}/ca/root.crt`,
  }),
  'sealed NTLM': () => ({ kind: 'winrm-http', user: 'LAB\\zapas', password: 'env:WORD' }),
  'OpenSSH for Windows': (name: string) => ({
    kind: 'ssh',
    user: 'windows',
    hostKeys: [lab.host(name).hostKey],
    privateKey: `file:${lab.privateKeyPath}`,
  }),
} as const;

interface WindowsBench {
  readonly hosts: Hosts;
  readonly host: Host;
  /** As they stand in the inventory. */
  readonly settings: unknown;
}

/** A host of the lab by one of these ways. */
export function windowsHost(name: string, way: keyof typeof TRANSPORTS): WindowsBench {
  const { address } = lab.host(name);
  const settings = { address, os: 'windows', transport: TRANSPORTS[way](name) };
  const inventory: Inventory = inventorySchema.parse({
    sites: {},
    people: {},
    hosts: { [name]: settings },
  });
  const hosts = createHosts(inventory, createSecrets({ WORD: password() }), undefined);
  const found = inventory.hosts[name];
  if (!found) throw new Error(`no host ${name}`);
  return { hosts, settings, host: { ...found, id: name } };
}

/** Polls a job until it is over. */
export async function follow(
  gateway: HostGateway,
  id: string,
): Promise<{ readonly output: string; readonly last: JobStatus }> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const status = await gateway.pollJob(id, at, new AbortController().signal);
    pieces.push(status.output);
    at = status.offset;
    if (status.state !== 'running') return { output: text(Buffer.concat(pieces)), last: status };
    await pause(200);
  }
}

function inventoryHost(name: string): string {
  return `  ${name}:
    address: ${lab.host(name).address}
    os: windows
    transport: { kind: winrm, user: 'LAB\\zapas', password: 'file:${lab.dir}/keys/admin.password', ca: '${lab.dir}/ca/root.crt' }`;
}

/** A `zapas.yaml` whose cluster `demo` is the lab's Windows pair: Anna operates, Piotr approves. */
export function windowsInventory(): string {
  return `sites:
  klinika:
    name: Przychodnia Zdrowie
    language: pl
    clusters:
      demo:
        product: mmedica
        primary: primary
        standby: standby
        database: postgres
        certificates: { root: 'D:\\certs\\root.crt', clientCert: 'D:\\certs\\replication.crt', clientKey: 'D:\\certs\\replication.key' }
        binDir: '${BIN}'
        dataDir: '${DATA}'
        adminPassfile: '${ADMIN_PASSFILE}'
        redirect: { kind: manual, checklist: ['Stacje robocze na nowy adres.'] }
hosts:
${inventoryHost('primary')}
${inventoryHost('standby')}
people:
  anna: { name: Anna Nowak, language: pl, accounts: { terminal: anna }, roles: [{ role: operator, sites: '*' }, { role: approver, sites: '*' }] }
  piotr: { name: Piotr Zieliński, language: pl, accounts: { terminal: piotr }, roles: [{ role: operator, sites: '*' }, { role: approver, sites: '*' }] }
`;
}

/** What the hosts' administrator prepares: the superuser's password file, closed to others. */
export async function preparePassfile(gateway: HostGateway): Promise<void> {
  const { signal } = new AbortController();
  if (await gateway.read(ADMIN_PASSFILE, signal)) return;
  const content = new Secret(`*:*:*:postgres:${password()}\n`);
  const fence = { resource: 'windows-passfile', token: '1' };
  await gateway.write({ kind: 'write', host: '', path: ADMIN_PASSFILE, content, ifHash: 'absent' }, fence, signal);
}
