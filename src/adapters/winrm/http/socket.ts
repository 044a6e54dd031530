import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Endpoint } from '../endpoint.ts';
import { type Problem, WinrmError } from '../problem.ts';

/** An open connection to a host whose certificate, where there is one, has been checked. */
export interface OpenSocket {
  readonly socket: Socket;
  /** The host's certificate, DER, inside TLS. */
  readonly certificate?: Buffer;
}

/** Opens it. Throws {@link WinrmError}: `unreachable`, `plaintext`, `certificate-*`, `aborted`. Nothing has been sent then. */
export async function openSocket(endpoint: Endpoint, timeoutMs: number, signal: AbortSignal): Promise<OpenSocket> {
  if (signal.aborted) throw new WinrmError('aborted', 'before a connection was opened', { sent: false });
  const socket = endpoint.scheme === 'http' ? connect(endpoint.port, endpoint.host) : connectTls(tlsOptions(endpoint));
  try {
    await opened(socket, endpoint.scheme === 'http' ? 'connect' : 'secureConnect', timeoutMs, signal);
    if (endpoint.scheme === 'http') return { socket };
    const certificate = (socket as TLSSocket).getPeerCertificate().raw;
    checkPin(endpoint, socket as TLSSocket);
    return { socket, certificate };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

type SecureEndpoint = Extract<Endpoint, { scheme: 'https' }>;

function tlsOptions({ host, port, trust, login }: SecureEndpoint): ConnectionOptions {
  const identity = login.kind === 'certificate' ? { cert: login.certificate, key: login.key.reveal() } : {};
  return {
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(trust.kind === 'ca' ? { ca: trust.pem } : { rejectUnauthorized: false }),
    ...identity,
    minVersion: 'TLSv1.2',
    // Windows asks for a client's certificate only after the request, which TLS 1.3 clients like OpenSSL's do not follow.
    ...(login.kind === 'certificate' ? { maxVersion: 'TLSv1.2' as const } : {}),
  };
}

function checkPin({ trust }: SecureEndpoint, socket: TLSSocket): void {
  if (trust.kind !== 'pin') return;
  const found = bare(socket.getPeerCertificate().fingerprint256);
  if (found !== bare(trust.sha256)) {
    throw new WinrmError('certificate-pin', `the host shows the certificate ${found}`, { sent: false });
  }
}

function bare(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

async function opened(socket: Socket, event: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (problem: Problem, message: string, cause?: unknown): void =>
      settle(() => reject(new WinrmError(problem, message, { sent: false, cause })));
    const onAbort = (): void => fail('aborted', 'while a connection was opened');
    const onError = (error: NodeJS.ErrnoException): void => fail(problemOf(error), error.message, error);
    const onClose = (): void => fail('unreachable', 'the host closed the connection at once');
    const timer = setTimeout(() => fail('unreachable', `no connection within ${timeoutMs} ms`), timeoutMs);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onOpen).off('close', onClose).off('error', onError);
      // A socket that is given up may still report something; nobody waits for it any more.
      socket.on('error', () => undefined);
      finish();
    };
    const onOpen = (): void => settle(resolve);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once(event, onOpen).once('error', onError).once('close', onClose);
  });
}

const CERTIFICATE_PROBLEMS: Readonly<Record<string, Problem>> = {
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  CERT_UNTRUSTED: 'certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'certificate-untrusted',
  CERT_REVOKED: 'certificate-untrusted',
  INVALID_CA: 'certificate-untrusted',
  INVALID_PURPOSE: 'certificate-untrusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'plaintext',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plaintext',
};

function problemOf(error: NodeJS.ErrnoException): Problem {
  const known = CERTIFICATE_PROBLEMS[error.code ?? ''];
  if (known) return known;
  return error.code?.startsWith('ERR_SSL_') || error.code === 'EPROTO' ? 'weak' : 'unreachable';
}
