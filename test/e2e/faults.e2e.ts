import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import type { Run } from '../../src/domain/run.ts';
import { openGate } from '../../src/domain/run.ts';
import { crashServer } from '../adapters/store/scratch.ts';
import { createRedis, hasRedis } from '../jobs/queue/redis-server.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA } from '../runbooks/support/pair.ts';
import { bareLab } from './bare-lab.ts';
import { leaks, placesOf, secretsOf, watchArguments } from './canary.ts';
import type { Office, OfficeParts, WorkerProcess } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();
const PG = '/opt/mmedica/pgsql-17';

if (!hasRedis) process.stderr.write('\n*** SKIPPED: no redis-server here, so nothing is said about Redis. ***\n\n');

/** Bare hosts; the primary writes down every statement it is sent, and the line to the standby is narrow enough to do things while it copies. */
async function narrowPair(): Promise<void> {
  await bareLab(lab);
  await sql(lab, 'primary', `alter system set log_statement = 'all'`);
  await sql(lab, 'primary', 'alter system set log_replication_commands = on');
  await sql(lab, 'primary', 'select pg_reload_conf()');
  await lab.slow('standby', '40mbit');
}

/** Returns when the copy has begun and some of it is there. */
async function copying(): Promise<void> {
  const copied = `du -sk ${PG}/data.clone-* 2>/dev/null | cut -f1`;
  await expect
    .poll(async () => Number((await lab.run('standby', copied)).stdout), { timeout: 60_000, interval: 100 })
    .toBeGreaterThan(4_000);
}

/** The pair replicates, and it was copied once. */
async function expectSetUp(office: Office, run: Run): Promise<void> {
  expect({ state: run.state, error: run.error }).toEqual({ state: 'succeeded', error: undefined });
  expect(await sql(lab, 'standby', 'select pg_is_in_recovery()')).toBe('t');
  expect(await sql(lab, 'primary', 'select state from pg_stat_replication')).toBe('streaming');
  expect(await mustRun(lab, 'standby', `ls -d ${PG}/data.clone-* 2>/dev/null || true`)).toBe('');
  const copies = `grep -h 'received replication command: BASE_BACKUP' ${DATA}/pg_log/* | wc -l`;
  expect((await mustRun(lab, 'primary', copies)).trim()).toBe('1');
  expect(await office.store.audit.verify()).toMatchObject({ ok: true });
}

const begun =
  (step: string) =>
  (run: Run): boolean =>
    run.steps.some(({ id, state }) => id === step && state !== 'pending');

describe('a pair is set up while', () => {
  let office: Office;
  let worker: WorkerProcess;

  beforeEach(narrowPair);
  afterEach(() => office.close());
  afterAll(() => bareLab(lab));

  /** Asks for the setup, does that to the office while the copy runs, and returns how it ended. */
  async function setUp(parts: OfficeParts, fault: (id: string) => Promise<void>): Promise<Run> {
    office = await openOffice(lab, { basebackup: 'vendor' }, parts);
    worker = office.startWorker();
    const { id } = await office.request('setup');
    const ended = office.seeThrough(id, 200);
    await Promise.race([copying().then(() => fault(id)), ended]);
    return await ended;
  }

  it('the cable of the standby is out for 30 s: waited for, copied once, replicating (H32)', async () => {
    const run = await setUp({}, async (id) => {
      await lab.cut('standby');
      const out = pause(30_000);
      await expect
        .poll(() => office.store.runs.progress(id), { timeout: 60_000 })
        .toMatchObject({ step: 'setup.clone', waitsFor: 'standby' });
      await out;
      await lab.heal('standby');
    });
    await expectSetUp(office, run);
  });

  it('the server of the store crashes, twice', async () => {
    const run = await setUp({}, async (id) => {
      const options = { dataDir: join(office.dir, 'data') };
      await crashServer({ options });
      await office.until(id, begun('setup.verify-clone'));
      await crashServer({ options });
    });
    await expectSetUp(office, run);
  });

  it.skipIf(!hasRedis)('Redis loses everything, and the worker dies with it; no secret ever went there', async () => {
    const redis = await createRedis();
    await redis.start();
    const heard = [await listenTo(redis.url)];
    try {
      const run = await setUp({ redisUrl: redis.url }, async (id) => {
        expect(await redis.everything()).toContain(id);
        await redis.kill();
        worker.kill();
        await office.until(id, begun('setup.verify-clone'));
        await redis.start();
        heard.push(await listenTo(redis.url));
        expect(await redis.everything()).not.toContain(id);
      });
      await expectSetUp(office, run);
      const text = heard.map((words) => words.join('')).join('\n');
      expect(text).toContain(run.id);
      expect(leaks([{ name: 'Redis', text, witness: run.id }], await secretsOf(lab))).toEqual([]);
    } finally {
      await redis.kill();
    }
  });
});

