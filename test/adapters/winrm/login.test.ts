import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { FLAG } from '../../../src/adapters/winrm/ntlm/flags.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { type Pair, TestAuthority } from '../../fakes/winrm/certificates.ts';
import { bench, connectTo, failure, NTLM, run, until } from './support.ts';

let authority: TestAuthority;
let good: Pair;

beforeAll(() => {
  authority = new TestAuthority();
  good = authority.issue('server', 'IP:127.0.0.1');
});

afterAll(() => authority.remove());

const wrong = { ...NTLM, password: new Secret('wrong') };
const basic = { kind: 'basic', user: 'zapas', password: NTLM.password } as const;
function trusted() {
  return { scheme: 'https', trust: { kind: 'ca', pem: authority.pem } } as const;
}

describe('a refused login', () => {
  it('is host.auth-failed', async () => {
    const { connection } = await bench({}, { login: wrong });
    const error = await failure(run(connection, 'true'));
    expect(error).toMatchObject({ code: 'host.auth-failed', params: { reason: 'login_refused', user: 'LAB\\zapas' } });
  });

  it('is tried once, however many commands wait for it: more would lock the account', async () => {
    const { connection, host } = await bench({}, { login: wrong });
    const errors = await Promise.all(Array.from({ length: 8 }, () => failure(run(connection, 'true'))));
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['host.auth-failed']));
    await failure(run(connection, 'true'));
    expect(host.logins).toBe(1);
  });

  it('with Basic too', async () => {
    const login = { ...basic, password: new Secret('wrong') };
    const { connection, host } = await bench({ tls: good, methods: ['Basic'] }, { ...trusted(), login });
    expect(await failure(run(connection, 'true'))).toMatchObject({
      code: 'host.auth-failed',
      params: { reason: 'login_refused' },
    });
    await Promise.all([1, 2, 3].map(() => failure(run(connection, 'true'))));
    expect(host.logins).toBe(1);
  });

  it('while the clocks differ names the difference', async () => {
    const { connection } = await bench({ clockAheadMs: 3_600_000 }, { login: wrong });
    const error = await failure(run(connection, 'true'));
    expect(error).toMatchObject({ code: 'host.auth-failed', params: { reason: 'clock_skew' } });
    expect(Number(error.params['seconds'])).toBeGreaterThan(3590);
  });

  it('does not depend on the clock when the password is right', async () => {
    const { connection } = await bench({ clockAheadMs: -7_200_000 });
    expect((await run(connection, 'echo in')).stdout.toString()).toBe('in\n');
  });

  it('by a host that does not offer the method says which it offers', async () => {
    const { connection } = await bench({ tls: good, methods: ['Negotiate'] }, { ...trusted(), login: basic });
    const error = await failure(run(connection, 'true'));
    expect(error).toMatchObject({ code: 'host.auth-failed', params: { reason: 'method_refused' } });
    expect(error.params['detail']).toContain('Negotiate');
  });

  it('by a host bound to another channel: the certificate seen is not the host’s own', async () => {
    const { host } = await bench({ tls: { ...good, digest: 'sha512' } });
    const connection = connectTo({ host: '127.0.0.1', port: host.port, login: NTLM, ...trusted() });
    expect((await failure(run(connection, 'true'))).params['reason']).toBe('login_refused');
  });
});

describe('a host that wants less security', () => {
  it.each([
    ['sealing', FLAG.seal],
    ['signing', FLAG.sign],
    ['128-bit keys', FLAG.key128],
    ['key exchange', FLAG.keyExchange],
    ['extended session security', FLAG.extendedSessionSecurity],
  ])('is refused: no %s', async (_name, flag) => {
    const { connection, host } = await bench({ withoutFlags: flag });
    expect((await failure(run(connection, 'true'))).params['reason']).toBe('weak');
    expect(host.logins).toBe(0);
  });
});

