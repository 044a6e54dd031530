import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { capture } from '../../lab/exec.ts';
import { openLab } from '../../lab/lab.ts';
import type { ConditionId } from '../../src/domain/watch.ts';
import type { Alert } from '../../src/domain/watch-alert.ts';
import { mustRun, sql } from '../lab/support.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const SERVICE = 'postgresmm-17';
const PATIENCE = { timeout: 40_000, interval: 100 };
/** Long enough for several looks. */
const SOME_LOOKS_MS = 3_500;

describe('the watch of a pair, looked at every second', () => {
  let office: Office;

  beforeAll(async () => {
    await bareLab(lab);
    office = await openOffice(lab, { watchSeconds: 1 });
    office.startWorker();
    const { id } = await office.request('setup');
    const run = await office.seeThrough(id, 120);
    if (run.state !== 'succeeded') throw new Error(JSON.stringify(run.error));
  });
  afterAll(async () => {
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
  /** It is told once, by its right name, for as long as it lasts; and it is over when it is mended. */
  const expectOneAlert = async (cause: ConditionId, mend: () => Promise<unknown>): Promise<Alert> => {
    await expect.poll(causes, PATIENCE).toEqual([cause]);
    await someLooks();
    expect(await causes()).toEqual([cause]);
    const [alert] = await told();
    await mend();
    await expect.poll(open, PATIENCE).toEqual([]);
    expect((await told()).map(({ told: times, state }) => [times, state])).toEqual([[1, 'closed']]);
    if (!alert) throw new Error('no alert');
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
    // In one go: a standby that stays down once there is room again is rightly told.
    const alert = await expectOneAlert('disk.full', () =>
      mustRun(
        lab,
        'standby',
        `rm -f /opt/mmedica/.filler; systemctl is-active -q ${SERVICE} || systemctl start ${SERVICE}`,
      ),
    );
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
    await someLooks();
    expect(await causes()).toEqual(['slot.lost']);
    expect((await told()).map(({ told: times }) => times)).toEqual([1]);
  });
});
