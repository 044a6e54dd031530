import { createHash } from 'node:crypto';
import { NtlmError } from './error.ts';
import { OFFERED, REQUIRED } from './flags.ts';
import { computeResponses, hmacMd5, type NtlmAccount, responseKey } from './keys.ts';
import { authenticateMessage, type Challenge, MIC_OFFSET, negotiateMessage, parseChallenge } from './messages.ts';
import { Rc4 } from './rc4.ts';
import { NtlmSession } from './session.ts';
import { AV, type AvPair, findPair, parseTargetInfo, writeTargetInfo } from './target-info.ts';

/** 100-ns ticks between 1601 and 1970. */
const EPOCH_TICKS = 116_444_736_000_000_000n;
const HAS_MIC = 2;

export interface HandshakeOptions {
  /** SPN of the host, `HTTP/name`. */
  readonly targetName: string;
  /** `tls-server-end-point:` and the hash of the host's certificate (RFC 5929), inside TLS. */
  readonly channelBinding?: Buffer;
  /** Source of unguessable bytes. */
  readonly random: (length: number) => Buffer;
  /** Now, milliseconds since 1970. */
  readonly now: () => number;
}

export interface Authenticated {
  /** AUTHENTICATE_MESSAGE for the host. */
  readonly message: Buffer;
  readonly session: NtlmSession;
  /** How far the host's clock is ahead of ours, when it told its time. */
  readonly clockAheadMs?: number;
}

/**
 * The client's side of one NTLMv2 login (MS-NLMP 3.1.5): {@link NtlmHandshake.negotiate}, then with the host's challenge
 * {@link NtlmHandshake.authenticate}. LM, NTLMv1 and sessions without 128-bit sealing are refused, not offered.
 */
export class NtlmHandshake {
  readonly #account: NtlmAccount;
  readonly #options: HandshakeOptions;
  readonly #negotiate = negotiateMessage(OFFERED);

  constructor(account: NtlmAccount, options: HandshakeOptions) {
    this.#account = account;
    this.#options = options;
  }

  negotiate(): Buffer {
    return this.#negotiate;
  }

  /** Answers the host's CHALLENGE_MESSAGE. Throws {@link NtlmError} when it is none or asks for something weak. */
  authenticate(challengeBytes: Buffer): Authenticated {
    const challenge = parseChallenge(challengeBytes);
    const missing = (REQUIRED & ~challenge.flags) >>> 0;
    if (missing !== 0) throw new NtlmError('weak', `the host does not agree to flags 0x${missing.toString(16)}`);
    const pairs = parseTargetInfo(challenge.targetInfo);
    const hostTime = findPair(pairs, AV.timestamp);
    if (hostTime && hostTime.length !== 8) throw new NtlmError('malformed', 'a timestamp has 8 bytes');
    const { message, sessionKey } = this.#answer(challenge, pairs, hostTime);
    if (hostTime) hmacMd5(sessionKey, this.#negotiate, challengeBytes, message).copy(message, MIC_OFFSET);
    const session = new NtlmSession(sessionKey, 'client');
    return hostTime
      ? { message, session, clockAheadMs: toUnixMs(hostTime) - this.#options.now() }
      : { message, session };
  }

  #answer(challenge: Challenge, pairs: readonly AvPair[], hostTime: Buffer | undefined) {
    const sessionKey = this.#options.random(16);
    const { ntResponse, lmResponse, sessionBaseKey } = computeResponses({
      key: responseKey(this.#account),
      serverChallenge: challenge.serverChallenge,
      clientChallenge: this.#options.random(8),
      timestamp: hostTime ?? toFileTime(this.#options.now()),
      targetInfo: writeTargetInfo(this.#ownPairs(pairs, hostTime !== undefined)),
    });
    const message = authenticateMessage({
      flags: (OFFERED & challenge.flags) >>> 0,
      domain: this.#account.domain,
      user: this.#account.user,
      workstation: '',
      lmResponse: hostTime ? Buffer.alloc(24) : lmResponse,
      ntResponse,
      encryptedSessionKey: new Rc4(sessionBaseKey).transform(sessionKey),
      withMic: hostTime !== undefined,
    });
    return { message, sessionKey };
  }

  /** The host's pairs with ours: that a MIC follows, which service is meant, and the TLS channel it is meant for. */
  #ownPairs(pairs: readonly AvPair[], withMic: boolean): readonly AvPair[] {
    const replaced: readonly number[] = [AV.flags, AV.targetName, AV.channelBindings];
    const kept = pairs.filter(({ id }) => !replaced.includes(id));
    const told = findPair(pairs, AV.flags);
    const flags = Buffer.alloc(4);
    flags.writeUInt32LE(((told?.length === 4 ? told.readUInt32LE(0) : 0) | (withMic ? HAS_MIC : 0)) >>> 0);
    return [
      ...kept,
      { id: AV.flags, value: flags },
      { id: AV.targetName, value: Buffer.from(this.#options.targetName, 'utf16le') },
      { id: AV.channelBindings, value: channelBindingHash(this.#options.channelBinding) },
    ];
  }
}

/** MD5 of a gss_channel_bindings_struct (RFC 2744) without addresses; zeros stand for no channel (MS-NLMP 2.2.2.1). */
function channelBindingHash(applicationData: Buffer | undefined): Buffer {
  if (!applicationData) return Buffer.alloc(16);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(applicationData.length, 16);
  return createHash('md5').update(head).update(applicationData).digest();
}

function toFileTime(unixMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(Math.trunc(unixMs)) * 10_000n + EPOCH_TICKS);
  return bytes;
}

function toUnixMs(fileTime: Buffer): number {
  return Number((fileTime.readBigUInt64LE() - EPOCH_TICKS) / 10_000n);
}
