import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/domain/command.ts';
import type { HostGateway, Hosts } from '../../src/domain/ports.ts';
import type { Run } from '../../src/domain/run.ts';
import type { ChatDriver } from '../contracts/chat-driver.ts';
import { withDrivers } from '../contracts/chat-world.ts';
import { approve, offers, press, see } from '../e2e/chat-hands.ts';
import type { Office, WorkerProcess } from '../e2e/office.ts';
import { openOffice } from '../e2e/office.ts';
import { openSlackDriver } from '../fakes/slack/driver.ts';
import { ADMIN_PASSFILE, BIN, DATA, lab, preparePassfile, windowsHost, windowsInventory } from './bench.ts';

/** A Windows pair from a chat command: set up, switched over, failed over when the power of its primary fails, the ghost fenced. */
const PATIENCE = { timeout: 600_000, interval: 500 };
const CONFIRM = /^Confirm|^Potwierd/;
const DONE = /It is done|^Gotowe/;
const { signal } = new AbortController();

let office: Office;
let worker: WorkerProcess;
let bot: { stop(): Promise<void> };
let slack: ChatDriver;
let gateways: Readonly<Record<'primary' | 'standby', HostGateway>>;
let opened: readonly Hosts[] = [];

beforeAll(async () => {
  await lab.restore('fresh');
  const hosts = (['primary', 'standby'] as const).map((name) => windowsHost(name, 'NTLM in TLS'));
  opened = hosts.map((one) => one.hosts);
  const [primary, standby] = hosts.map((one) => one.hosts.gateway(one.host)) as [HostGateway, HostGateway];
  gateways = { primary, standby };
  // WinRM comes a while after the boot.
  for (const gateway of [primary, standby]) await vi.waitFor(() => preparePassfile(gateway), { timeout: 120_000 });
  office = await openOffice(lab, {}, { inventory: windowsInventory() });
  worker = office.startWorker({ killAt: ['change-applied failover.promote'] });
  slack = await openSlackDriver();
  bot = await office.startBot([slack.platform], withDrivers(office.inventory, [slack]));
}, 300_000);
afterAll(async () => {
  await bot?.stop();
  await worker?.stop();
  await office?.close();
  await slack?.close();
  await Promise.all(opened.map((hosts) => hosts.close()));
  await lab.restore('fresh');
}, 300_000);

/** The newest run of this runbook, as soon as there is one. */
const newest = (runbook: string): Promise<string> =>
  vi.waitFor(async () => {
    const run = (await office.store.runs.list({ cluster: 'demo' })).find((one) => one.runbook === runbook);
    if (!run) throw new Error(`no ${runbook}`);
    return run.id;
  }, PATIENCE);

const isSettled = ({ state }: Run): boolean => ['waiting', 'failed', 'attention'].includes(state);

/** Waits for what a person is asked, or says why nobody will be. */
async function asked(run: string, place: 'ops' | 'approvals', label?: RegExp) {
  const { state, error } = await office.until(run, isSettled, 600);
  expect({ state, error }).toEqual({ state: 'waiting', error: undefined });
  return see(slack, slack[place], run, offers(label), PATIENCE);
}

async function ended(run: string): Promise<Run> {
  const seen = await office.until(run, ({ state }) => ['succeeded', 'failed', 'attention'].includes(state), 900);
  expect({ state: seen.state, error: seen.error }).toEqual({ state: 'succeeded', error: undefined });
  return seen;
}

