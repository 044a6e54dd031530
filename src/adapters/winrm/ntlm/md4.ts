const BLOCK = 64;
const ROUND_2 = 0x5a827999;
const ROUND_3 = 0x6ed9eba1;
const SHIFTS_1 = [3, 7, 11, 19];
const SHIFTS_2 = [3, 5, 9, 13];
const SHIFTS_3 = [3, 9, 11, 15];
const ORDER_2 = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15];
const ORDER_3 = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

type State = [number, number, number, number];

/**
 * MD4 of the bytes (RFC 1320), 16 bytes. NTLM's password hash is defined by it and OpenSSL 3 no longer offers it; it is
 * used for nothing else here.
 */
export function md4(input: Uint8Array): Buffer {
  const padded = pad(input);
  const state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  const words = Array.from({ length: 16 }, () => 0);
  for (let offset = 0; offset < padded.length; offset += BLOCK) {
    for (let index = 0; index < 16; index += 1) words[index] = padded.readUInt32LE(offset + index * 4);
    mix(state, words);
  }
  const digest = Buffer.alloc(16);
  for (const [index, word] of state.entries()) digest.writeUInt32LE(word >>> 0, index * 4);
  return digest;
}

function pad(input: Uint8Array): Buffer {
  const zeros = (BLOCK * 2 - 9 - (input.length % BLOCK)) % BLOCK;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(input.length) * 8n);
  return Buffer.concat([input, Buffer.from([0x80]), Buffer.alloc(zeros), length]);
}

function mix(state: State, words: readonly number[]): void {
  let [a, b, c, d] = state;
  for (let step = 0; step < 48; step += 1) {
    const sum = (a + scrambled(step, b, c, d) + wordOf(step, words)) | 0;
    [a, b, c, d] = [d, rotateLeft(sum, shiftOf(step)), b, c];
  }
  state[0] = (state[0] + a) | 0;
  state[1] = (state[1] + b) | 0;
  state[2] = (state[2] + c) | 0;
  state[3] = (state[3] + d) | 0;
}

function scrambled(step: number, x: number, y: number, z: number): number {
  if (step < 16) return (x & y) | (~x & z);
  if (step < 32) return ((x & y) | (x & z) | (y & z)) + ROUND_2;
  return (x ^ y ^ z) + ROUND_3;
}

function wordOf(step: number, words: readonly number[]): number {
  const order = step < 16 ? step : ((step < 32 ? ORDER_2 : ORDER_3)[step % 16] ?? 0);
  return words[order] ?? 0;
}

function shiftOf(step: number): number {
  const shifts = step < 16 ? SHIFTS_1 : step < 32 ? SHIFTS_2 : SHIFTS_3;
  return shifts[step % 4] ?? 0;
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
