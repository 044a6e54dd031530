import { createServer, type Socket } from 'node:net';

/** What a client said when it knocked: its startup parameters, and the password it gave. */
export interface Knock {
  readonly parameters: Readonly<Record<string, string>>;
  readonly password: string;
}

export interface StartupListener {
  readonly port: number;
  /** The next knock; each is answered with a refusal after its password. */
  next(): Promise<Knock>;
  close(): Promise<void>;
}

/** Speaks just enough of PostgreSQL's protocol to hear what libpq made of a connection string and a password file. */
export async function listenForStartup(): Promise<StartupListener> {
  const heard: Knock[] = [];
  const waiting: ((knock: Knock) => void)[] = [];
  const server = createServer((socket) =>
    serve(socket, (knock) => {
      const waiter = waiting.shift();
      if (waiter === undefined) heard.push(knock);
      else waiter(knock);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    next: () => {
      const knock = heard.shift();
      return knock === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(knock);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function serve(socket: Socket, report: (knock: Knock) => void): void {
  let buffer = Buffer.alloc(0);
  let parameters: Record<string, string> | undefined;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    if (parameters === undefined && buffer.length >= 4 && buffer.length >= buffer.readInt32BE(0)) {
      parameters = readParameters(buffer.subarray(8, buffer.readInt32BE(0)));
      buffer = buffer.subarray(buffer.readInt32BE(0));
      socket.write(message('R', Buffer.from([0, 0, 0, 3])));
    } else if (parameters !== undefined && buffer.length >= 5 && buffer.length > buffer.readInt32BE(1)) {
      report({ parameters, password: buffer.subarray(5, buffer.readInt32BE(1)).toString('utf8') });
      const fields = Buffer.from('SFATAL\0C28000\0Mheard\0\0');
      socket.end(message('E', fields));
    }
  });
}

function readParameters(bytes: Buffer): Record<string, string> {
  const words = bytes.toString('utf8').split('\0');
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2)
    pairs.push([words[at] ?? '', words[at + 1] ?? '']);
  return Object.fromEntries(pairs);
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
