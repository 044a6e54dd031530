import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createHosts } from '../../../src/adapters/gateway/hosts.ts';
import { createSecrets } from '../../../src/adapters/secrets/secrets.ts';
import type { Host } from '../../../src/domain/inventory.ts';
import { findHost, inventorySchema } from '../../../src/domain/inventory.ts';
import type { HostGateway } from '../../../src/domain/ports.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { TestAuthority } from '../../fakes/winrm/certificates.ts';
import { FakeHost } from '../../fakes/winrm/host.ts';
import { PASSWORD } from '../winrm/support.ts';

/**
 * Windows hosts of an inventory, as far as a machine without Windows can go: the test host is real WinRM with a POSIX shell behind it, so
 * a login that works ends at a PowerShell that is not there. What comes after that is seen on the lab's hosts (test/windows).
 */
const { signal } = new AbortController();
const command = { argv: ['ver'], timeoutMs: 10_000 } as const;
let dir: string;
let authority: TestAuthority;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'zapas-windows-'));
  authority = new TestAuthority();
  writeFileSync(join(dir, 'ca.pem'), authority.pem);
});
afterAll(async () => {
  authority.remove();
  await rm(dir, { recursive: true, force: true });
});

function gatewayTo(transport: unknown, word = PASSWORD): HostGateway {
  const hosts = { win: { address: '127.0.0.1', os: 'windows', transport } };
  const inventory = inventorySchema.parse({ sites: {}, people: {}, hosts });
  const opened = createHosts(inventory, createSecrets({ WORD: word }), undefined);
  onTestFinished(() => opened.close());
  return opened.gateway(findHost(inventory, 'win') as Host);
}

const ask = (transport: unknown, word?: string) => gatewayTo(transport, word).ask(command, signal);

async function fakeHost(tls = false): Promise<FakeHost> {
  const options = tls ? { tls: authority.issue('win', 'IP:127.0.0.1'), methods: ['Negotiate', 'Basic'] as const } : {};
  const host = await FakeHost.start(options);
  onTestFinished(() => host.stop());
  return host;
}

const letIn = { code: 'host.tool-missing', params: { host: 'win', detail: expect.stringContaining('PowerShell 5.1') } };

describe('a Windows host of the inventory', () => {
  it('is let in over plain HTTP by sealed NTLM', async () => {
    const { port } = await fakeHost();
    const transport = { kind: 'winrm-http', port, user: 'LAB\\zapas', password: 'env:WORD' };
    await expect(ask(transport)).rejects.toMatchObject(letIn);
  });

  it.each(['ntlm', 'basic'] as const)('is let in over TLS by %s, checked by its authority', async (auth) => {
    const { port } = await fakeHost(true);
    const user = auth === 'ntlm' ? 'LAB\\zapas' : 'zapas';
    const transport = { kind: 'winrm', port, auth, user, password: 'env:WORD', ca: join(dir, 'ca.pem') };
    await expect(ask(transport)).rejects.toMatchObject(letIn);
  });

  it('shows another certificate than the pinned one, and is told nothing', async () => {
    const { port } = await fakeHost(true);
    const transport = { kind: 'winrm', port, user: 'z', password: 'env:WORD', fingerprint: 'ab'.repeat(32) };
    await expect(ask(transport)).rejects.toMatchObject({ code: 'host.certificate-refused', params: { host: 'win' } });
  });

  it('refuses a wrong password, and the error names host and account', async () => {
    const { port } = await fakeHost();
    const transport = { kind: 'winrm-http', port, user: 'LAB\\zapas', password: 'env:WORD' };
    await expect(ask(transport, 'wrong')).rejects.toMatchObject({
      code: 'host.auth-failed',
      params: { host: 'win', user: 'LAB\\zapas' },
    });
  });

  it('without its authority file cannot be checked, which is said before anything is sent', async () => {
    const transport = { kind: 'winrm', user: 'z', password: 'env:WORD', ca: join(dir, 'none.pem') };
    await expect(ask(transport)).rejects.toMatchObject({
      code: 'config.secret-missing',
      params: { ref: `file:${join(dir, 'none.pem')}` },
    });
  });

  it('runs nothing as another account', async () => {
    const { port } = await fakeHost();
    const transport = { kind: 'winrm-http', port, user: 'z', password: 'env:WORD' };
    await expect(gatewayTo(transport).ask({ ...command, as: 'postgres' }, signal)).rejects.toMatchObject({
      code: 'host.become-failed',
    });
  });

  it('starts no job and validates no file as another account either', async () => {
    const { port } = await fakeHost();
    const gateway = gatewayTo({ kind: 'winrm-http', port, user: 'z', password: 'env:WORD' });
    const fence = { resource: 'demo', token: '1' };
    const other = { ...command, as: 'postgres' };
    await expect(gateway.startJob('run.step', other, fence, signal)).rejects.toMatchObject({
      code: 'host.become-failed',
    });
    const validate = { command: other, rejected: 'pg-hba.rejected' } as const;
    const write = { kind: 'write', host: 'win', path: 'D:\\x', content: '', ifHash: 'absent', validate } as const;
    await expect(gateway.write(write, fence, signal)).rejects.toMatchObject({ code: 'host.become-failed' });
  });

  it('takes no secret where it would stand in a file of the job', async () => {
    const { port } = await fakeHost();
    const gateway = gatewayTo({ kind: 'winrm-http', port, user: 'z', password: 'env:WORD' });
    const script = { argv: ['powershell', 'Leave exit 0'], stdin: new Secret('s3cret'), timeoutMs: 1_000 } as const;
    await expect(gateway.startJob('run.step', script, { resource: 'demo', token: '1' }, signal)).rejects.toMatchObject({
      code: 'input.invalid',
    });
  });
});