/** Everything that this Redis is told from now on. */
async function listenTo(url: string): Promise<readonly string[]> {
  const { hostname, port } = new URL(url);
  const words: string[] = [];
  const socket = connect(Number(port), hostname);
  socket.setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.on('data', (text: string) => words.push(text));
  socket.write('MONITOR\r\n');
  await expect.poll(() => words.join('')).toContain('+OK');
  return words;
}

describe('a secret that leaked', () => {
  it.each([0, 1, 2, 3])('is found in Base64 after %i other bytes, too', (before) => {
    const text = Buffer.from(`${'x'.repeat(before)}swordfish-swordfish after it`).toString('base64');
    const place = { name: 'log', text, witness: '' };
    expect(leaks([place], { one: 'swordfish-swordfish', other: 'sturgeon-sturgeon' })).toEqual(['log: one']);
  });
});

describe('a pair over the queue in the database', () => {
  let office: Office;
  let logPath: string;
  const runs: Run[] = [];

  beforeAll(async () => {
    await narrowPair();
    await Promise.all(['primary', 'standby'].map((host) => watchArguments(lab, host)));
    logPath = `${lab.dir}/worker.log`;
    office = await openOffice(lab, { basebackup: 'vendor', redirect: 'command' }, { logPath });
    office.startWorker();
  });
  afterAll(async () => {
    await office.close();
    await bareLab(lab);
  });

  it('is set up though the queue forgets everything', async () => {
    const { id } = await office.request('setup');
    const ended = office.seeThrough(id, 200);
    await Promise.race([copying().then(() => forget(id)), ended]);
    const run = await ended;
    runs.push(run);
    await expectSetUp(office, run);
  });

  /** Empties every table of BullMQ. */
  async function forget(id: string): Promise<void> {
    const pool = office.store.queuePool;
    const { rows } = await pool.query<{ name: string }>(
      `select format('bullmq.%I', tablename) as name from pg_tables where schemaname = 'bullmq' and tablename !~ 'migration'`,
    );
    const names = rows.map(({ name }) => name).join(', ');
    const kept = await Promise.all(rows.map(({ name }) => pool.query(`select t::text from ${name} t`)));
    expect(JSON.stringify(kept.map((table) => table.rows))).toContain(id);
    await pool.query(`truncate ${names} cascade`);
  }

  it('keeps its secrets to the password file: no table, no log and no noted command has them (H24)', expectNoLeaks);

  async function expectNoLeaks(): Promise<void> {
    const secrets = await secretsOf(lab);
    for (const secret of Object.values(secrets)) expect(secret.length).toBeGreaterThan(15);
    const places = await placesOf(lab, office, runs.at(-1)?.id ?? '', logPath);
    for (const { name, text, witness } of places) expect(text.includes(witness), `${name} has ${witness}`).toBe(true);
    expect(leaks(places, secrets)).toEqual([]);
  }

  it('loses the primary’s power: UNFENCED is what is approved, and the old primary comes back as one', async () => {
    await lab.unslow('standby');
    await lab.powerOff('primary');
    const { id } = await office.request('failover');
    const asked = await office.until(id, (run) => openGate(run) !== undefined || run.error !== undefined);
    expect(asked.error).toBeUndefined();
    expect(openGate(asked)?.bounds?.fencing).toBe('unreachable');
    await office.grant(asked, 'piotr');
    const run = await office.seeThrough(id);
    runs.push(run);
    expect({ state: run.state, error: run.error }).toEqual({ state: 'succeeded', error: undefined });
    expect(run.plan?.evidence?.loss.kind).toBe('unknown');
    expect(await sql(lab, 'standby', 'select pg_is_in_recovery(), timeline_id from pg_control_checkpoint()')).toBe(
      'f|2',
    );
    // Known and said on the card: nothing could be done to it, so with power it takes writes again beside the new primary.
    await lab.boot('primary');
    await expect.poll(() => sql(lab, 'primary', 'select pg_is_in_recovery()').catch(String), WAIT).toBe('f');
    await sql(lab, 'primary', `insert into visits (note) values ('seen by nobody')`);
    expect(await sql(lab, 'standby', `select count(*) from visits where note = 'seen by nobody'`)).toBe('0');
    expect(await office.store.clusters.roles('demo')).toEqual({ primary: 'standby', standby: 'primary' });
  });

  it('has kept them still', expectNoLeaks);
});

const WAIT = { timeout: 30_000, interval: 200 };
