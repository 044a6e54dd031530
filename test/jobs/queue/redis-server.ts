import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** Is Debian's `redis-server` here? */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of the test's own that keeps nothing: whoever kills it loses everything. */
export interface RedisServer {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  everything(): Promise<string>;
}

export async function createRedis(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const client = (): Redis => {
    const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    return redis;
  };
  return {
    url,
    async start() {
      const options = { save: '', appendonly: 'no', bind: '127.0.0.1', 'maxmemory-policy': 'noeviction' };
      const words = Object.entries({ port: String(port), ...options }).flatMap(([name, value]) => [`--${name}`, value]);
      child = spawn('redis-server', words, { stdio: 'ignore', cwd: '/' });
      const redis = client();
      await redis.ping();
      redis.disconnect();
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    async everything() {
      const redis = client();
      const keys = await redis.keys('*');
      const hashes = await Promise.all(keys.map((key) => redis.hgetall(key).catch(() => ({}))));
      const values = await Promise.all(keys.map((key) => redis.get(key).catch(() => '')));
      redis.disconnect();
      return JSON.stringify([keys.filter((key) => !key.endsWith(':events')), hashes, values]);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
