import { createHash } from 'node:crypto';

/** Hash names by the last arcs of signature algorithms: PKCS#1 (1.2.840.113549.1.1) and ECDSA (1.2.840.10045.4). */
const HASH_OF_SIGNATURE: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};
const RSA_PSS = '2a864886f70d01010a';
const HASH_OF_PSS: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};
const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;

/**
 * Channel binding `tls-server-end-point` (RFC 5929) of a certificate in DER: the prefix and the certificate's hash by the
 * hash function of its own signature (MD5 and SHA-1 count as SHA-256). Undefined where the RFC defines none (EdDSA) or
 * the bytes are no certificate: then no binding is sent, and a host that insists on one refuses the login.
 */
export function serverEndPoint(certificate: Buffer): Buffer | undefined {
  const hash = signatureHash(certificate);
  if (!hash) return undefined;
  return Buffer.concat([Buffer.from('tls-server-end-point:', 'latin1'), createHash(hash).update(certificate).digest()]);
}

function signatureHash(certificate: Buffer): string | undefined {
  const [, algorithm] = children(children(certificate)[0]?.content, 2);
  const [id, parameters] = children(algorithm?.content, 2);
  if (algorithm?.tag !== SEQUENCE || id?.tag !== OBJECT_ID) return undefined;
  const name = id.content.toString('hex');
  if (name !== RSA_PSS) return HASH_OF_SIGNATURE[name];
  const [hashField] = children(parameters?.content);
  const [hashAlgorithm] = children(hashField?.content);
  const [hashId] = children(hashAlgorithm?.content);
  return HASH_OF_PSS[hashId?.content.toString('hex') ?? ''] ?? 'sha256';
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** The first DER elements inside the bytes, at most `limit`; fewer when the bytes end. */
function children(bytes: Buffer = Buffer.alloc(0), limit = 1): readonly Element[] {
  const found: Element[] = [];
  let offset = 0;
  while (found.length < limit) {
    const element = elementAt(bytes, offset);
    if (!element) break;
    found.push(element);
    offset = element.end;
  }
  return found;
}

function elementAt(bytes: Buffer, offset: number): (Element & { readonly end: number }) | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const start = offset + 2 + lengthBytes;
  if (lengthBytes > 4 || start > bytes.length) return undefined;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(offset + 2, lengthBytes);
  const end = start + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end };
}
