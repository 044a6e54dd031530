import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { capture } from '../../lab/exec.ts';
import { openLab } from '../../lab/lab.ts';
import type { Run } from '../../src/domain/run.ts';
import type { RunbookId } from '../../src/domain/runbook.ts';
import type { Finding } from '../../src/domain/step.ts';
import type { ConditionId } from '../../src/domain/watch.ts';
import type { Alert } from '../../src/domain/watch-alert.ts';
import { watch as EN } from '../../src/i18n/en/watch.ts';
import type { ChatDriver, Seen } from '../contracts/chat-driver.ts';
import { withDrivers } from '../contracts/chat-world.ts';
import { openSlackDriver } from '../fakes/slack/driver.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA } from '../runbooks/support/pair.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const SERVICE = 'postgresmm-17';
const BIN = '/opt/mmedica/pgsql-17/bin';
const PATIENCE = { timeout: 40_000, interval: 100 };
/** Long enough for several looks. */
const SOME_LOOKS_MS = 3_500;

function findingOf(run: Run, id: Finding['id']): Finding | undefined {
  return run.steps.flatMap(({ findings = [] }) => findings).findLast((one) => one.id === id);
}

describe('the watch of a pair, looked at every second, with what its channel on Slack shows', () => {
  let office: Office;
  let slack: ChatDriver;
  let bot: { stop(): Promise<void> };

  beforeAll(async () => {
    await bareLab(lab);
    office = await openOffice(lab, { watchSeconds: 1 });
    office.startWorker();
    await succeed('setup');
    slack = await openSlackDriver();
    bot = await office.startBot([slack.platform], withDrivers(office.inventory, [slack]));
  });
  afterAll(async () => {
    await bot.stop();
    await slack.close();
    await office.close();
    await bareLab(lab);
  });
  beforeEach(async () => {
    await vi.waitFor(async () => {
      if ((await open()).length > 0) throw new Error('not over');
    }, PATIENCE);
    await office.store.queuePool.query('delete from zapas.alert');
  });

  const open = async (): Promise<readonly Alert[]> => office.store.watch.openAlerts('demo');
  const causes = async (): Promise<readonly (ConditionId | undefined)[]> =>
    (await open()).map(({ conditions }) => conditions[0]?.id);
  /** Every alert that anybody was told of. */
  const told = async (): Promise<readonly Alert[]> => {
    const { rows } = await office.store.queuePool.query<{ doc: Alert }>(
      `select doc from zapas.alert where state <> 'pending' order by number`,
    );
    return rows.map(({ doc }) => doc);
  };
  const someLooks = async (): Promise<void> => {
    const [from] = await office.store.watch.latest('demo');
    const enough = Date.parse(from?.at ?? '') + SOME_LOOKS_MS;
    const newest = async (): Promise<number> => Date.parse((await office.store.watch.latest('demo'))[0]?.at ?? '');
    await expect.poll(newest, PATIENCE).toBeGreaterThan(enough);
  };
  const succeed = async (runbook: RunbookId, options: Run['options'] = {}): Promise<Run> => {
    const { id } = await office.request(runbook, 'anna', options);
    const run = await office.seeThrough(id);
    expect([runbook, run.state, run.error]).toEqual([runbook, 'succeeded', undefined]);
    return run;
  };
  /** The messages about an alert, oldest first. */
  const messagesOf = async ({ id }: Alert): Promise<readonly Seen[]> =>
    (await slack.screen('anna', slack.ops)).filter(({ text }) => text.includes(`Alert ${id}`));
  const shown = async (alert: Alert): Promise<readonly string[]> =>
    (await messagesOf(alert)).map(({ text }) => /demo: .*/.exec(text)?.[0] ?? text);
  /**
   * It is told once, by its right name, for as long as it lasts; it is over when it is mended, and that is told, too: in the store and
   * in the channel.
   */
  const expectOneAlert = async (cause: ConditionId, mend: () => Promise<unknown>): Promise<Alert> => {
    await expect.poll(causes, PATIENCE).toEqual([cause]);
    await someLooks();
    expect(await causes()).toEqual([cause]);
    const [alert] = await told();
    if (!alert) throw new Error('no alert');
    await expect.poll(() => shown(alert), PATIENCE).toHaveLength(1);
    const [title = ''] = await shown(alert);
    expect(title).toContain(EN[`watch.${cause}.title`].replace('{host}', alert.conditions[0]?.host ?? ''));
    await mend();
    await expect.poll(open, PATIENCE).toEqual([]);
    expect((await told()).map(({ told: times, state }) => [times, state])).toEqual([[1, 'closed']]);
    await expect.poll(() => shown(alert), PATIENCE).toEqual([title, title.replace('demo: ', 'demo: over – ')]);
    return alert;
  };

  it('finds nothing wrong while it is written to and checkpointed as fast as it can', async () => {
    await sql(lab, 'primary', 'create table if not exists storm (id serial, words text)');
    const until = Date.now() + 6_000;
    while (Date.now() < until) {
      await sql(lab, 'primary', `insert into storm (words) select repeat('x', 500) from generate_series(1, 4000)`);
      await sql(lab, 'primary', 'checkpoint');
    }
    expect(await told()).toEqual([]);
    const points = await office.store.watch.history('demo', new Date(until - 6_000).toISOString());
    expect(points.length).toBeGreaterThan(3);
  });

  it('a standby that was stopped', async () => {
    await mustRun(lab, 'standby', `systemctl stop ${SERVICE}`);
    const alert = await expectOneAlert('standby.down', () => mustRun(lab, 'standby', `systemctl start ${SERVICE}`));
    expect(alert.conditions[0]).toMatchObject({ mend: 'standby', host: 'standby', severity: 'warning' });
    expect(alert.conditions[0]?.params['state']).toBe('stopped');
  });

  it('a link that was cut between the two: both hosts answer, and neither is blamed', async () => {
    await lab.blackhole('primary', 'standby');
    const alert = await expectOneAlert('link.cut', () => lab.unblackhole('primary', 'standby'));
    expect(alert.conditions[0]?.mend).toBe('link');
  });

  it('a certificate that ends soon', async () => {
    const path = '/opt/mmedica/certs/replication.crt';
    const request =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=x -days 10';
    const { stdout: pem } = await capture(['openssl', ...request.split(' ')]);
    await mustRun(lab, 'standby', `cp -p ${path} ${path}.good; cat >${path} <<'END'\n${pem}\nEND`);
    const alert = await expectOneAlert('certificate.expires', () => mustRun(lab, 'standby', `mv ${path}.good ${path}`));
    expect(alert.conditions[0]).toMatchObject({ host: 'standby', params: { path } });
    expect(alert.conditions[0]?.params['days']).toBe(9);
  });

  it('a disk that is full: what it breaks is not told beside it (H36)', async () => {
    await lab.fillDisk('standby');
    // A standby that does not stream yet once there is room again is rightly told: it streams on what is still next to nothing.
    const alert = await expectOneAlert('disk.full', async () => {
      await mustRun(lab, 'standby', 'truncate --size=-48M /opt/mmedica/.filler');
      const streaming = async (): Promise<string> => {
        await mustRun(lab, 'standby', `systemctl is-active -q ${SERVICE} || systemctl start ${SERVICE}`);
        return sql(lab, 'primary', 'select state from pg_stat_replication');
      };
      await expect.poll(streaming, PATIENCE).toBe('streaming');
      await lab.freeDisk('standby');
    });
    expect(alert.conditions[0]).toMatchObject({ host: 'standby', subject: 'disk:standby', severity: 'critical' });
  });

  it('replay that is paused because a parameter is higher on the primary, which still says streaming (H16)', async () => {
    const raise = `alter system set max_connections = 150`;
    await sql(lab, 'primary', raise);
    await mustRun(lab, 'primary', `systemctl restart ${SERVICE}`);
    const replay = (): Promise<string> => sql(lab, 'standby', 'select pg_get_wal_replay_pause_state()');
    await expect.poll(replay, PATIENCE).toBe('paused');
    const alert = await expectOneAlert('parameters.low', async () => {
      expect(await sql(lab, 'primary', 'select state from pg_stat_replication')).toBe('streaming');
      await sql(lab, 'standby', raise);
      await mustRun(lab, 'standby', `systemctl restart ${SERVICE}`);
    });
    expect(alert.conditions[0]?.params).toMatchObject({ names: 'max_connections', paused: 'yes' });
  });

  it('a primary that was killed: seen from three sides before anybody is woken', async () => {
    await mustRun(lab, 'primary', `systemctl kill -s KILL ${SERVICE}`);
    const alert = await expectOneAlert('primary.silent', () => mustRun(lab, 'primary', `systemctl start ${SERVICE}`));
    expect(alert.severity).toBe('critical');
    expect(alert.sightings.map(({ by, way, saw }) => `${by} ${way} ${saw}`)).toEqual([
      'bot login alive',
      'bot port silent',
      'standby postgres silent',
      'standby replication dead',
      'primary postgres dead',
    ]);
  });

  it('a slot that was lost: the standby is down first, and can never follow again (H14)', async () => {
    await sql(lab, 'primary', `alter system set max_slot_wal_keep_size = '16MB'`);
    await sql(lab, 'primary', 'alter system set wal_keep_size = 0');
    await sql(lab, 'primary', 'select pg_reload_conf()');
    await mustRun(lab, 'standby', `systemctl stop ${SERVICE}`);
    for (let n = 0; n < 4; n += 1) {
      await sql(
        lab,
        'primary',
        'select pg_switch_wal() from pg_logical_emit_message(true, $$x$$, repeat($$y$$, 1000))',
      );
    }
    await sql(lab, 'primary', 'checkpoint');
    await expect.poll(causes, PATIENCE).toEqual(['slot.lost']);
    await mustRun(lab, 'standby', `systemctl start ${SERVICE}`);
    const alert = await expectOneAlert('slot.lost', async () => {
      await sql(lab, 'primary', `alter system set max_slot_wal_keep_size = '512MB'`);
      await sql(lab, 'primary', 'select pg_reload_conf()');
      const run = await succeed('rebuild');
      expect(findingOf(run, 'rebuild.way')?.params).toMatchObject({ way: 'clone', reason: 'slot_lost' });
    });
    expect(alert.conditions[0]?.host).toBe('standby');
  });

  it('two servers that take writes on timelines of their own: somebody promoted the standby by hand', async () => {
    await mustRun(lab, 'standby', `runuser -u postgres -- ${BIN}/pg_ctl promote -w -D ${DATA}`);
    const alert = await expectOneAlert('primary.twice', async () => {
      await mustRun(lab, 'standby', `systemctl stop ${SERVICE}`);
      await succeed('rebuild', { method: 'clone' });
    });
    expect(alert.conditions[0]?.params).toMatchObject({ primary: 1, standby: 2, other: 'standby' });
    expect(alert.severity).toBe('critical');
  });

  it('an old primary that comes back: fenced before anybody is asked, and what it took is told in the channel (H46)', async () => {
    await lab.cut('primary');
    await expect.poll(causes, PATIENCE).toEqual(['primary.silent']);
    const [silent] = await told();
    if (!silent) throw new Error('no alert');
    await expect.poll(async () => (await messagesOf(silent)).at(-1)?.buttons, PATIENCE).toContain('Failover');
    await succeed('failover');
    await expect.poll(() => shown(silent), PATIENCE).toContain('demo: over – the primary does not answer');
    await expect.poll(causes, PATIENCE).toEqual(['standby.unreachable']);
    await sql(lab, 'primary', `insert into visits (note) values ('into the ghost')`);
    await lab.heal('primary');

    const fence = await vi.waitFor(async () => {
      const run = (await office.store.runs.list({ cluster: 'demo' })).find(({ runbook }) => runbook === 'fence');
      if (!run) throw new Error('nobody fences');
      return run;
    }, PATIENCE);
    const fenced = await office.until(fence.id, ({ state }) => state === 'succeeded');
    expect([fenced.gate, fenced.requester.person]).toEqual([undefined, 'system']);
    expect(await mustRun(lab, 'primary', `systemctl is-enabled ${SERVICE} || true`)).toBe('disabled\n');
    expect((await lab.run('primary', `systemctl start ${SERVICE}`)).code).not.toBe(0);
    const writes = findingOf(fenced, 'ghost.writes')?.params ?? {};
    // Its own housekeeping may have added to it.
    expect(writes['transactions']).toBeGreaterThanOrEqual(1);
    expect(writes['timeline']).toBe(1);
    expect(Number(writes['bytes'])).toBeGreaterThan(0);
    const said = async (): Promise<string> =>
      (await slack.screen('anna', slack.ops))
        .filter(({ text }) => text.includes(fence.id))
        .flatMap(({ text, thread }) => [text, ...thread])
        .join('\n');
    await expect.poll(said, PATIENCE).toContain(`${writes['transactions']} transaction`);
    expect(await said()).toContain(String(writes['fork']));

    // What is left to do is told by its right name, and over once it is done.
    await expect.poll(causes, PATIENCE).toEqual(['timeline.differs']);
    // It went on alone and may have recycled the WAL that pg_rewind would look for.
    await succeed('rebuild', { method: 'clone' });
    await expect.poll(open, PATIENCE).toEqual([]);
    expect(slack.violations()).toEqual([]);
  });
});
