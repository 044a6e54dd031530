import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import { mustRun, sql } from '../lab/support.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const PG = '/opt/mmedica/pgsql-17';

/** A host whose PostgreSQL was started by hand, as on a system without a service manager (M08). */
const WITHOUT_MANAGER = `
systemctl disable -q --now postgresmm-17 2>/dev/null
rm -f /etc/systemd/system/postgresmm-17.service
mv /usr/bin/systemctl /root/systemctl.aside
[ ! -d ${PG}/data ] || runuser -u postgres -- ${PG}/bin/pg_ctl start -w -D ${PG}/data -l /dev/null`;

describe('a pair without a service manager', () => {
  let office: Office;

  beforeAll(async () => {
    await bareLab(lab);
    await Promise.all(['primary', 'standby'].map((host) => mustRun(lab, host, WITHOUT_MANAGER)));
    office = await openOffice(lab);
    office.startWorker();
  });
  afterAll(async () => {
    await office.close();
    const putBack = 'mv /root/systemctl.aside /usr/bin/systemctl';
    await Promise.all(['primary', 'standby'].map((host) => mustRun(lab, host, putBack)));
    await bareLab(lab);
  });

  it('is set up with pg_ctl and postgres alone (M08)', async () => {
    const { id } = await office.request('setup');
    const { state, error } = await office.seeThrough(id, 180);
    expect({ state, error }).toEqual({ state: 'succeeded', error: undefined });
    expect(await sql(lab, 'primary', 'select state from pg_stat_replication')).toBe('streaming');
  });

  it('fails over; the old primary cannot be started by hand either (M19–M25, H46)', async () => {
    await lab.killPostgres('primary');
    const { id } = await office.request('failover');
    const { state, error } = await office.seeThrough(id, 180);
    expect({ state, error }).toEqual({ state: 'succeeded', error: undefined });
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('f');
    const start = `runuser -u postgres -- ${PG}/bin/pg_ctl start -w -t 5 -D ${PG}/data -l /dev/null`;
    expect((await lab.run('primary', start)).code).not.toBe(0);
  });
});
