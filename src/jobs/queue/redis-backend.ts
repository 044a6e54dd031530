import { Queue, Worker } from 'bullmq';
import type { RedisOptions } from 'ioredis';
import { Redis } from 'ioredis';
import type { Backend, WakeUp } from './backend.ts';
import { producerOver } from './backend.ts';

const PREFIX = 'zapas';
const RECONNECT_MS = 2_000;
const CONNECT_MS = 2_000;
const COMMAND_MS = 5_000;

/**
 * BullMQ on Redis. BullMQ is begun when Redis has answered for the first time: what it began before that could neither be
 * bounded nor closed.
 */
export function redisBackend(url: string): Backend {
  const links: Link[] = [];
  const connect = (options: LinkOptions): Link => {
    const link = createLink(url, options);
    links.push(link);
    return link;
  };
  return {
    producer(name, onError) {
      // It waits for nobody: a connection that was lost fails a command at once, and one that is silent fails it soon.
      const { client, settle } = connect({ enableOfflineQueue: false, commandTimeout: COMMAND_MS });
      client.on('error', onError);
      const queue = whenReady(client, () => {
        const begun = new Queue<WakeUp, void>(name, { prefix: PREFIX, connection: client });
        begun.on('error', onError);
        return producerOver(begun);
      });
      return {
        add: async (wakeUp, options) => await (await queue.begun).add(wakeUp, options),
        schedule: async (cadence, options) => await (await queue.begun).schedule(cadence, options),
        unschedule: async (id) => await (await queue.begun).unschedule(id),
        schedules: async () => await (await queue.begun).schedules(),
        count: async () => await (await queue.begun).count(),
        async close() {
          await settle();
          await queue.cancel()?.close();
        },
      };
    },
    consumer(name, processor, options, onError) {
      const { client, settle } = connect({ maxRetriesPerRequest: null });
      client.on('error', onError);
      const worker = whenReady(client, () => {
        const begun = new Worker<WakeUp, void>(name, processor, { ...options, prefix: PREFIX, connection: client });
        begun.on('error', onError);
        return begun;
      });
      return {
        cancelAllJobs: (reason) => worker.cancel()?.cancelAllJobs(reason),
        async close() {
          await settle();
          await worker.cancel()?.close();
        },
      };
    },
    close() {
      for (const link of links) link.cut();
    },
  };
}

type LinkOptions = Omit<RedisOptions, 'replyMapping'>;

/** A connection, and the copies of it that BullMQ makes to wait for jobs on. */
interface Link {
  readonly client: Redis;
  /**
   * Makes no new attempts to connect, and settles when each connection either stands or has ended: BullMQ would wait for ever for
   * the end of one that is between two attempts.
   */
  readonly settle: () => Promise<void>;
  cut(): void;
}

function createLink(url: string, options: LinkOptions): Link {
  const clients: Redis[] = [];
  let closing = false;
  const track = (client: Redis): Redis => {
    client.on('error', () => undefined);
    clients.push(client);
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override) => track(duplicate(override));
    return client;
  };
  // Soon at first, then every few seconds.
  const retryStrategy = (times: number): number | null => (closing ? null : Math.min(times * 100, RECONNECT_MS));
  const client = track(new Redis(url, { ...options, retryStrategy, connectTimeout: CONNECT_MS }));
  return {
    client,
    settle: async () => {
      closing = true;
      await Promise.all(clients.map(readyOrEnded));
    },
    cut() {
      for (const each of clients) each.disconnect();
    },
  };
}

async function readyOrEnded(client: Redis): Promise<void> {
  if (client.status === 'ready' || client.status === 'end') return;
  await new Promise<void>((resolve) => {
    client.once('ready', resolve);
    client.once('end', resolve);
  });
}

/** Begins something when the connection stands for the first time; `cancel` gives it, or sees to it that it never begins. */
function whenReady<Value>(client: Redis, begin: () => Value): { begun: Promise<Value>; cancel(): Value | undefined } {
  let value: Value | undefined;
  let cancelled = false;
  const begun = new Promise<Value>((resolve) => {
    client.once('ready', () => {
      if (cancelled) return;
      value = begin();
      resolve(value);
    });
  });
  return {
    begun,
    cancel() {
      cancelled = true;
      return value;
    },
  };
}
