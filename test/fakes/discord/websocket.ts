import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** The server's end of a WebSocket (RFC 6455, without extensions). Emits `message` (text), `closed` (code). */
export class ServerSocket extends EventEmitter<{ message: [string]; closed: [number] }> {
  readonly #socket: Duplex;
  #buffer: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #closed = false;

  constructor(request: IncomingMessage, socket: Duplex, head: Buffer) {
    super();
    this.#socket = socket;
    const accept = createHash('sha1')
      .update((request.headers['sec-websocket-key'] ?? '') + GUID)
      .digest('base64');
    const answer = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write([...answer, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => this.#over(1006));
    socket.on('close', () => this.#over(1006));
    if (head.length > 0) this.#read(head);
  }

  get open(): boolean {
    return !this.#closed;
  }

  send(data: string | Buffer): void {
    if (this.#closed) return;
    this.#frame(typeof data === 'string' ? TEXT : BINARY, Buffer.from(data));
  }

  /** Says goodbye with that code. */
  close(code: number): void {
    if (this.#closed) return;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#frame(CLOSE, payload);
    this.#socket.end();
    this.#over(code);
  }

  /** The cable is cut: no goodbye. */
  cut(): void {
    this.#socket.destroy();
    this.#over(1006);
  }

  #over(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('closed', code);
  }

  #frame(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
    head[0] = 0x80 | opcode;
    head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
    if (head.length === 4) head.writeUInt16BE(length, 2);
    if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
    this.#socket.write(Buffer.concat([head, payload]));
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const frame = takeFrame(this.#buffer);
      if (!frame) return;
      this.#buffer = frame.rest;
      this.#handle(frame.opcode, frame.last, frame.payload);
    }
  }

  #handle(opcode: number, last: boolean, payload: Buffer): void {
    if (opcode === PING) return this.#frame(PONG, payload);
    if (opcode === PONG) return;
    if (opcode === CLOSE) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      if (!this.#closed) this.#frame(CLOSE, payload.subarray(0, 2));
      this.#socket.end();
      return this.#over(code);
    }
    this.#parts.push(payload);
    if (!last) return;
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.emit('message', text);
  }
}

interface Frame {
  readonly opcode: number;
  readonly last: boolean;
  readonly payload: Buffer;
  readonly rest: Buffer;
}

/** The first whole frame; undefined while there is none. A client masks every frame. */
function takeFrame(buffer: Buffer): Frame | undefined {
  if (buffer.length < 2) return undefined;
  const [first = 0, second = 0] = buffer;
  let length = second & 0x7f;
  let at = 2;
  if (length === 126) {
    if (buffer.length < 4) return undefined;
    length = buffer.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (buffer.length < 10) return undefined;
    length = Number(buffer.readBigUInt64BE(2));
    at = 10;
  }
  const masked = (second & 0x80) !== 0;
  const end = at + (masked ? 4 : 0) + length;
  if (buffer.length < end) return undefined;
  const mask = masked ? buffer.subarray(at, at + 4) : Buffer.alloc(4);
  const payload = Buffer.from(buffer.subarray(end - length, end));
  for (let index = 0; index < length; index += 1) payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
  return { opcode: first & 0x0f, last: (first & 0x80) !== 0, payload, rest: buffer.subarray(end) };
}
