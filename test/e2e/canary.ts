import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { mustRun, sql } from '../lab/support.ts';
import { DATA } from '../runbooks/support/pair.ts';
import type { Office } from './office.ts';

const PASSFILE = '/opt/mmedica/pgsql-17/zapas-demo.pgpass';

/** A place where a secret could have come to lie, as text, with something that is certainly there: an empty place proves nothing. */
export interface Place {
  readonly name: string;
  readonly text: string;
  readonly witness: string;
}

/** What nobody may ever read: the passwords of replication (nor what proves it) and of M15's account, and the key that logs into the hosts. */
export async function secretsOf(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const passwordOf = (user: string): Promise<string> =>
    mustRun(lab, 'standby', `awk -F: '$4 == "${user}" { print $5; exit }' ${PASSFILE}`);
  return {
    replication: (await passwordOf('replication')).trim(),
    verifier: await sql(lab, 'standby', `select rolpassword from pg_authid where rolname = 'replication'`),
    admin: readFileSync(join(lab.dir, 'keys', 'admin.password'), 'utf8').trim(),
    key: readFileSync(lab.privateKeyPath, 'utf8').split('\n')[2] ?? '',
  };
}

const ARGUMENTS = '/var/tmp/arguments';

/** Looks at the arguments of all processes of a host twenty times a second from now on, as anybody there could with `ps`. */
export async function watchArguments(lab: Lab, host: string): Promise<void> {
  const look = `while cat /proc/[0-9]*/cmdline 2>/dev/null >> ${ARGUMENTS}; sleep 0.05; do :; done`;
  await mustRun(lab, host, `setsid bash -c '${look}' >/dev/null 2>&1 </dev/null &`);
}

/** Everything that the office and the hosts keep of what was done: every table, every log, every command that sudo noted or {@link watchArguments} saw. */
export async function placesOf(lab: Lab, office: Office, run: string, logPath: string): Promise<readonly Place[]> {
  const host = async (name: string, script: string, witness: string): Promise<Place> => ({
    name: `${name}: ${script}`,
    text: await mustRun(lab, name, script),
    witness,
  });
  return [
    { name: 'tables', text: await tablesOf(office), witness: run },
    { name: 'log of the worker', text: readFileSync(logPath, 'utf8'), witness: run },
    {
      name: 'log of the store',
      text: readFileSync(join(office.dir, 'data', 'postgres', 'server.log'), 'utf8'),
      witness: 'ready to accept connections',
    },
    ...(await Promise.all(
      ['primary', 'standby'].flatMap((name) => [
        host(name, 'journalctl --no-pager --all -o export', 'COMMAND='),
        host(name, `tr '\\0' '\\n' < ${ARGUMENTS} | sort -u`, DATA),
        host(name, `cat ${DATA}/pg_log/*`, 'starting PostgreSQL'),
        host(name, `cat ${DATA}/postgresql.auto.conf`, 'log_statement'),
      ]),
    )),
  ];
}

async function tablesOf({ store }: Office): Promise<string> {
  const tables = await store.queuePool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts = tables.rows.map(async ({ name }) => {
    const { rows } = await store.queuePool.query<{ line: string }>(`select t::text as line from ${name} t`);
    return [name, ...rows.map(({ line }) => line)].join('\n');
  });
  return (await Promise.all(texts)).join('\n');
}

/** Where a secret lies, in any of the ways in which programs write one; `place: secret`. */
export function leaks(places: readonly Place[], secrets: Readonly<Record<string, string>>): readonly string[] {
  return places.flatMap(({ name, text }) =>
    Object.entries(secrets).flatMap(([secret, value]) =>
      waysToWrite(value).some((written) => text.includes(written)) ? [`${name}: ${secret}`] : [],
    ),
  );
}

/** Also inside something longer that was written in Base64, at each of the three positions. */
function waysToWrite(value: string): readonly string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const whole = Buffer.from(`${' '.repeat(shift)}${value}`)
      .toString('base64')
      .replaceAll('=', '');
    return whole.slice(shift === 0 ? 0 : shift + 1, -2);
  });
  return [value, ...base64, Buffer.from(value).toString('hex'), encodeURIComponent(value)];
}
