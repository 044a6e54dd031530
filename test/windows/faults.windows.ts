import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandLine } from '../../src/domain/command.ts';
import { text } from '../../src/domain/command.ts';
import type { HostGateway, Hosts } from '../../src/domain/ports.ts';
import { lab, windowsHost } from './bench.ts';

/** What a lost link, a restarted WinRM service and a caller who gives up leave on a Windows host: known, and never twice. */
const { signal } = new AbortController();
const cmd = (line: string, timeoutMs = 120_000): CommandLine => ({ argv: ['cmd', '/d', '/c', line], timeoutMs });
const fence = (token: number, resource = 'windows-faults') => ({ resource, token: `${token}` });

let hosts: Hosts;
let gateway: HostGateway;
const processes = async (): Promise<string> => text((await gateway.ask(cmd('tasklist'), signal)).stdout);

beforeAll(() => {
  const made = windowsHost('standby', 'NTLM in TLS');
  hosts = made.hosts;
  gateway = hosts.gateway(made.host);
});
afterAll(() => hosts?.close());

describe('a Windows host in trouble', () => {
  it('a job outlives the WinRM service and the link, and its output is read on without gap or repeat', async () => {
    const id = `faults.${randomInt(1e9)}.job`;
    const lines = 'for /l %i in (1,1,12) do (echo line %i& ping -n 2 127.0.0.1 >nul)';
    await gateway.startJob(id, cmd(lines), fence(1), signal);
    const troubles = [
      () => lab.run('standby', 'systemctl restart winrm-https'),
      async () => {
        await lab.cut('standby');
        await pause(1_000);
        await lab.heal('standby');
      },
    ];
    let output = '';
    for (let at = 0; ; ) {
      const trouble = at > 0 ? troubles.shift() : undefined;
      const polling = gateway.pollJob(id, at, signal);
      polling.catch(() => undefined);
      await trouble?.();
      const status = await polling.catch((error: { readonly code?: string }) => {
        if (error.code === 'exec.outcome-unknown' || error.code === 'host.unreachable') return undefined;
        throw error;
      });
      if (!status) continue;
      output += text(status.output);
      at = status.offset;
      if (status.state === 'running') continue;
      expect([status.state, status.code]).toEqual(['exited', 0]);
      break;
    }
    const said = output.split(/\r?\n/).filter((line) => line.startsWith('line'));
    expect(said.map((line) => line.trim())).toEqual(Array.from({ length: 12 }, (_, at) => `line ${at + 1}`));
    await gateway.removeJob(id, signal);
  });

  it('a change whose link is lost has an unknown outcome, and is not done beside the next one', async () => {
    const running = gateway.exec(cmd('ping -n 600 127.0.0.1 >nul', 900_000), fence(2, 'windows-lost'), signal);
    running.catch(() => undefined);
    await expect.poll(processes, { timeout: 60_000 }).toContain('ping.exe');
    await lab.run('standby', 'systemctl restart winrm-https');
    await expect(running).rejects.toMatchObject({ code: 'exec.outcome-unknown', params: { host: 'standby' } });
    await expect.poll(() => gateway.reach(5986, signal), { timeout: 30_000 }).toBe(true);
    expect((await gateway.exec(cmd('exit 4'), fence(3, 'windows-lost'), signal)).code).toBe(4);
    expect(await processes()).not.toContain('ping.exe');
  });

  it('a change that its caller gives up is ended before the next one begins', async () => {
    const caller = new AbortController();
    const running = gateway.exec(cmd('ping -n 600 127.0.0.1 >nul', 900_000), fence(4, 'windows-abort'), caller.signal);
    running.catch(() => undefined);
    await expect.poll(processes, { timeout: 60_000 }).toContain('ping.exe');
    caller.abort();
    await expect(running).rejects.toMatchObject({ code: 'exec.aborted' });
    await expect(gateway.exec(cmd('exit 4'), fence(3, 'windows-abort'), signal)).rejects.toMatchObject({
      code: 'host.fenced',
    });
    expect((await gateway.exec(cmd('exit 4'), fence(4, 'windows-abort'), signal)).code).toBe(4);
    expect(await processes()).not.toContain('ping.exe');
  });
});
