import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hosts } from '../../src/domain/ports.ts';
import type { Run } from '../../src/domain/run.ts';
import { passfilePath } from '../../src/runbooks/names.ts';
import type { Office, WorkerProcess } from '../e2e/office.ts';
import { openOffice } from '../e2e/office.ts';
import { lab, preparePassfile, windowsHost, windowsInventory } from './bench.ts';

/** The runbook `setup` on the lab's Windows pair, through queue, engine and WinRM. */
const PG = '/home/windows/.wine/drive_c/Program Files (x86)/PostgreSQL/17';
const PORT = 8017;

let office: Office;
let worker: WorkerProcess;
let opened: readonly Hosts[] = [];

async function mustRun(host: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.run(host, script);
  if (code !== 0) throw new Error(`${host}: ${script}: ${stderr}${stdout}`);
  return stdout;
}

/** The vendor's zip, packed of what the standby has and served by the primary; the standby is left without programs. */
async function serveArchive(): Promise<string> {
  const pack = `import os, sys, zipfile
root = sys.argv[1]
with zipfile.ZipFile('/srv/PostgreSQL-17.0-Win.zip', 'w', zipfile.ZIP_STORED) as archive:
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            archive.write(path, 'pgsql/' + os.path.relpath(path, root))`;
  await mustRun('primary', `python3 -c "${pack}" '${PG}'`);
  const serve = `python3 -m http.server ${PORT} --directory /srv`;
  await mustRun('primary', `systemd-run --quiet --collect --unit=vendor ${serve}`);
  await mustRun('standby', `rm -r '${PG}'`);
  const [sum = ''] = (await mustRun('primary', 'sha256sum /srv/PostgreSQL-17.0-Win.zip')).split(' ');
  const url = `http://${lab.host('primary').address}:${PORT}/PostgreSQL-17.0-Win.zip`;
  return `archive: { url: '${url}', sha256: ${sum} }`;
}

async function setUp(): Promise<Run> {
  const { id } = await office.request('setup');
  return office.seeThrough(id, 900);
}

beforeAll(async () => {
  await lab.restore('fresh');
  const hosts = (['primary', 'standby'] as const).map((name) => windowsHost(name, 'NTLM in TLS'));
  opened = hosts.map((one) => one.hosts);
  for (const one of hosts) await preparePassfile(one.hosts.gateway(one.host));
  const archive = await serveArchive();
  const inventory = windowsInventory().replace('        redirect:', `        ${archive}\n        redirect:`);
  office = await openOffice(lab, {}, { inventory });
  worker = office.startWorker();
}, 300_000);
afterAll(async () => {
  await worker?.stop();
  await office?.close();
  await Promise.all(opened.map((hosts) => hosts.close()));
  await lab.restore('fresh');
}, 300_000);

describe('a Windows pair whose standby has no PostgreSQL', () => {
  it('is set up: programs, settings, login, slot, copy, service, streaming (M06–M18)', async () => {
    const run = await setUp();
    expect({ state: run.state, error: run.error }).toEqual({ state: 'succeeded', error: undefined });
    expect(run.reports.find(({ kind }) => kind === 'log')).toMatchObject({ host: 'standby', verdict: 'ok' });
  }, 1_200_000);

  it('keeps the generated password to the password file alone (H24, H25)', async () => {
    const cluster = office.inventory.sites['klinika']?.clusters['demo'];
    if (!cluster) throw new Error('no cluster');
    const path = passfilePath({ ...cluster, id: 'demo' })
      .replace('D:\\', '/opt/mmedica/')
      .replaceAll('\\', '/');
    const password = (await mustRun('standby', `cut -d: -f5 '${path}'`)).trim();
    expect(password.length).toBeGreaterThan(30);
    expect(JSON.stringify(await office.store.audit.read())).not.toContain(password);
    const search = `grep -rlF -e '${password}' /opt/mmedica /home/windows/.wine/drive_c/ProgramData 2>/dev/null | grep -v pgpass || true`;
    expect([await mustRun('standby', search), await mustRun('primary', search)]).toEqual(['', '']);
  });

  it('finds everything done when asked again, and changes nothing', async () => {
    const run = await setUp();
    expect({ state: run.state, error: run.error }).toEqual({ state: 'succeeded', error: undefined });
    expect(run.steps.filter(({ unchanged }) => !unchanged)).toEqual([]);
  }, 600_000);
});
