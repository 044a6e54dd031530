import { type ExecResult, text } from '../../domain/command.ts';
import type { RedirectOf } from '../../domain/redirect.ts';
import type { Fact } from '../../domain/step.ts';
import { haproxySaid } from '../traffic/haproxy-socket.ts';
import { pgbouncerSaid } from '../traffic/pgbouncer-console.ts';
import { absolute } from '../traffic/record.ts';
import type { PortState } from './network.ts';
import { onLinux, script } from './shell.ts';

/** A program of the clients' way that could not be asked, and what it said. */
export interface Mute {
  readonly complaint: string;
}

function mute({ stdout, stderr }: ExecResult): Mute {
  return { complaint: (text(stderr).trim() || text(stdout).trim()).slice(0, 400) };
}

interface RecordArgs {
  readonly server: string;
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

/** Everything the authoritative server holds under a name for that type, in its order. */
export interface RecordAnswer {
  readonly records: readonly { readonly type: string; readonly ttl: number; readonly value: string }[];
}

/** What the zone's own server answers, past every cache. A name that is not there has no records. Source: dig(1). */
export const recordAnswer: Fact<RecordArgs, RecordAnswer | Mute> = {
  id: 'traffic.record',
  read: onLinux(({ server, name, type }) => ({
    argv: [
      'dig',
      '-r',
      `@${server}`,
      absolute(name),
      type,
      '+norecurse',
      '+tries=2',
      '+time=3',
      '+noall',
      '+comments',
      '+answer',
    ],
    env: { LC_ALL: 'C' },
    timeoutMs: 15_000,
  })),
  parse(result) {
    const output = text(result.stdout);
    const status = /status: ([A-Z]+)/.exec(output)?.[1];
    if (status !== 'NOERROR' && status !== 'NXDOMAIN')
      return status === undefined ? mute(result) : { complaint: status };
    const rows = output.split('\n').flatMap((line) => {
      const [, ttl, type = '', value = ''] = /^[^;\s]\S*\s+(\d+)\s+IN\s+(\S+)\s+(.+)$/.exec(line) ?? [];
      return ttl === undefined ? [] : [{ type, ttl: Number(ttl), value: value.trim() }];
    });
    return { records: rows };
  },
};

type HaproxyArgs = Pick<RedirectOf<'haproxy'>, 'socket' | 'backend' | 'server'>;

/** Where the running HAProxy leads a server's connections. Source: its management guide, `show servers state`. */
export const haproxyServer: Fact<HaproxyArgs, { readonly address: string } | Mute> = {
  id: 'traffic.haproxy',
  read: onLinux(({ socket, backend }) => haproxySaid(socket, [`show servers state ${backend}`])),
  parse(result, { backend, server }) {
    const lines = text(result.stdout).split('\n');
    const columns = (lines.find((line) => line.startsWith('# ')) ?? '').slice(2).split(' ');
    const of = (row: readonly string[], column: string): string => row[columns.indexOf(column)] ?? '';
    const row = lines
      .map((line) => line.split(' '))
      .find((one) => of(one, 'be_name') === backend && of(one, 'srv_name') === server);
    if (result.code !== 0 || !row) return mute(result);
    return { address: of(row, 'srv_addr') };
  },
};

type PgbouncerArgs = Pick<RedirectOf<'pgbouncer'>, 'socketDir' | 'port' | 'account'>;

/** One entry of the running PgBouncer. */
export interface PooledDatabase {
  readonly host: string;
  /** Its clients wait. */
  readonly paused: boolean;
}

/** Every database of the running PgBouncer by name. Source: pgbouncer(1), `SHOW DATABASES`. */
export const pooledDatabases: Fact<PgbouncerArgs, Readonly<Record<string, PooledDatabase>> | Mute> = {
  id: 'traffic.pgbouncer',
  read: onLinux((args) => pgbouncerSaid(args, ['SHOW DATABASES'])),
  parse(result) {
    const [head = '', ...rows] = text(result.stdout).trim().split('\n');
    const columns = head.split('|');
    if (result.code !== 0 || !columns.includes('paused')) return mute(result);
    const of = (row: readonly string[], column: string): string => row[columns.indexOf(column)] ?? '';
    const found = rows.map((line) => line.split('|'));
    return Object.fromEntries(
      found.map((row) => [of(row, 'name'), { host: of(row, 'host'), paused: of(row, 'paused') === '1' }]),
    );
  },
};

/**
 * Does a PostgreSQL server answer behind that port? It is asked whether it would encrypt, which takes no login; a proxy with nobody
 * behind it only hangs up. Waits 3 s at most. Source: PostgreSQL's manual, "Message Formats", SSLRequest.
 */
export const postgresAnswers: Fact<{ readonly address: string; readonly port: number }, PortState> = {
  id: 'traffic.answers',
  read: onLinux(({ address, port }) =>
    script(
      String.raw`
command -v bash >/dev/null || exit 3
timeout 3 bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 5
printf "\0\0\0\010\004\322\026\057" >&3; IFS= read -r -n 1 -u 3 a && printf "answer=%s\n" "$a"' bash "$1" "$2" 2>&1
exit 0`,
      [address, String(port)],
    ),
  ),
  parse(result) {
    const said = text(result.stdout);
    if (result.code === 3) return 'unknown';
    if (/^answer=[SNE]$/m.test(said)) return 'open';
    return /refused/i.test(said) ? 'refused' : 'silent';
  },
};
