import { NtlmError } from './error.ts';

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
/** Windows 10 / Server 2016, NTLM revision 15. The host logs it and decides nothing by it. */
const VERSION = Buffer.from([10, 0, 0x39, 0x38, 0, 0, 0, 15]);
/** No host needs more for a challenge; what is larger is refused before it is looked at. */
const MAX_CHALLENGE = 16_384;

/** CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2), as far as a client needs it. */
export interface Challenge {
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Buffer;
  readonly targetInfo: Buffer;
}

/** What an AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3) carries. */
export interface Authentication {
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  readonly workstation: string;
  readonly lmResponse: Buffer;
  readonly ntResponse: Buffer;
  readonly encryptedSessionKey: Buffer;
  /** Absent: Windows 10's. */
  readonly version?: Buffer;
  /** Leave 16 zero bytes for the message integrity code. */
  readonly withMic: boolean;
}

/** Where the message integrity code stands in an AUTHENTICATE_MESSAGE that has one. */
export const MIC_OFFSET = 72;
const MIC_LENGTH = 16;

/** NEGOTIATE_MESSAGE without domain and workstation: a host learns them from the third message. */
export function negotiateMessage(flags: number): Buffer {
  const message = Buffer.alloc(40);
  SIGNATURE.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(flags, 12);
  VERSION.copy(message, 32);
  return message;
}

/** Reads a host's CHALLENGE_MESSAGE. Throws {@link NtlmError} for anything else. */
export function parseChallenge(bytes: Buffer): Challenge {
  if (bytes.length < 48 || bytes.length > MAX_CHALLENGE)
    throw new NtlmError('malformed', 'not the size of a challenge');
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new NtlmError('malformed', 'no NTLM signature');
  if (bytes.readUInt32LE(8) !== 2) throw new NtlmError('malformed', 'not a challenge');
  return {
    flags: bytes.readUInt32LE(20),
    serverChallenge: Buffer.from(bytes.subarray(24, 32)),
    targetInfo: readField(bytes, 40),
  };
}

function readField(bytes: Buffer, at: number): Buffer {
  const length = bytes.readUInt16LE(at);
  const offset = bytes.readUInt32LE(at + 4);
  if (offset + length > bytes.length) throw new NtlmError('malformed', 'a field lies outside of the message');
  return Buffer.from(bytes.subarray(offset, offset + length));
}

/** The third message; with `withMic` its code is still to be filled in at {@link MIC_OFFSET}. */
export function authenticateMessage(fields: Authentication): Buffer {
  const head = Buffer.alloc(fields.withMic ? MIC_OFFSET + MIC_LENGTH : MIC_OFFSET);
  SIGNATURE.copy(head);
  head.writeUInt32LE(3, 8);
  const payload: readonly (readonly [at: number, value: Buffer])[] = [
    [28, Buffer.from(fields.domain, 'utf16le')],
    [36, Buffer.from(fields.user, 'utf16le')],
    [44, Buffer.from(fields.workstation, 'utf16le')],
    [12, fields.lmResponse],
    [20, fields.ntResponse],
    [52, fields.encryptedSessionKey],
  ];
  let offset = head.length;
  for (const [at, value] of payload) {
    head.writeUInt16LE(value.length, at);
    head.writeUInt16LE(value.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += value.length;
  }
  head.writeUInt32LE(fields.flags, 60);
  (fields.version ?? VERSION).copy(head, 64);
  return Buffer.concat([head, ...payload.map(([, value]) => value)]);
}
