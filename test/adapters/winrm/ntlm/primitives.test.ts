import { describe, expect, it } from 'vitest';
import { md4 } from '../../../../src/adapters/winrm/ntlm/md4.ts';
import { Rc4 } from '../../../../src/adapters/winrm/ntlm/rc4.ts';

describe('MD4 (RFC 1320, A.5)', () => {
  it.each([
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
  ])('of %j', (text, digest) => {
    expect(md4(Buffer.from(text)).toString('hex')).toBe(digest);
  });

  it('pads across every block border without looking at what follows', () => {
    const digests = new Set<string>();
    for (let length = 0; length <= 130; length += 1) digests.add(md4(Buffer.alloc(length, 7)).toString('hex'));
    expect(digests.size).toBe(131);
  });
});

describe('RC4 (RFC 6229)', () => {
  const streams: readonly (readonly [key: string, offset: number, bytes: string])[] = [
    ['0102030405', 0, 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405', 768, 'eb62638d4f0ba1fe9fca20e05bf8ff2b'],
    ['0102030405', 1536, 'd8729db41882259bee4f825325f5a130'],
    ['0102030405060708090a0b0c0d0e0f10', 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
    ['0102030405060708090a0b0c0d0e0f10', 768, 'eccbe13de1fcc91c11a0b26c0bc8fa4d'],
    ['0102030405060708090a0b0c0d0e0f10', 1536, 'ffa0b514647ec04f6306b892ae661181'],
    ['0102030405060708090a0b0c0d0e0f10', 4080, 'ff38265c1642c1abe8d3c2fe5e572bf8'],
    ['0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', 0, 'eaa6bd25880bf93d3f5d1e4ca2611d91'],
    ['0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', 1536, '3e34135c79db010200767651cf263073'],
  ];

  it.each(streams)('key %s at offset %d', (key, offset, bytes) => {
    const stream = new Rc4(Buffer.from(key, 'hex')).transform(Buffer.alloc(offset + 16));
    expect(stream.subarray(offset).toString('hex')).toBe(bytes);
  });

  it('goes on where the last call stopped', () => {
    const key = Buffer.from('a key');
    const inPieces = new Rc4(key);
    const pieces = [1, 0, 255, 744].map((length) => inPieces.transform(Buffer.alloc(length)));
    expect(Buffer.concat(pieces)).toEqual(new Rc4(key).transform(Buffer.alloc(1000)));
  });
});
