import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import { createTranslator } from '../../src/i18n/translate.ts';
import type { ChatDriver } from '../contracts/chat-driver.ts';
import { withDrivers } from '../contracts/chat-world.ts';
import { openDiscordDriver } from '../fakes/discord/driver.ts';
import { driverOver, openWorkspace } from '../fakes/slack/driver.ts';
import { sql } from '../lab/support.ts';
import { approve, offers, PATIENCE, press, see } from './chat-hands.ts';
import type { Office, WorkerProcess } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
describe('one run on Slack and Discord, over real hosts', () => {
  let office: Office;
  let worker: WorkerProcess;
  let bot: { stop(): Promise<void> };
  let workspace: Awaited<ReturnType<typeof openWorkspace>>;
  let slack: ChatDriver;
  let discord: ChatDriver;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-chat');
    office = await openOffice(lab);
    worker = office.startWorker();
    workspace = await openWorkspace();
    workspace.faults.rationed = false;
    slack = driverOver(workspace);
    discord = await openDiscordDriver();
    const drivers = [slack, discord];
    bot = await office.startBot(
      drivers.map(({ platform }) => platform),
      withDrivers(office.inventory, drivers),
    );
  });
  afterAll(async () => {
    await bot.stop();
    await worker.stop();
    await office.close();
    await Promise.all([slack.close(), discord.close()]);
    await lab.restore('before-chat');
  });

  const newest = (runbook: string): Promise<string> =>
    vi.waitFor(async () => {
      const run = (await office.store.runs.list({ cluster: 'demo' })).find((one) => one.runbook === runbook);
      if (!run) throw new Error(`no ${runbook}`);
      return run.id;
    }, PATIENCE);

  it('sets the pair up from Slack: the licence attested and the restart confirmed by buttons, followed on Discord (M01–M18)', async () => {
    await slack.type('anna', 'setup demo');
    const run = await newest('setup');
    const attest = await see(slack, slack.ops, run, offers(/It is done|zrobione|Wykonane/i));
    await press(slack, 'anna', attest, /It is done|zrobione|Wykonane/i);
    const confirm = await see(slack, slack.ops, run, offers(/^Confirm|^Potwierd/));
    await press(slack, 'anna', confirm, /^Confirm|^Potwierd/);
    await office.until(run, ({ state }) => state === 'succeeded', 120);
    for (const on of [slack, discord]) await see(on, on.ops, run, ({ alerts }) => alerts);
    expect(await sql(lab, 'primary', "select count(*) from pg_stat_replication where state = 'streaming'")).toBe('1');
  });

  it('fails over: asked in Slack, refused to the same person’s Discord account, approved in Discord by another (M19–M25)', async () => {
    await lab.killPostgres('primary');
    await slack.type('anna', 'failover demo');
    const run = await newest('failover');
    const card = await see(discord, discord.approvals, run, offers());
    await see(slack, slack.approvals, run, offers());

    await approve(discord, 'anna', card);
    await vi.waitFor(async () => {
      const refused = (await office.store.audit.read(run))
        .map(({ event }) => event)
        .find(({ type }) => type === 'refused');
      expect(refused).toMatchObject({
        by: { person: 'anna', platform: 'discord' },
        error: { code: 'approval.same-person' },
      });
    }, PATIENCE);

    await approve(discord, 'piotr', card);
    await office.until(run, ({ state }) => state === 'succeeded', 120);
    for (const on of [slack, discord]) {
      const closed = await see(on, on.approvals, run, (seen) => /Piotr/.test(seen.text) && !offers()(seen));
      expect(closed.text).toContain('Discord');
      await see(on, on.ops, run, ({ alerts, text }) => alerts && text.includes('standby'));
    }
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('f');
    expect(await office.store.audit.verify()).toMatchObject({ ok: true });
    for (const on of [slack, discord]) expect(on.violations()).toEqual([]);
  });

  it('hands the report of that failover to whoever asks, with the outage, the LSN and the head of the trail', async () => {
    const run = await newest('failover');
    const { plan, reports } = (await office.store.runs.load(run)) ?? {};
    const outage = reports?.find((report) => report.kind === 'outage');
    const english = createTranslator('en', 'Europe/Warsaw');
    const known = async (): Promise<string> => {
      const verdict = await office.store.audit.verify();
      return verdict.ok ? `zapas audit verify --known ${verdict.rows}:${verdict.head}` : 'broken';
    };
    await slack.type('anna', `report ${run} en --format md`);
    const markdown = await vi.waitFor(() => {
      const file = [...workspace.world.files.values()].find(({ name }) => name === `zapas-failover-demo-${run}.md`);
      if (!file?.content) throw new Error('no report');
      return file.content.toString();
    }, PATIENCE);
    expect(markdown).toContain(`| ${english.say('field.received')} | ${plan?.evidence?.receiveLsn} |`);
    expect(markdown).toContain(`| ${english.say('field.outage')} | ${english.duration(outage?.milliseconds ?? 0)} |`);
    expect(markdown).toContain('approved by Piotr');
    expect(markdown).toContain(await known());

    await discord.type('piotr', `report ${run}`);
    const mine = await vi.waitFor(async () => {
      const found = (await discord.screen('piotr')).find(({ files }) =>
        files.some(({ name }) => name.endsWith('.html')),
      );
      if (!found) throw new Error('no report');
      return found;
    }, PATIENCE);
    expect(mine.private).toBe(true);
    expect((await discord.screen('anna')).flatMap(({ files }) => files).map(({ name }) => name)).not.toContain(
      `zapas-failover-demo-${run}.html`,
    );
    const taken = (await office.store.audit.read(run)).filter(({ event }) => event.type === 'report-taken');
    expect(taken.map(({ event }) => event.by)).toEqual([
      { person: 'anna', platform: 'slack' },
      { person: 'piotr', platform: 'discord' },
    ]);
    for (const on of [slack, discord]) expect(on.violations()).toEqual([]);
  });
});
