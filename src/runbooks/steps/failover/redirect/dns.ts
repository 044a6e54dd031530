import type { RedirectOf } from '../../../../domain/redirect.ts';
import type { Ask, Change, StepInput } from '../../../../domain/step.ts';
import { type PortState, portFrom, resolved } from '../../../facts/network.ts';
import { type Mute, type RecordAnswer, recordAnswer } from '../../../facts/traffic.ts';
import { absolute, recordType, updateOf } from '../../../traffic/record.ts';
import { type Ends, endsSeenFrom, foreign, proofOf, type Recipe, unusable } from './recipe.ts';

type Dns = RedirectOf<'dns'>;

interface Known {
  readonly name: string;
  readonly answer: RecordAnswer | Mute;
}

/** Where the names lead one of the clients. */
interface Seen {
  readonly host: string;
  readonly leads: readonly string[];
  readonly port: PortState;
}

/**
 * The names by which clients reach the primary get its address by dynamic updates of their zone (RFC 2136), each of which the server
 * refuses unless the record is the one we know. Then the clients are waited for, as long as they may keep the old answer.
 */
export const dns: Recipe<'dns'> = {
  needs: ({ host, key, login }) => [
    { host, programs: ['nsupdate', 'dig', ...(login ? ['psql'] : [])], files: [key], sockets: [] },
  ],
  async look(ask, redirect, input) {
    const { host, names, server } = redirect;
    const clients = redirect.clients.length > 0 ? redirect.clients : [host];
    const ends = await endsSeenFrom(ask, host, input);
    const type = recordType(ends.to);
    const [known, seen] = await Promise.all([
      Promise.all(
        names.map(
          async (name): Promise<Known> => ({
            name,
            answer: await ask.fact(host, recordAnswer, { server, name, type }),
          }),
        ),
      ),
      Promise.all(clients.map((client) => askClient(ask, client, redirect, input))),
    ]);
    const obstacle = known.map((one) => obstacleIn(one, redirect, ends)).find((one) => one !== undefined);
    return {
      astray: [...recordsAstray(known, redirect, ends), ...clientsAstray(seen, ends)],
      changes: [
        ...names.map((name) => update(name, redirect, ends)),
        ...clients.flatMap((client) => names.map((name) => waitFor(client, name, redirect, ends))),
      ],
      moves: known.map(({ name, answer }) => ({ host, what: name, from: inWords(answer), to: ends.to })),
      ...(obstacle && { obstacle }),
      ...proofOf(clients, redirect, {
        host: names[0] ?? '',
        port: input.cluster.port,
        database: input.cluster.database,
      }),
    };
  },
};

async function askClient(ask: Ask, host: string, { names }: Dns, { cluster }: StepInput): Promise<Seen> {
  const [first = ''] = names;
  const [port, ...leads] = await Promise.all([
    ask.fact(host, portFrom, { address: first, port: cluster.port }),
    // A name that nobody knows yet leads nowhere.
    ...names.map((name) => ask.fact(host, resolved, { name }).catch(() => '')),
  ]);
  return { host, leads, port };
}

function obstacleIn({ name, answer }: Known, { host, server }: Dns, ends: Ends) {
  if ('complaint' in answer) return unusable(host, `${name} @${server}`, answer.complaint);
  return foreign(host, name, inWords(answer), ends);
}

function inWords(answer: RecordAnswer | Mute): string {
  if ('complaint' in answer) return '';
  const words = answer.records.map(({ type, value }) => (type === 'A' || type === 'AAAA' ? value : `${type} ${value}`));
  return words.join(', ') || '-';
}

function recordsAstray(known: readonly Known[], { host }: Dns, { to }: Ends): readonly string[] {
  const words = (answer: Known['answer']): string => ('complaint' in answer ? answer.complaint : inWords(answer));
  return known
    .filter(({ answer }) => inWords(answer) !== to)
    .map(({ name, answer }) => `${host}: ${name} ${words(answer)}`);
}

function clientsAstray(seen: readonly Seen[], { to }: Ends): readonly string[] {
  const there = ({ leads, port }: Seen): boolean =>
    leads.every((lead) => lead === to) && (port === 'open' || port === 'unknown');
  return seen.filter((one) => !there(one)).map(({ host, leads, port }) => `${host}: ${leads.join(', ')} (${port})`);
}

/** $1 key, $2 server, $3 name, $4 type, $5 the new address; the update is standard input. Done once, it is not done again. */
const UPDATE = `
[ "$(dig -r +short +norecurse +tries=2 +time=3 "@$2" "$3" "$4")" != "$5" ] || exit 0
exec nsupdate -t 10 -k "$1"`;

function update(name: string, { host, server, zone, ttl, key }: Dns, ends: Ends): Change {
  const lines = updateOf({ server, zone, name, ttl, ...ends });
  const values = [key, server, absolute(name), recordType(ends.to), ends.to];
  return {
    kind: 'exec',
    host,
    command: {
      argv: ['/bin/sh', '-c', UPDATE.trim(), 'sh', ...values],
      env: { LC_ALL: 'C' },
      stdin: `${lines.join('\n')}\n`,
      timeoutMs: 30_000,
    },
  };
}

/** $1 name, $2 address, $3 seconds. Whoever keeps the old answer longer is found out by the verification. */
const WAIT = `
for flush in 'resolvectl flush-caches' 'nscd -i hosts'; do command -v "\${flush%% *}" >/dev/null && $flush 2>/dev/null; done
n=0
until [ "$(getent ahosts "$1" | sed -n '1s/ .*//p')" = "$2" ] || [ "$n" -ge "$3" ]; do n=$((n + 1)); sleep 1; done`;

function waitFor(host: string, name: string, { ttl }: Dns, { to }: Ends): Change {
  const argv = ['/bin/sh', '-c', WAIT.trim(), 'sh', name, to, String(ttl + 5)] as const;
  return { kind: 'exec', host, command: { argv, env: { LC_ALL: 'C' }, timeoutMs: (ttl + 60) * 1_000 } };
}