async function said(host: 'primary' | 'standby', ...argv: readonly [string, ...string[]]): Promise<string> {
  const env = { LC_ALL: 'C', PGPASSFILE: ADMIN_PASSFILE };
  const { code, stdout, stderr } = await gateways[host].ask({ argv, env, timeoutMs: 60_000 }, signal);
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${text(stderr)}${text(stdout)}`);
  return text(stdout).replaceAll('\r', '').trim();
}

const sql = (host: 'primary' | 'standby', query: string): Promise<string> =>
  said(host, `${BIN}\\psql.exe`, '-XAtqw', '-h', '127.0.0.1', '-U', 'postgres', '-d', 'postgres', '-c', query);

describe('a Windows pair', () => {
  it('is set up from a chat command (M01–M18)', async () => {
    await slack.type('anna', 'setup demo');
    const run = await newest('setup');
    await press(slack, 'anna', await asked(run, 'ops', DONE), DONE);
    await press(slack, 'anna', await see(slack, slack.ops, run, offers(CONFIRM), PATIENCE), CONFIRM);
    const { reports } = await ended(run);
    expect(reports.find(({ kind }) => kind === 'log')).toMatchObject({ host: 'standby', verdict: 'ok' });
  }, 1_200_000);

  it('is switched over: nothing is lost, and the old primary follows (M16, M23, H38)', async () => {
    await sql('primary', "create table visits (note text); insert into visits values ('before')");
    await slack.type('anna', 'switchover demo --reason test');
    const run = await newest('switchover');
    await approve(slack, 'piotr', await asked(run, 'approvals'));
    await press(slack, 'anna', await see(slack, slack.ops, run, offers(DONE), PATIENCE), DONE);
    const { reports, steps } = await ended(run);
    expect(steps.flatMap(({ findings = [] }) => findings).find(({ id }) => id === 'zero-loss')?.verdict).toBe('ok');
    expect(reports.find(({ kind }) => kind === 'outage')).toMatchObject({ timeline: 2 });
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
    expect(await sql('primary', 'select note, pg_is_in_recovery() from visits')).toBe('before|t');
  }, 1_200_000);

  it('fails over without power at its primary: refused to whoever asked, approved by another, promoted once although its worker dies (M19–M25, H46)', async () => {
    await lab.powerOff('standby');
    await slack.type('anna', 'failover demo');
    const run = await newest('failover');
    const card = await asked(run, 'approvals');
    await approve(slack, 'anna', card);
    await vi.waitFor(async () => {
      const refused = (await office.store.audit.read(run)).find(({ event }) => event.type === 'refused');
      expect(refused?.event).toMatchObject({ error: { code: 'approval.same-person' } });
    }, PATIENCE);
    expect(await sql('primary', 'select pg_is_in_recovery()')).toBe('t');

    await approve(slack, 'piotr', card);
    await press(slack, 'anna', await see(slack, slack.ops, run, offers(DONE), PATIENCE), DONE);
    const { plan, reports } = await ended(run);
    expect(worker.kills()).toBe(1);
    expect(plan?.evidence?.fencing).toBe('unreachable');
    expect(reports.find(({ kind }) => kind === 'outage')).toMatchObject({ timeline: 3 });
    expect(reports.find(({ kind }) => kind === 'log')).toMatchObject({ host: 'primary', verdict: 'ok' });
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'primary', standby: 'standby' });
    expect(await office.store.audit.verify()).toMatchObject({ ok: true });
    expect(slack.violations()).toEqual([]);
  }, 1_200_000);

  it('is left as the manual says, file by file, and takes writes (M20–M23)', async () => {
    await sql('primary', "insert into visits values ('after'); checkpoint");
    expect(await sql('primary', 'select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe('f|3');
    const settings = await gateways.primary.read(`${DATA}\\postgresql.auto.conf`, signal);
    expect(settings && text(settings)).not.toContain('primary_');
    const files = await said('primary', 'cmd', '/d', '/c', 'dir', '/b', DATA);
    expect(files).toContain('PG_VERSION');
    expect(files).not.toMatch(/^(standby\.signal|recovery\.signal|backup_.*|zapas\..*)$/m);
  });

  it('has its old primary fenced when it comes back: stopped, wired, and down after the next boot as well (H46)', async () => {
    await lab.boot('standby');
    await expect.poll(() => sql('standby', 'select pg_is_in_recovery()').catch(String), { timeout: 300_000 }).toBe('f');
    const { id } = await office.request('fence');
    await ended(id);
    await expect(sql('standby', 'select 1')).rejects.toThrow('psql');
    await lab.powerOff('standby');
    await lab.boot('standby');
    await expect
      .poll(() => gateways.standby.read(`${DATA}\\recovery.conf`, signal).catch(String), { timeout: 120_000 })
      .toBeInstanceOf(Uint8Array);
    await expect(sql('standby', 'select 1')).rejects.toThrow('psql');
    expect(await sql('primary', 'select count(*) from visits')).toBe('2');
  }, 600_000);
});
