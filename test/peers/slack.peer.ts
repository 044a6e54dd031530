import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChatDriver } from '../contracts/chat-driver.ts';
import { driverOver, openWorkspace } from '../fakes/slack/driver.ts';
import type { FakeSlack } from '../fakes/slack/server.ts';

/**
 * The fake Slack under somebody else's client: slack-go parses every answer into its own types and keeps its own socket.
 *
 * apt-get install golang-go golang-github-slack-go-slack-dev
 */
const SOURCE = join(import.meta.dirname, 'slack/client.go');
const GO = '/usr/bin/go';
const LIBRARY = '/usr/share/gocode/src/github.com/slack-go/slack';
const missing = [GO, LIBRARY].filter((path) => !existsSync(path));

if (missing.length > 0)
  console.warn(`SKIPPED: no peer of the fake Slack on this machine; ${missing.join(' and ')} are missing`);

const COMPILE_MS = 300_000;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'zapas-slack-go-'));
  if (missing.length > 0) return;
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOPATH: '/usr/share/gocode',
    GOCACHE: join(dir, 'cache'),
    CGO_ENABLED: '0',
  };
  await promisify(execFile)(GO, ['build', '-o', join(dir, 'client'), SOURCE], { env });
}, COMPILE_MS);

afterAll(() => {
  rmSync(dir, { recursive: true });
});

interface Peer {
  readonly lines: readonly string[];
  /** Settles with the first line that begins so. */
  says(word: string): Promise<string>;
}

function startPeer({ botToken, appToken, apiUrl }: FakeSlack): Peer {
  const env = { ...process.env, BOT_TOKEN: botToken, APP_TOKEN: appToken, API_URL: apiUrl };
  const child = spawn(join(dir, 'client'), { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  const says = async (word: string): Promise<string> =>
    await vi.waitFor(
      () => {
        const line = lines.find((one) => one.startsWith(word));
        if (line === undefined) throw new Error(`waiting for ${word} after ${lines.join(' | ')}`);
        return line;
      },
      { timeout: 20_000, interval: 20 },
    );
  return { lines, says };
}

describe.skipIf(missing.length > 0)('slack-go', () => {
  let fake: FakeSlack;
  let driver: ChatDriver;
  let peer: Peer;

  it('reads, hears a command, posts, opens a form and edits', async () => {
    fake = await openWorkspace();
    onTestFinished(() => fake.close());
    driver = driverOver(fake);
    peer = startPeer(fake);
    await peer.says('hello');
    expect(peer.lines.slice(0, 4)).toEqual([
      'auth T0ZAPAS01 U0ZAPASBOT B0ZAPASBOT',
      'user U0GUEST T0ZAPAS01 true false',
      'channel C0OPS true false',
      'error channel_not_found',
    ]);

    expect((await driver.type('anna', 'failover demo')).ackMs).toBeLessThan(3_000);
    expect(await peer.says('command')).toBe('command /zapas U0ANNA failover demo');
    expect(await peer.says('history')).toBe('history card true 2');

    const [notice, card] = await driver.screen('anna');
    expect(notice).toMatchObject({ private: true, text: 'taken' });
    if (!card) throw new Error('no card');
    const { form } = await driver.press('anna', card, 'Approve');
    expect(await peer.says('press')).toBe('press U0ANNA approve payload');
    expect(await peer.says('view')).toBe('view true form');
    expect(await peer.says('again')).toBe('again exchanged_trigger_id');
    if (!form) throw new Error('no form');

    await driver.submit('anna', form, { name: 'demo' });
    expect(await peer.says('submit')).toBe('submit form demo');
    expect(await peer.says('update')).toBe('update approved');
    expect((await driver.screen('anna')).at(-1)).toMatchObject({ buttons: ['Done'] });
    expect(fake.violations).toEqual([]);
  });

  it('opens another socket when it is asked to', async () => {
    fake = await openWorkspace();
    onTestFinished(() => fake.close());
    peer = startPeer(fake);
    await peer.says('hello');
    fake.refresh();
    await vi.waitFor(() => expect(peer.lines.filter((line) => line === 'hello')).toHaveLength(2), { timeout: 20_000 });
    expect(fake.violations).toEqual([]);
  });
});
