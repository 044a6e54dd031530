import { describe, expect, it } from 'vitest';
import { NtlmHandshake } from '../../../../src/adapters/winrm/ntlm/handshake.ts';
import { computeResponses, responseKey, sealingKey, signingKey } from '../../../../src/adapters/winrm/ntlm/keys.ts';
import { authenticateMessage, parseChallenge } from '../../../../src/adapters/winrm/ntlm/messages.ts';
import { Rc4 } from '../../../../src/adapters/winrm/ntlm/rc4.ts';
import { NtlmSession } from '../../../../src/adapters/winrm/ntlm/session.ts';
import { Secret } from '../../../../src/domain/secret.ts';

/** The values printed in MS-NLMP 4.2.1 and 4.2.4 (NTLMv2 authentication). */
const ACCOUNT = { user: 'User', domain: 'Domain', password: new Secret('Password') };
const SESSION_KEY = Buffer.alloc(16, 0x55);
const TARGET_INFO = '02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000';
const CHALLENGE =
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000' +
  '2400240044000000060070170000000f530065007200760065007200' +
  TARGET_INFO;
const AUTHENTICATE =
  '4e544c4d5353500003000000180018006c00000054005400840000000c000c00480000000800080054000000' +
  '100010005c00000010001000d8000000358288e20501280a0000000f' +
  '44006f006d00610069006e00550073006500720043004f004d0050005500540045005200' +
  '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa' +
  '68cd0ab851e51c96aabc927bebef6a1c01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000' +
  TARGET_INFO +
  '00000000' +
  'c5dad2544fc9799094ce1ce90bc9d03e';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Buffer => Buffer.from(text, 'hex');

const responses = computeResponses({
  key: responseKey(ACCOUNT),
  serverChallenge: bytes('0123456789abcdef'),
  clientChallenge: Buffer.alloc(8, 0xaa),
  timestamp: Buffer.alloc(8),
  targetInfo: bytes(TARGET_INFO),
});

describe('NTLMv2 as published in MS-NLMP 4.2.4', () => {
  it('response key NTOWFv2 (4.2.4.1.1)', () => {
    expect(hex(responseKey(ACCOUNT))).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
  });

  it('session base key (4.2.4.1.2)', () => {
    expect(hex(responses.sessionBaseKey)).toBe('8de40ccadbc14a82f15cb0ad0de95ca3');
  });

  it('LMv2 response (4.2.4.2.1)', () => {
    expect(hex(responses.lmResponse)).toBe('86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa');
  });

  it('NTLMv2 response (4.2.4.2.2)', () => {
    expect(hex(responses.ntResponse.subarray(0, 16))).toBe('68cd0ab851e51c96aabc927bebef6a1c');
  });

  it('encrypted session key (4.2.4.2.3)', () => {
    expect(hex(new Rc4(responses.sessionBaseKey).transform(SESSION_KEY))).toBe('c5dad2544fc9799094ce1ce90bc9d03e');
  });

  it('the challenge message is read (4.2.4.3)', () => {
    const challenge = parseChallenge(bytes(CHALLENGE));
    expect(challenge.flags).toBe(0xe28a8233);
    expect(hex(challenge.serverChallenge)).toBe('0123456789abcdef');
    expect(hex(challenge.targetInfo)).toBe(TARGET_INFO);
  });

  it('the authenticate message is written, byte for byte (4.2.4.3)', () => {
    const message = authenticateMessage({
      flags: 0xe2888235,
      domain: 'Domain',
      user: 'User',
      workstation: 'COMPUTER',
      lmResponse: responses.lmResponse,
      ntResponse: responses.ntResponse,
      encryptedSessionKey: bytes('c5dad2544fc9799094ce1ce90bc9d03e'),
      version: bytes('0501280a0000000f'),
      withMic: false,
    });
    expect(hex(message)).toBe(AUTHENTICATE);
  });

  it('keys, sealed message and signature of the client (4.2.4.4)', () => {
    expect(hex(sealingKey(SESSION_KEY, 'client'))).toBe('59f600973cc4960a25480a7c196e4c58');
    expect(hex(signingKey(SESSION_KEY, 'client'))).toBe('4788dc861b4782f35d43fd98fe1a2d39');
    const { signature, data } = new NtlmSession(SESSION_KEY, 'client').seal(Buffer.from('Plaintext', 'utf16le'));
    expect(hex(data)).toBe('54e50165bf1936dc996020c1811b0f06fb5f');
    expect(hex(signature)).toBe('010000007fb38ec5c55d497600000000');
  });

  it('a client offers exactly the flags of the published exchange', () => {
    const handshake = new NtlmHandshake(ACCOUNT, {
      targetName: 'HTTP/x',
      random: (length) => Buffer.alloc(length),
      now: () => 0,
    });
    expect(handshake.negotiate().readUInt32LE(12)).toBe(0xe2888235);
  });
});
