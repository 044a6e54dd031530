import { expect, vi } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { mustRun, sql } from '../lab/support.ts';

/** One visit after the other; each line of `acked` is one the database has promised to keep, with the moment in milliseconds. */
const work = (service: string): string => `
touch /run/stop; sleep 0.3
rm -f /run/acked /run/stop; touch /run/acked
setsid bash -c 'n=0; while [ ! -e /run/stop ]; do n=$((n+1))
  if psql -X -q service=${service} -c "insert into visits (note) values (\\$\\$v$n\\$\\$)" 2>/dev/null; then echo "v$n $(date +%s%3N)"; fi >> /run/acked
done' >/dev/null 2>&1 </dev/null &`;

/** What a clinic's work came to. */
export interface Work {
  /** Visits that were promised. */
  readonly acked: number;
  /** When those were promised that are not on the server now. */
  readonly lost: readonly number[];
  /** The longest time without a promise, in milliseconds: the outage as the clients saw it. */
  readonly longestGap: number;
}

/** A clinic begins to work, by a service of pg_service.conf; returns when it has worked for so long. */
export async function beginWork(lab: Lab, seconds = 1, service = 'db'): Promise<void> {
  await mustRun(lab, 'app', `${work(service)}\nsleep ${seconds}`);
}

/** The clinic stops working; `host` is where all of it should be. */
export async function endWork(lab: Lab, host: string): Promise<Work> {
  const lines = (await mustRun(lab, 'app', 'touch /run/stop; sleep 0.5; cat /run/acked')).trim().split('\n');
  const kept = new Set((await sql(lab, host, 'select note from visits')).split('\n'));
  const visits = lines.filter(Boolean).map((line) => {
    const [note = '', at] = line.split(' ');
    return { note, at: Number(at) };
  });
  const gaps = visits.slice(1).map(({ at }, index) => at - (visits[index]?.at ?? at));
  return {
    acked: visits.length,
    lost: visits.filter(({ note }) => !kept.has(note)).map(({ at }) => at),
    longestGap: Math.max(0, ...gaps),
  };
}

/** Waits until exactly one standby streams from this host. */
export async function standbyStreams(lab: Lab, primary: string): Promise<void> {
  const query = `select count(*) from pg_stat_replication where state = 'streaming'`;
  await vi.waitFor(async () => expect(await sql(lab, primary, query)).toBe('1'), { timeout: 30_000, interval: 200 });
}

/** All visits of a server as one digest. */
export function visitsOn(lab: Lab, host: string): Promise<string> {
  return sql(lab, host, `select count(*) || ' ' || md5(string_agg(visits::text, ',' order by id)) from visits`);
}
