import { createHash, createHmac, randomBytes } from 'node:crypto';
import { md4 } from '../../../src/adapters/winrm/ntlm/md4.ts';
import { Rc4 } from '../../../src/adapters/winrm/ntlm/rc4.ts';

/**
 * A host's side of NTLMv2 for tests. It shares MD4 and RC4 (proven by published vectors) with the client and nothing
 * else: what it expects was written down from MS-NLMP on its own. It is strict where Windows can be told to be: it wants a
 * message integrity code, and with a certificate the channel binding.
 */
export interface Account {
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

export interface AcceptorOptions {
  readonly accounts: readonly Account[];
  /** Hash of the certificate the client must have bound its login to. */
  readonly endPointHash?: Buffer;
  /** Flags the host's challenge leaves out. */
  readonly without?: number;
  /** How far the host's clock is ahead. */
  readonly clockAheadMs?: number;
}

const FLAGS = 0xe28a8235;

export class NtlmAcceptor {
  readonly #options: AcceptorOptions;
  readonly #challenge = randomBytes(8);
  #negotiate = Buffer.alloc(0);
  #challengeMessage = Buffer.alloc(0);
  #toClient: Channel | undefined;
  #fromClient: Channel | undefined;

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  get complete(): boolean {
    return this.#toClient !== undefined;
  }

  challenge(negotiate: Buffer): Buffer {
    if (!negotiate.subarray(0, 12).equals(Buffer.from('NTLMSSP\0\u0001\0\0\0', 'latin1')))
      throw new Error('no negotiate message');
    this.#negotiate = Buffer.from(negotiate);
    const name = utf16('HOST');
    const time = Buffer.alloc(8);
    time.writeBigUInt64LE((BigInt(Date.now() + (this.#options.clockAheadMs ?? 0)) + 11_644_473_600_000n) * 10_000n);
    const info = Buffer.concat([
      av(2, utf16('LAB')),
      av(1, name),
      av(4, utf16('lab.example')),
      av(3, utf16('host.lab.example')),
      av(7, time),
      av(0),
    ]);
    const head = Buffer.alloc(56);
    head.write('NTLMSSP\0', 'latin1');
    head.writeUInt32LE(2, 8);
    field(head, 12, name.length, 56);
    head.writeUInt32LE((FLAGS & ~(this.#options.without ?? 0)) >>> 0, 20);
    this.#challenge.copy(head, 24);
    field(head, 40, info.length, 56 + name.length);
    this.#challengeMessage = Buffer.concat([head, name, info]);
    return this.#challengeMessage;
  }

  /** True: logged in, {@link NtlmAcceptor.seal} and {@link NtlmAcceptor.unseal} work from here on. */
  accept(message: Buffer): boolean {
    const part = (at: number): Buffer => {
      const offset = message.readUInt32LE(at + 4);
      return message.subarray(offset, offset + message.readUInt16LE(at));
    };
    const domain = part(28).toString('utf16le');
    const user = part(36).toString('utf16le');
    const account = this.#options.accounts.find((known) => known.user === user && known.domain === domain);
    if (!account) return false;
    const nt = part(20);
    const ntlmHash = md4(utf16(account.password));
    const key = mac(ntlmHash, utf16(user.toUpperCase()), utf16(domain));
    if (!mac(key, this.#challenge, nt.subarray(16)).equals(nt.subarray(0, 16))) return false;
    const sessionKey = new Rc4(mac(key, nt.subarray(0, 16))).transform(part(52));
    return this.#checkBindings(nt.subarray(16)) && this.#checkMic(sessionKey, message) && this.#open(sessionKey);
  }

  seal(plain: Buffer): Buffer {
    if (!this.#toClient) throw new Error('not logged in');
    const data = this.#toClient.stream.transform(plain);
    return Buffer.concat([this.#toClient.sign(plain), data]);
  }

  unseal(signed: Buffer): Buffer {
    if (!this.#fromClient) throw new Error('not logged in');
    const plain = this.#fromClient.stream.transform(signed.subarray(16));
    if (!this.#fromClient.sign(plain).equals(signed.subarray(0, 16))) throw new Error('a forged message');
    return plain;
  }

  #checkBindings(blob: Buffer): boolean {
    const pairs = new Map<number, Buffer>();
    for (let at = 28; blob.readUInt16LE(at) !== 0; at += 4 + blob.readUInt16LE(at + 2)) {
      pairs.set(blob.readUInt16LE(at), blob.subarray(at + 4, at + 4 + blob.readUInt16LE(at + 2)));
    }
    const micPromised = ((pairs.get(6)?.readUInt32LE() ?? 0) & 2) !== 0;
    if (!micPromised) return false;
    const { endPointHash } = this.#options;
    if (!endPointHash) return true;
    const data = Buffer.concat([Buffer.from('tls-server-end-point:'), endPointHash]);
    const struct = Buffer.concat([Buffer.alloc(16), Buffer.from(Uint32Array.of(data.length).buffer), data]);
    return pairs.get(10)?.equals(createHash('md5').update(struct).digest()) ?? false;
  }

  #checkMic(sessionKey: Buffer, message: Buffer): boolean {
    const blank = Buffer.from(message);
    blank.fill(0, 72, 88);
    return mac(sessionKey, this.#negotiate, this.#challengeMessage, blank).equals(message.subarray(72, 88));
  }

  #open(sessionKey: Buffer): boolean {
    this.#toClient = new Channel(sessionKey, 'server-to-client');
    this.#fromClient = new Channel(sessionKey, 'client-to-server');
    return true;
  }
}

class Channel {
  readonly stream: Rc4;
  readonly #key: Buffer;
  #count = 0;

  constructor(sessionKey: Buffer, direction: string) {
    const named = (what: string): Buffer =>
      createHash('md5').update(sessionKey).update(`session key to ${direction} ${what} key magic constant\0`).digest();
    this.stream = new Rc4(named('sealing'));
    this.#key = named('signing');
  }

  sign(plain: Buffer): Buffer {
    const count = Buffer.from(Uint32Array.of(this.#count).buffer);
    this.#count += 1;
    const checksum = this.stream.transform(mac(this.#key, count, plain).subarray(0, 8));
    return Buffer.concat([Buffer.from([1, 0, 0, 0]), checksum, count]);
  }
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

function mac(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  return createHmac('md5', key).update(Buffer.concat(parts)).digest();
}

function av(id: number, value: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([Buffer.from(Uint16Array.of(id, value.length).buffer), value]);
}

function field(into: Buffer, at: number, length: number, offset: number): void {
  into.writeUInt16LE(length, at);
  into.writeUInt16LE(length, at + 2);
  into.writeUInt32LE(offset, at + 4);
}
