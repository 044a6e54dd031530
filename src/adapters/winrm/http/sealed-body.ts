import { NtlmError } from '../ntlm/error.ts';
import { type NtlmSession, SIGNATURE_LENGTH } from '../ntlm/session.ts';
import { WinrmError } from '../problem.ts';

const PROTOCOL = 'application/HTTP-SPNEGO-session-encrypted';
const BOUNDARY = '--Encrypted Boundary';
const SOAP = 'application/soap+xml;charset=UTF-8';

/** The content type of a sealed message (MS-WSMV 2.2.9.1). */
export const SEALED_TYPE = `multipart/encrypted;protocol="${PROTOCOL}";boundary="Encrypted Boundary"`;

/** Does the content type say that the body is sealed? */
export function isSealedType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*multipart\/encrypted\s*;/i.test(contentType);
}

/** The message sealed for the wire. The MIME headers inside begin with a TAB, as every implementation writes and reads them. */
export function sealBody(session: NtlmSession, message: Buffer): Buffer {
  const { signature, data } = session.seal(message);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(signature.length);
  return Buffer.concat([
    Buffer.from(
      `${BOUNDARY}\r\n\tContent-Type: ${PROTOCOL}\r\n` +
        `\tOriginalContent: type=${SOAP};Length=${message.length}\r\n` +
        `${BOUNDARY}\r\n\tContent-Type: application/octet-stream\r\n`,
      'latin1',
    ),
    length,
    signature,
    data,
    Buffer.from(`${BOUNDARY}--\r\n`, 'latin1'),
  ]);
}

const HEAD_LIMIT = 1024;
const OCTETS = Buffer.from('Content-Type: application/octet-stream\r\n', 'latin1');
const END = Buffer.from(BOUNDARY, 'latin1');

/** The clear message. Throws {@link WinrmError} `malformed`, or `weak` when its signature is not the host's. */
export function unsealBody(session: NtlmSession, body: Buffer): Buffer {
  const head = body.subarray(0, HEAD_LIMIT);
  const start = head.indexOf(OCTETS);
  const declared = /OriginalContent:[^\r\n]*;\s*Length=(\d{1,9})\s*\r\n/i.exec(head.toString('latin1'))?.[1];
  if (start < 0 || declared === undefined)
    throw new WinrmError('malformed', 'a sealed answer without its headers', { sent: true });
  const sealed = body.subarray(start + OCTETS.length, body.lastIndexOf(END));
  const signatureLength = sealed.length < 4 ? 0 : sealed.readUInt32LE(0);
  if (signatureLength !== SIGNATURE_LENGTH)
    throw new WinrmError('malformed', 'a sealed answer without signature', { sent: true });
  const signature = sealed.subarray(4, 4 + SIGNATURE_LENGTH);
  const plain = unsealed(session, signature, sealed.subarray(4 + SIGNATURE_LENGTH));
  if (plain.length !== Number(declared))
    throw new WinrmError('malformed', 'a sealed answer of another length', { sent: true });
  return plain;
}

function unsealed(session: NtlmSession, signature: Buffer, data: Buffer): Buffer {
  try {
    return session.unseal({ signature, data });
  } catch (error) {
    if (error instanceof NtlmError) throw new WinrmError('weak', error.message, { sent: true, cause: error });
    throw error;
  }
}
