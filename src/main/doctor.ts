import type { ChatPlatform } from '../bot/platform.ts';
import type { Diagnosis } from '../cli/services.ts';
import { text } from '../domain/command.ts';
import { errorRef, OpsError } from '../domain/errors.ts';
import type { SecretRef } from '../domain/formats.ts';
import type { Host, Inventory } from '../domain/inventory.ts';
import { findHost } from '../domain/inventory.ts';
import type { HostGateway, Hosts, Secrets } from '../domain/ports.ts';

const PATIENCE_MS = 20_000;
/** The first start of PowerShell after a boot takes its time. */
const WINDOWS_PATIENCE_MS = 60_000;
/** What the scripts on a Linux host are made of. */
const TOOLS = ['flock', 'timeout', 'setpriv', 'sha256sum', 'mktemp', 'ps', 'setsid', 'sync'];

/** Looks at every secret of the inventory: is it there, and for our eyes only? */
export async function examineSecrets(inventory: Inventory, secrets: Secrets): Promise<readonly Diagnosis[]> {
  const refs = new Set<string>();
  for (const { transport } of Object.values(inventory.hosts)) {
    for (const ref of secretsOf(transport)) refs.add(ref);
  }
  const { slack, discord } = inventory.platforms;
  for (const ref of [slack?.botToken, slack?.appToken, slack?.signingSecret, discord?.token]) if (ref) refs.add(ref);
  for (const { clusters } of Object.values(inventory.sites)) {
    for (const { backupPassword } of Object.values(clusters)) if (backupPassword) refs.add(backupPassword);
  }
  return Promise.all([...refs].map((ref) => examine('secret', ref, () => secrets.get(ref))));
}

/** Asks each chat platform whether token, rights, channels and commands are as they have to be. */
export async function examinePlatforms(open: () => Promise<readonly ChatPlatform[]>): Promise<readonly Diagnosis[]> {
  try {
    return await Promise.all(
      (await open()).map((platform) => examine('platform', platform.id, () => healthy(platform))),
    );
  } catch (error) {
    return [{ what: 'platform', subject: '', error: errorRef(error) }];
  }
}

async function healthy(platform: ChatPlatform): Promise<void> {
  const { ok, detail } = await platform.health();
  if (!ok) throw new OpsError('platform.not-ready', { platform: platform.id, detail });
}

function secretsOf(transport: Host['transport']): readonly SecretRef[] {
  const { password } = transport;
  const keys = transport.kind === 'ssh' ? [transport.privateKey, transport.passphrase] : [];
  const key = transport.kind === 'winrm' ? transport.clientKey : undefined;
  return [password, key, ...keys].filter((ref) => ref !== undefined);
}

/** Logs into every host, takes administrator rights there and looks for the programs Zapas needs. Changes nothing. */
export async function examineHosts(inventory: Inventory, hosts: Hosts): Promise<readonly Diagnosis[]> {
  const found = await Promise.all(
    Object.keys(inventory.hosts).map(async (id) => {
      const host = findHost(inventory, id);
      return host ? examineHost(host, hosts.gateway(host)) : [];
    }),
  );
  return found.flat();
}

async function examineHost(host: Host, gateway: HostGateway): Promise<readonly Diagnosis[]> {
  if (host.os === 'windows') return [await examine('host', host.id, () => windowsAdministrator(host, gateway))];
  const login = await examine('host', host.id, () => administrator(host, gateway));
  if (login.error) return [login];
  return [login, await examine('tools', host.id, () => findTools(host, gateway))];
}

async function administrator(host: Host, gateway: HostGateway): Promise<void> {
  const { stdout } = await gateway.ask({ argv: ['id', '-u'], timeoutMs: 10_000 }, AbortSignal.timeout(PATIENCE_MS));
  const uid = text(stdout).trim();
  if (uid !== '0')
    throw new OpsError('host.become-failed', { host: host.id, login: host.transport.user, detail: `uid ${uid}` });
}

const IS_ADMINISTRATOR = `
$me = [Security.Principal.WindowsPrincipal]::new([Security.Principal.WindowsIdentity]::GetCurrent())
Say $out "$($me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) $($PSVersionTable.PSVersion)"
Leave exit 0
`;

/** Every command on a Windows host goes through PowerShell, so an answer proves that too. */
async function windowsAdministrator(host: Host, gateway: HostGateway): Promise<void> {
  const command = { argv: ['powershell', IS_ADMINISTRATOR], timeoutMs: 10_000 } as const;
  const { stdout } = await gateway.ask(command, AbortSignal.timeout(WINDOWS_PATIENCE_MS));
  const answer = text(stdout);
  if (!answer.startsWith('True '))
    throw new OpsError('host.become-failed', { host: host.id, login: host.transport.user, detail: answer });
}

async function findTools(host: Host, gateway: HostGateway): Promise<void> {
  const script = 'for tool do command -v "$tool" >/dev/null || echo "$tool"; done';
  const command = { argv: ['/bin/sh', '-c', script, 'sh', ...TOOLS], timeoutMs: 10_000 } as const;
  const { stdout } = await gateway.ask(command, AbortSignal.timeout(PATIENCE_MS));
  const missing = text(stdout).trim().replaceAll('\n', ', ');
  if (missing !== '') throw new OpsError('host.tool-missing', { host: host.id, detail: missing });
}

/** Turns what was thrown into a diagnosis. */
export async function examine(what: string, subject: string, look: () => Promise<unknown>): Promise<Diagnosis> {
  try {
    await look();
    return { what, subject };
  } catch (error) {
    return { what, subject, error: errorRef(error) };
  }
}