describe('the certificate of a host', () => {
  const cases: readonly (readonly [string, () => Pair, string])[] = [
    ['certificate_expired', () => authority.issue('expired', 'IP:127.0.0.1', { from: -10, to: -1 }), 'expired'],
    ['certificate_not_yet_valid', () => authority.issue('early', 'IP:127.0.0.1', { from: 2, to: 9 }), 'not yet valid'],
    ['certificate_name', () => authority.issue('elsewhere', 'DNS:elsewhere.example'), 'altnames'],
  ];

  it.each(cases)('is refused: %s', async (reason, issue) => {
    const { connection, host } = await bench({ tls: issue() }, { ...trusted(), login: NTLM });
    const error = await failure(run(connection, 'true'));
    expect(error).toMatchObject({ code: 'host.certificate-refused', params: { reason } });
    expect(host.logins).toBe(0);
  });

  it('is refused when another authority signed it', async () => {
    const stranger = new TestAuthority();
    onTestFinished(() => stranger.remove());
    const { connection } = await bench(
      { tls: stranger.issue('server', 'IP:127.0.0.1') },
      { ...trusted(), login: NTLM },
    );
    expect(await failure(run(connection, 'true'))).toMatchObject({
      code: 'host.certificate-refused',
      params: { reason: 'certificate_untrusted' },
    });
  });

  it('is refused when it is not the pinned one, before anything is sent', async () => {
    const trust = { kind: 'pin', sha256: 'ab'.repeat(32) } as const;
    const { connection, host } = await bench({ tls: good }, { scheme: 'https', trust, login: basic });
    expect(await failure(run(connection, 'true'))).toMatchObject({
      code: 'host.certificate-refused',
      params: { reason: 'certificate_pin' },
    });
    expect(host.asked).toEqual([]);
  });
});

describe('what is no WinRM', () => {
  it('a closed port is host.unreachable', async () => {
    const { host } = await bench();
    const port = host.port;
    await host.stop();
    const connection = connectTo({ scheme: 'http', host: '127.0.0.1', port, login: NTLM });
    expect(await failure(run(connection, 'true'))).toMatchObject({
      code: 'host.unreachable',
      params: { reason: 'unreachable' },
    });
  });

  it('a port that never answers is host.unreachable', async () => {
    const connection = connectTo(
      { scheme: 'http', host: '127.0.0.1', port: await listening(() => undefined), login: NTLM },
      { connectMs: 150 },
    );
    expect((await failure(run(connection, 'true'))).code).toBe('host.unreachable');
  });

  it('a web page is host.not-winrm', async () => {
    const { connection } = await bench({ instead: (_request, response) => void response.end('<html>hello</html>') });
    expect((await failure(run(connection, 'true'))).code).toBe('host.not-winrm');
  });

  it('an endless answer is refused', async () => {
    const { connection } = await bench({
      instead: (_request, response) => {
        const more = (): void => void response.write('x'.repeat(65_536), more);
        more();
      },
    });
    expect((await failure(run(connection, 'true'))).params['reason']).toBe('malformed');
  });

  it('a program that speaks no HTTP is host.not-winrm', async () => {
    const port = await listening((socket) => void socket.end('220 mail.example ESMTP\r\n'));
    const connection = connectTo({ scheme: 'http', host: '127.0.0.1', port, login: NTLM });
    expect((await failure(run(connection, 'true'))).code).toBe('host.not-winrm');
  });

  it('TLS is asked of a port that has none', async () => {
    const { host } = await bench();
    const connection = connectTo({ host: '127.0.0.1', port: host.port, login: NTLM, ...trusted() });
    expect(await failure(run(connection, 'true'))).toMatchObject({
      code: 'host.not-winrm',
      params: { reason: 'plaintext' },
    });
  });

  it('plain HTTP is asked of a port with TLS', async () => {
    const { host } = await bench({ tls: good });
    const connection = connectTo({ scheme: 'http', host: '127.0.0.1', port: host.port, login: NTLM });
    expect((await failure(run(connection, 'true'))).code).toMatch(/^host\.(not-winrm|unreachable)$/);
  });

  it('a service that is being restarted (503) is host.unreachable', async () => {
    const { host } = await bench({
      tls: good,
      methods: ['Basic'],
      instead: (_request, response) => void response.writeHead(503).end(),
    });
    const connection = connectTo({ host: '127.0.0.1', port: host.port, login: basic, ...trusted() });
    expect((await failure(run(connection, 'true'))).code).toBe('host.unreachable');
  });
});

async function listening(onSocket: (socket: import('node:net').Socket) => void): Promise<number> {
  const sockets = new Set<import('node:net').Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await until(() => server.listening);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
