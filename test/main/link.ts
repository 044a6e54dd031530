import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to a server that can be cut: nothing gets through any more, and neither end is told. */
export interface Link {
  readonly port: number;
  cut(): void;
  /** New connections get through again; those that were cut stay so. */
  mend(): void;
  close(): Promise<void>;
}

export async function openLink(port: number): Promise<Link> {
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    sockets.add(near.on('error', () => near.destroy()));
    if (!whole) return;
    const far = connect(port, '127.0.0.1');
    sockets.add(far.on('error', () => far.destroy()));
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      whole = false;
      for (const socket of sockets) socket.unpipe().pause();
    },
    mend() {
      whole = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
