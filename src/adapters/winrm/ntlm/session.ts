import { timingSafeEqual } from 'node:crypto';
import { NtlmError } from './error.ts';
import { hmacMd5, type Side, sealingKey, signingKey } from './keys.ts';
import { Rc4 } from './rc4.ts';

const SIGNATURE_VERSION = 1;
export const SIGNATURE_LENGTH = 16;

/** A sealed message: its NTLMSSP_MESSAGE_SIGNATURE (16 bytes) and the encrypted bytes. */
export interface Sealed {
  readonly signature: Buffer;
  readonly data: Buffer;
}

/**
 * Signing and sealing after a handshake (MS-NLMP 3.4.3, 3.4.4: extended session security, key exchange, 128 bits).
 *
 * One session belongs to one connection. Messages must be unsealed in the order the host sealed them; after a failure
 * the session is of no more use.
 */
export class NtlmSession {
  readonly #outgoing: Direction;
  readonly #incoming: Direction;

  /** @param side the side this session speaks for. */
  constructor(sessionKey: Buffer, side: Side) {
    this.#outgoing = new Direction(sessionKey, side);
    this.#incoming = new Direction(sessionKey, side === 'client' ? 'server' : 'client');
  }

  seal(plain: Uint8Array): Sealed {
    return this.#outgoing.seal(Buffer.from(plain));
  }

  /** The clear bytes. Throws {@link NtlmError} `forged` when the signature is not the sender's. */
  unseal({ signature, data }: Sealed): Buffer {
    return this.#incoming.unseal(signature, data);
  }
}

class Direction {
  readonly #stream: Rc4;
  readonly #signingKey: Buffer;
  #sequence = 0;

  constructor(sessionKey: Buffer, side: Side) {
    this.#stream = new Rc4(sealingKey(sessionKey, side));
    this.#signingKey = signingKey(sessionKey, side);
  }

  seal(plain: Buffer): Sealed {
    const data = this.#stream.transform(plain);
    return { signature: this.#sign(plain), data };
  }

  unseal(signature: Buffer, data: Buffer): Buffer {
    const plain = this.#stream.transform(data);
    const expected = this.#sign(plain);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new NtlmError('forged', 'the signature of a sealed message is wrong');
    }
    return plain;
  }

  #sign(plain: Buffer): Buffer {
    const signature = Buffer.alloc(SIGNATURE_LENGTH);
    signature.writeUInt32LE(SIGNATURE_VERSION, 0);
    signature.writeUInt32LE(this.#sequence, 12);
    const digest = hmacMd5(this.#signingKey, signature.subarray(12, 16), plain).subarray(0, 8);
    this.#stream.transform(digest).copy(signature, 4);
    this.#sequence = (this.#sequence + 1) >>> 0;
    return signature;
  }
}
