import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../src/adapters/gateway/contracts.ts';
import type { Endpoint } from '../../src/adapters/winrm/endpoint.ts';
import { Secret } from '../../src/domain/secret.ts';
import { connectTo, failure, NTLM, PASSWORD, run, until } from '../adapters/winrm/support.ts';
import { TestAuthority } from '../fakes/winrm/certificates.ts';
import { FakeHost } from '../fakes/winrm/host.ts';

/**
 * Our WinRM client and our test host against implementations that are not ours: gss-ntlmssp accepts the client's logins and
 * unseals its messages, pywinrm with python3-ntlm-auth drives the same server and our test host.
 *
 * apt-get install gss-ntlmssp python3-gssapi python3-winrm
 */
const HERE = join(import.meta.dirname, 'winrm');
const SERVER = join(import.meta.dirname, '../../lab/windows/winrm_server.py');
const PYTHON = '/usr/bin/python3';
const PACKAGES = '/usr/lib/python3/dist-packages';
const missing = ['gssapi', 'winrm', 'ntlm_auth'].filter((name) => !existsSync(join(PACKAGES, name)));

if (missing.length > 0) console.warn(`SKIPPED: no peers of WinRM on this machine; Python lacks ${missing.join(', ')}`);

interface Peer {
  readonly port: number;
  /** What it said of the logins it saw. */
  readonly lines: readonly string[];
}

let dir: string;
let authority: TestAuthority;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'zapas-peers-'));
  authority = new TestAuthority();
  writeFileSync(join(dir, 'accounts'), `LAB:zapas:${PASSWORD}\n`);
});

afterAll(() => {
  authority.remove();
  rmSync(dir, { recursive: true });
});

async function startPeer(options: readonly string[] = []): Promise<Peer> {
  const env = { ...process.env, NTLM_USER_FILE: join(dir, 'accounts') };
  const child = spawn(PYTHON, [SERVER, ...options], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await until(() => lines.length > 0 || child.exitCode !== null);
  return { port: Number(lines[0]), lines };
}

async function tlsPeer(options: readonly string[] = []): Promise<Peer> {
  const { certificate, key } = authority.issue('peer', 'IP:127.0.0.1');
  writeFileSync(join(dir, 'peer.crt'), certificate);
  writeFileSync(join(dir, 'peer.key'), key);
  return startPeer(['--tls', join(dir, 'peer.crt'), join(dir, 'peer.key'), ...options]);
}

const plain = ({ port }: Peer): Connection => connectTo({ scheme: 'http', host: '127.0.0.1', port, login: NTLM });
const secure = ({ port }: Peer, login: Endpoint['login']): Connection =>
  connectTo({ scheme: 'https', host: '127.0.0.1', port, trust: { kind: 'ca', pem: authority.pem }, login });

async function pywinrm(port: number, password: string, ...commands: readonly string[]): Promise<readonly unknown[]> {
  const env = { ...process.env, OPENSSL_CONF: join(HERE, 'legacy.cnf'), PASSWORD: password };
  const argv = [join(HERE, 'client.py'), String(port), 'LAB\\zapas', ...commands];
  const { stdout } = await promisify(execFile)(PYTHON, argv, { env });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe.skipIf(missing.length > 0)('our client against gss-ntlmssp', () => {
  it('logs in and seals: code, output, errors, standard input', async () => {
    const peer = await startPeer();
    const { code, stdout, stderr } = await run(plain(peer), 'cat; echo zażółć >&2; exit 5', {
      stdin: Buffer.from('gęś\n'),
    });
    expect([code, stdout.toString(), stderr.toString()]).toEqual([5, 'gęś\n', 'zażółć\n']);
    expect(peer.lines).toContain('login Negotiate LAB\\zapas');
  });

  it('stays in step over hundreds of sealed messages and megabytes', async () => {
    const peer = await startPeer();
    const connection = plain(peer);
    const stdin = randomBytes(3_000_000);
    const { stdout } = await run(connection, 'cat', { stdin });
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(createHash('sha256').update(stdin).digest('hex'));
    for (let index = 0; index < 40; index += 1) expect((await run(connection, `exit ${index}`)).code).toBe(index);
  });

  it('binds its login to the TLS channel', async () => {
    const peer = await tlsPeer();
    expect((await run(secure(peer, NTLM), 'echo bound')).stdout.toString()).toBe('bound\n');
    expect(peer.lines).toContain('login Negotiate LAB\\zapas');
  });

  it('is refused when the certificate it sees is not the one the host shows', async () => {
    writeFileSync(join(dir, 'own.crt'), authority.issue('own', 'IP:127.0.0.1').certificate);
    const peer = await tlsPeer(['--bind-to', join(dir, 'own.crt')]);
    expect((await failure(run(secure(peer, NTLM), 'true'))).code).toBe('host.auth-failed');
  });

  it('logs in with Basic inside TLS', async () => {
    const peer = await tlsPeer(['--basic', 'zapas:word']);
    const login = { kind: 'basic', user: 'zapas', password: new Secret('word') } as const;
    expect((await run(secure(peer, login), 'echo in')).stdout.toString()).toBe('in\n');
  });

  it('is refused with a wrong password, once', async () => {
    const peer = await startPeer();
    const login = { ...NTLM, password: new Secret('wrong') };
    const connection = connectTo({ scheme: 'http', host: '127.0.0.1', port: peer.port, login });
    const errors = await Promise.all([1, 2, 3].map(() => failure(run(connection, 'true'))));
    expect(errors.map(({ code }) => code)).toEqual(['host.auth-failed', 'host.auth-failed', 'host.auth-failed']);
    expect(peer.lines.filter((line) => line.startsWith('refused'))).toHaveLength(1);
  });

  it('ends a command it gives up', async () => {
    const connection = plain(await startPeer());
    const marker = join(dir, `ended-${Date.now()}`);
    const error = await failure(run(connection, `sleep 2; touch ${marker}`, { timeoutMs: 300 }));
    expect(error.code).toBe('exec.timeout');
    await run(connection, 'sleep 2.5');
    expect(existsSync(marker)).toBe(false);
  });
});

describe.skipIf(missing.length > 0)('pywinrm', () => {
  const commands = ['echo zażółć; exit 4', 'sleep 3; echo late >&2', 'head -c 100000 /dev/zero | tr "\\0" x'];
  const expected = [
    { code: 4, stdout: 'zażółć\n', stderr: '' },
    { code: 0, stdout: '', stderr: 'late\n' },
    { code: 0, stdout: 'x'.repeat(100_000), stderr: '' },
  ];

  it('drives the peer that our client drives', async () => {
    const { port } = await startPeer();
    expect(await pywinrm(port, PASSWORD, ...commands)).toEqual(expected);
  });

  it('drives our test host, whose NTLM is then not only our own reading of it', async () => {
    // ntlm-auth sends a message integrity code, as the test host insists on.
    const host = await FakeHost.start();
    onTestFinished(() => host.stop());
    expect(await pywinrm(host.port, PASSWORD, ...commands)).toEqual(expected);
    expect(host.logins).toBeGreaterThan(0);
  });

  it('is refused by both with a wrong password', async () => {
    const host = await FakeHost.start();
    onTestFinished(() => host.stop());
    const { port } = await startPeer();
    await expect(pywinrm(host.port, 'wrong', 'true')).rejects.toThrow(/credentials/);
    await expect(pywinrm(port, 'wrong', 'true')).rejects.toThrow(/credentials/);
  });
});
