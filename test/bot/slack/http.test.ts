import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatPlatform, IncomingCommand } from '../../../src/bot/platform.ts';
import { createSlackPlatform } from '../../../src/bot/platforms/slack/slack.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { ChatDriver } from '../../contracts/chat-driver.ts';
import { driverOver, openWorkspace } from '../../fakes/slack/driver.ts';
import { commandPayload, signedHeaders } from '../../fakes/slack/events.ts';
import type { FakeSlack } from '../../fakes/slack/server.ts';

let fake: FakeSlack;
let driver: ChatDriver;
let platform: ChatPlatform;
let target: string;
let commands: IncomingCommand[];

beforeEach(async () => {
  fake = await openWorkspace();
  const port = await freePort();
  target = `http://127.0.0.1:${port}/slack/events`;
  fake.outbox.target = target;
  driver = driverOver(fake);
  commands = [];
  platform = createSlackPlatform({
    botToken: new Secret(fake.botToken),
    events: { by: 'http', signingSecret: new Secret(fake.signingSecret), listen: { host: '127.0.0.1', port } },
    team: fake.world.team,
    channels: ['C0OPS'],
    language: 'en',
    apiUrl: fake.apiUrl,
    warn: () => undefined,
  });
  const done = { now: 'work', finish: () => Promise.resolve({ ok: true, cards: [] }) } as const;
  await platform.start({
    command(incoming) {
      commands.push(incoming);
      return done;
    },
    press: () => done,
    submit: () => done,
    complete: () => [],
  });
});

afterEach(async () => {
  await platform.stop();
  await driver.close();
  assert.deepEqual(fake.violations, []);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

async function post(body: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return (await fetch(target, { method: 'POST', body, headers })).status;
}

function commandBody(): string {
  return new URLSearchParams(
    commandPayload(fake, 'U0ANNA', 'C0OPS', 'status demo') as Record<string, string>,
  ).toString();
}

const now = (): number => Math.floor(Date.now() / 1_000);

describe('signed requests', () => {
  it('are taken, acknowledged in time, and need no socket', async () => {
    const { ackMs } = await driver.type('anna', 'status demo');
    expect(ackMs).toBeLessThan(3_000);
    expect(commands).toMatchObject([{ who: { account: 'U0ANNA', kind: 'member' }, input: { text: 'status demo' } }]);
    expect(fake.sockets()).toBe(0);
    expect(await platform.health()).toMatchObject({
      ok: true,
      detail: 'signed in to T0ZAPAS01 as zapas',
    });
  });

  it('replayed are not carried out again', async () => {
    await driver.type('anna', 'status demo');
    const [{ body, headers } = { body: '', headers: {} }] = fake.outbox.signed;
    expect(await post(body, headers)).toBe(200);
    expect(commands).toHaveLength(1);
  });

  it.each([
    ['with another secret', () => [commandBody(), 'x'.repeat(32), now()] as const, 401],
    ['of ten minutes ago', () => [commandBody(), fake.signingSecret, now() - 600] as const, 401],
    ['from the future', () => [commandBody(), fake.signingSecret, now() + 600] as const, 500],
  ])('%s do nothing', async (_name, forge, status) => {
    const [body, secret, timestamp] = forge();
    expect(await post(body, signedHeaders(body, secret, timestamp))).toBe(status);
    expect(commands).toEqual([]);
  });

  it('larger than anything Slack sends are refused', async () => {
    const body = `text=${'x'.repeat(2_000_000)}`;
    expect(await post(body, signedHeaders(body, fake.signingSecret, now()))).toBe(413);
  });
});
