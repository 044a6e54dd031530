import type { RedirectOf } from '../../../../domain/redirect.ts';
import { Secret } from '../../../../domain/secret.ts';
import type { Ask, Change, StepInput } from '../../../../domain/step.ts';
import { secretFile } from '../../../facts/files.ts';
import { type PortState, resolved } from '../../../facts/network.ts';
import { haproxyServer, type Mute, postgresAnswers } from '../../../facts/traffic.ts';
import { pointServer, serverAddress } from '../../../traffic/haproxy-config.ts';
import { haproxySaid } from '../../../traffic/haproxy-socket.ts';
import { type Ends, endsSeenFrom, foreign, proofOf, type Recipe, unusable } from './recipe.ts';

type Haproxy = RedirectOf<'haproxy'>;
type Config = NonNullable<ReturnType<typeof secretFile.parse>>;

const LOCALHOST = '127.0.0.1';

interface Proxy {
  readonly host: string;
  readonly ends: Ends;
  readonly file: Config | undefined;
  /** Where the file leads, as an address; empty when it has no such server. */
  readonly written: string;
  readonly running: { readonly address: string } | Mute;
  /** Does a PostgreSQL server answer through it? */
  readonly answers: PortState;
}

/**
 * A server of HAProxy gets the new primary's address twice: in the running process, at once and without a reload that other backends
 * would notice, and in the file, so that it survives a restart. Connections to the old primary are ended.
 */
export const haproxy: Recipe<'haproxy'> = {
  needs: ({ hosts, config, socket, login }) =>
    hosts.map((host) => ({
      host,
      programs: ['haproxy', 'bash', ...(login ? ['psql'] : [])],
      files: [config],
      sockets: [socket],
    })),
  async look(ask, redirect, input) {
    const proxies = await Promise.all(redirect.hosts.map((host) => askProxy(ask, host, redirect, input)));
    const obstacle = proxies.map((one) => obstacleIn(one, redirect)).find((one) => one !== undefined);
    return {
      astray: proxies.flatMap(astray),
      changes: proxies.flatMap((one) => changes(one, redirect, input)),
      moves: proxies.map(({ host, written, ends }) => ({ host, what: nameOf(redirect), from: written, to: ends.to })),
      ...(obstacle && { obstacle }),
      ...proofOf(redirect.hosts, redirect, { host: LOCALHOST, port: redirect.port, database: input.cluster.database }),
    };
  },
};

function nameOf({ backend, server }: Haproxy): string {
  return `${backend}/${server}`;
}

async function askProxy(ask: Ask, host: string, redirect: Haproxy, input: StepInput): Promise<Proxy> {
  const { config, socket, backend, server, port } = redirect;
  const [ends, file, running, answers] = await Promise.all([
    endsSeenFrom(ask, host, input),
    ask.fact(host, secretFile, { path: config }),
    ask.fact(host, haproxyServer, { socket, backend, server }),
    ask.fact(host, postgresAnswers, { address: LOCALHOST, port }),
  ]);
  const name = file && serverAddress(file.content.reveal(), redirect);
  const written = name === undefined ? '' : await ask.fact(host, resolved, { name }).catch(() => name);
  return { host, ends, file, written, running, answers };
}

function obstacleIn({ host, ends, written, running }: Proxy, redirect: Haproxy) {
  if (written === '') return unusable(host, redirect.config, nameOf(redirect));
  if ('complaint' in running) return unusable(host, redirect.socket, running.complaint || nameOf(redirect));
  return foreign(host, `${redirect.config}: ${nameOf(redirect)}`, written, ends);
}

function astray({ host, ends, written, running, answers }: Proxy): readonly string[] {
  const leads = 'complaint' in running ? running.complaint : running.address;
  const there = written === ends.to && leads === ends.to && (answers === 'open' || answers === 'unknown');
  return there ? [] : [`${host}: ${[...new Set([written, leads])].join(', ')} (${answers})`];
}

/** $1 the file. Warnings are not its business: they were there before. */
const JUDGE = 'said=$(haproxy -c -f "$1" 2>&1) || printf "%s" "$said"';

/** The same in whatever state an earlier attempt left them. */
function changes({ host, file, ends }: Proxy, redirect: Haproxy, { cluster }: StepInput): readonly Change[] {
  if (!file) return [];
  const { config, socket } = redirect;
  const name = nameOf(redirect);
  const judge = { argv: ['/bin/sh', '-c', JUDGE, 'sh', config], env: { LC_ALL: 'C' }, timeoutMs: 20_000 } as const;
  const commands = [
    `set server ${name} addr ${ends.to} port ${cluster.port}`,
    `shutdown sessions server ${name}`,
    `set server ${name} health up`,
  ];
  return [
    {
      kind: 'write',
      host,
      path: config,
      content: new Secret(pointServer(file.content.reveal(), redirect, ends.to)),
      ifHash: file.hash,
      validate: { command: judge, rejected: 'redirect.config-rejected' },
    },
    { kind: 'exec', host, command: haproxySaid(socket, commands) },
  ];
}
