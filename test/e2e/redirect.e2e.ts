import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { Run } from '../../src/domain/run.ts';
import { mustRun, sql } from '../lab/support.ts';
import { makePair } from '../runbooks/support/pair.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { beginWork, endWork, standbyStreams } from './visits.ts';
import { openWays, type Way } from './ways.ts';

const lab = openLab();
const STOP_REPLAY = `kill -STOP $(pgrep -f '^postgres: startup')`;
const GO_ON = `kill -CONT $(pgrep -f '^postgres: startup')`;
const RECORD = 'dig -r +short @127.0.0.1 db.klinika.test.';

/** What holds each way in the state of before, apart from an address. */
const KEPT: Readonly<Record<Way, string>> = {
  dns: 'dig -r +noall +answer @127.0.0.1 klinika.test. NS; dig -r +noall +answer @127.0.0.1 ns.klinika.test.',
  haproxy: 'cat /etc/haproxy/haproxy.cfg; stat -c "%U %G %a" /etc/haproxy/haproxy.cfg',
  pgbouncer: 'cat /etc/pgbouncer/pgbouncer.ini; stat -c "%U %G %a" /etc/pgbouncer/pgbouncer.ini',
};

async function withOffice(way: Way, work: (office: Office) => Promise<void>): Promise<void> {
  const office = await openOffice(lab, { redirect: way });
  try {
    await work(office);
  } finally {
    await mustRun(lab, 'app', 'touch /run/stop');
    await office.close();
  }
}

async function ended(office: Office): Promise<Run> {
  const { id } = await office.request('switchover');
  return await office.seeThrough(id);
}

/** What was changed is not only in memory. */
async function expectSurvivesRestart(way: Way): Promise<void> {
  await mustRun(lab, 'app', `systemctl restart ${way === 'dns' ? 'named' : way}`);
  const count = () => lab.run('app', `psql service=${way} -XAtc 'select pg_is_in_recovery()'`);
  await expect.poll(async () => (await count()).stdout.trim(), { timeout: 20_000 }).toBe('f');
}

describe('clients are led to the new primary, and back (M24)', () => {
  beforeAll(async () => {
    await bareLab(lab);
    await Promise.all([makePair(lab), openWays(lab)]);
    await standbyStreams(lab, 'primary');
  });
  afterAll(() => bareLab(lab));

  it.each<Way>(['dns', 'haproxy', 'pgbouncer'])('%s: there and back while a client writes', async (way) => {
    await withOffice(way, async (office) => {
      const before = await mustRun(lab, 'app', KEPT[way]);
      office.startWorker();
      await beginWork(lab, 1, way);
      for (const primary of ['standby', 'primary']) {
        const run = await ended(office);
        expect([run.state, run.error]).toEqual(['succeeded', undefined]);
        await standbyStreams(lab, primary);
      }
      const { acked, lost, longestGap } = await endWork(lab, 'primary');
      process.stderr.write(`${way}: ${acked} visits, longest gap ${longestGap} ms\n`);
      expect(acked).toBeGreaterThan(20);
      expect(lost).toEqual([]);
      expect(await mustRun(lab, 'app', KEPT[way])).toBe(before);
      await expectSurvivesRestart(way);
    });
  });

  it('pgbouncer: a switchover that is put back lets the waiting clients go on, and none of them fails', async () => {
    await withOffice('pgbouncer', async (office) => {
      await beginWork(lab, 0, 'pgbouncer');
      office.startWorker();
      await mustRun(lab, 'standby', STOP_REPLAY);
      const run = await ended(office);
      await mustRun(lab, 'standby', GO_ON);
      expect(run.undone).toEqual(['switchover.put-back', 'switchover.release-clients']);
      expect(await sql(lab, 'primary', 'select pg_is_in_recovery()')).toBe('f');
      const { acked } = await endWork(lab, 'primary');
      // Every number is there: no attempt was in vain.
      expect((await mustRun(lab, 'app', 'tail -n 1 /run/acked')).split(' ')[0]).toBe(`v${acked}`);
    });
  });

  it('dns: a record that somebody else changed is left alone, and nobody is interrupted', async () => {
    await withOffice('dns', async (office) => {
      office.startWorker();
      await mustRun(
        lab,
        'app',
        `printf '%s\\n' 'server 127.0.0.1' 'zone klinika.test.' 'update delete db.klinika.test. A' 'update add db.klinika.test. 2 A 10.77.0.99' send | nsupdate -k /etc/bind/zapas.key`,
      );
      const run = await ended(office);
      expect([run.state, run.error?.code]).toEqual(['failed', 'redirect.changed-by-others']);
      expect(run.error?.params).toMatchObject({ host: 'app', found: '10.77.0.99' });
      expect((await mustRun(lab, 'app', RECORD)).trim()).toBe('10.77.0.99');
      expect(await sql(lab, 'primary', 'select pg_is_in_recovery()')).toBe('f');
    });
  });
});
