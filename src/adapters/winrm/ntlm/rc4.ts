/**
 * An RC4 key stream (RFC 6229 has its vectors). Each call goes on where the last one stopped: NTLM seals a whole
 * connection with one stream per direction. OpenSSL 3 no longer offers it; it is used for nothing else here.
 */
export class Rc4 {
  readonly #box = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** @param key 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    const box = this.#box;
    for (let index = 0; index < 256; index += 1) box[index] = index;
    for (let index = 0, j = 0; index < 256; index += 1) {
      const held = box[index] ?? 0;
      j = (j + held + (key[index % key.length] ?? 0)) & 0xff;
      box[index] = box[j] ?? 0;
      box[j] = held;
    }
  }

  /** The bytes, encrypted or decrypted: it is the same. */
  transform(data: Uint8Array): Buffer {
    const box = this.#box;
    const result = Buffer.allocUnsafe(data.length);
    let i = this.#i;
    let j = this.#j;
    for (let index = 0; index < data.length; index += 1) {
      i = (i + 1) & 0xff;
      const held = box[i] ?? 0;
      j = (j + held) & 0xff;
      const other = box[j] ?? 0;
      box[i] = other;
      box[j] = held;
      result[index] = (data[index] ?? 0) ^ (box[(held + other) & 0xff] ?? 0);
    }
    this.#i = i;
    this.#j = j;
    return result;
  }
}
