import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { OutageReport } from '../../src/domain/report.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA, makePair } from '../runbooks/support/pair.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';
import { beginWork, endWork, standbyStreams, visitsOn } from './visits.ts';

const lab = openLab();
const BIN = '/opt/mmedica/pgsql-17/bin';
/** How many; `SWITCHOVERS` says otherwise. */
const TIMES = Number(process.env['SWITCHOVERS'] ?? 10);
/** Rows of every table of the product's database, as one digest per table. */
const DIGESTS = `select string_agg(format('%s %s', relname, xml), ' ' order by relname) from (
  select relname, md5(query_to_xml(format('select count(*), md5(string_agg(t::text, '','' order by t::text)) from %I t', relname), true, false, '')::text) as xml
  from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) as tables`;

/** Every page of a server that was stopped in order has the checksum it was written with. */
async function expectChecksums(host: string): Promise<void> {
  await mustRun(lab, host, 'systemctl stop postgresmm-17');
  const check = `runuser -u postgres -- ${BIN}/pg_checksums --check -D ${DATA}`;
  expect(await mustRun(lab, host, check)).toMatch(/^Bad checksums: +0$/m);
  await mustRun(lab, host, 'systemctl start postgresmm-17');
}

describe(`${TIMES} switchovers back and forth under a writing load`, () => {
  let office: Office;

  beforeAll(async () => {
    await lab.up();
    await lab.save('before-soak');
    // The vendor's servers have none; here they say whether a page was harmed.
    const enable = `systemctl stop postgresmm-17; runuser -u postgres -- ${BIN}/pg_checksums --enable -D ${DATA}`;
    await mustRun(lab, 'primary', enable);
    await makePair(lab);
    await standbyStreams(lab, 'primary');
    office = await openOffice(lab, { redirect: 'command' });
    office.startWorker();
  });
  afterAll(async () => {
    await mustRun(lab, 'app', 'touch /run/stop');
    await office.close();
    await lab.restore('before-soak');
  });

  it('lose no promised commit, and leave both servers with the same rows and sound pages', async () => {
    const roles = { primary: 'primary', standby: 'standby' };
    const outages: number[] = [];
    let promised = 0;
    for (let round = 1; round <= TIMES; round += 1) {
      await beginWork(lab);
      const { id } = await office.request('switchover');
      const run = await office.seeThrough(id);
      expect([round, run.state, run.error]).toEqual([round, 'succeeded', undefined]);
      [roles.primary, roles.standby] = [roles.standby, roles.primary];
      expect(await office.store.clusters.roles('demo')).toEqual(roles);
      await standbyStreams(lab, roles.primary);
      const work = await endWork(lab, roles.primary);
      expect(work.lost).toEqual([]);
      promised += work.acked;
      outages.push(run.reports.find((one): one is OutageReport => one.kind === 'outage')?.milliseconds ?? Number.NaN);
    }
    const sorted = outages.toSorted((one, other) => one - other);
    process.stderr.write(
      `${TIMES} switchovers: outage median ${sorted[Math.floor(TIMES / 2)]} ms, worst ${sorted.at(-1)} ms; ${promised} promised commits, none lost\n`,
    );
    expect(await sql(lab, roles.primary, 'select timeline_id from pg_control_checkpoint()')).toBe(String(TIMES + 1));
    const visits = await visitsOn(lab, roles.primary);
    await vi.waitFor(async () => expect(await visitsOn(lab, roles.standby)).toBe(visits), { timeout: 20_000 });
    expect(await sql(lab, roles.standby, DIGESTS)).toBe(await sql(lab, roles.primary, DIGESTS));
    for (const host of [roles.standby, roles.primary]) await expectChecksums(host);
  }, 3_600_000);
});
