import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];

/** The server's end of a WebSocket (RFC 6455, no extensions). Emits `text` and, once, `closed`. */
export class Peer extends EventEmitter<{ text: [string]; closed: [] }> {
  readonly #wire: Duplex;
  /** Keeps TCP open after the goodbye, as Slack does. */
  readonly #lingers: boolean;
  #unread: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #open = true;

  constructor(request: IncomingMessage, wire: Duplex, { lingers }: { readonly lingers: boolean }) {
    super();
    this.#wire = wire;
    this.#lingers = lingers;
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}${GUID}`)
      .digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    wire.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
    wire.on('data', (chunk: Buffer) => this.#read(chunk));
    for (const end of ['error', 'close', 'end'] as const) wire.on(end, () => this.#end());
  }

  get open(): boolean {
    return this.#open;
  }

  send(text: string): void {
    if (this.#open) this.#frame(TEXT, Buffer.from(text));
  }

  ping(): void {
    if (this.#open) this.#frame(PING, Buffer.from('ping'));
  }

  /** No goodbye: the cable is cut. */
  cut(): void {
    this.#wire.destroy();
    this.#end();
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.emit('closed');
  }

  #frame(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    head[0] = 0x80 | opcode;
    head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    this.#wire.write(Buffer.concat([head, payload]));
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (let frame = take(this.#unread); frame; frame = take(this.#unread)) {
      this.#unread = frame.rest;
      this.#receive(frame);
    }
  }

  #receive({ opcode, last, payload }: Frame): void {
    if (opcode === PING) return this.#frame(PONG, payload);
    if (opcode === PONG) return;
    if (opcode === CLOSE) {
      if (this.#open) this.#frame(CLOSE, payload.subarray(0, 2));
      if (!this.#lingers) this.#wire.end();
      return this.#end();
    }
    this.#parts.push(payload);
    if (!last) return;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.emit('text', text);
  }
}

interface Frame {
  readonly opcode: number;
  readonly last: boolean;
  readonly payload: Buffer;
  readonly rest: Buffer;
}

/** The first whole frame, unmasked; undefined while there is none. */
function take(buffer: Buffer): Frame | undefined {
  const [first, second] = buffer;
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (buffer.length < start) return undefined;
  const length = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  const end = start + 4 + length;
  if (buffer.length < end) return undefined;
  const mask = buffer.subarray(start, start + 4);
  const payload = Buffer.from(buffer.subarray(start + 4, end)).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return {
    opcode: first & 0x0f,
    last: (first & 0x80) !== 0,
    payload: Buffer.from(payload),
    rest: buffer.subarray(end),
  };
}
