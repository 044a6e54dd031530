import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Interaction } from './interactions.ts';
import { FakeDiscord } from './server.ts';
import type { Channel, Member } from './world.ts';
import { RIGHTS } from './world.ts';

/** Without these a green test of the adapter would prove nothing: the fake refuses what Discord refuses. */
let fake: FakeDiscord;
let ops: Channel;
let anna: Member;

beforeEach(async () => {
  fake = await FakeDiscord.start({ firstAnswerMs: 300, tokenMs: 900_000, bucket: { limit: 5, perMs: 300 } });
  ops = fake.world.addChannel('ops');
  anna = fake.world.addMember('anna');
});
afterEach(async () => await fake.close());

interface Answer {
  readonly status: number;
  readonly code: number | undefined;
  readonly body: { readonly id: string; readonly retry_after: number };
  readonly headers: Headers;
}

async function call(method: string, path: string, body?: object, token = fake.token): Promise<Answer> {
  const headers = { authorization: `Bot ${token}`, 'content-type': 'application/json' };
  const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${fake.api}/v10${path}`, request);
  const answered = response.status === 204 ? {} : ((await response.json()) as object);
  const code = 'code' in answered ? Number(answered.code) : undefined;
  return { status: response.status, code, body: answered as Answer['body'], headers: response.headers };
}

const NOBODY = { allowed_mentions: { parse: [] } };
const V2 = 32_768;
const hello = (over: object = {}): object => ({ content: 'hello', ...NOBODY, ...over });
const display = (content: string): object => ({ type: 10, content });
const button = (id: string): object => ({ type: 2, style: 1, custom_id: id, label: 'Go' });

function post(body: object, channel = ops.id): Promise<Answer> {
  return call('POST', `/channels/${channel}/messages`, body);
}

function answerTo({ id, token }: Interaction, body: object): Promise<Answer> {
  return call('POST', `/interactions/${id}/${token}/callback`, body);
}

const DEFER = { type: 5, data: { flags: 64 } };
const MODAL = {
  type: 9,
  data: {
    custom_id: 'm',
    title: 'Form',
    components: [{ type: 18, label: 'Name', component: { type: 4, custom_id: 'name', style: 1 } }],
  },
};

function open(): Interaction {
  return fake.command(anna, ops.id, 'status', {});
}

describe('messages', () => {
  it.each([
    ['more than 2000 characters', hello({ content: 'x'.repeat(2_001) }), 'content'],
    ['mentions by default', { content: 'x' }, 'allowed_mentions'],
    [
      'mentions that may come from data',
      { content: 'x', allowed_mentions: { parse: ['everyone'] } },
      'allowed_mentions',
    ],
    ['content beside components v2', hello({ flags: V2, components: [display('x')] }), 'content'],
    ['components v2 without their flag', { ...NOBODY, components: [display('x')] }, 'IS_COMPONENTS_V2'],
    [
      'more than 4000 characters',
      { ...NOBODY, flags: V2, components: [display('x'.repeat(3_000)), display('x'.repeat(1_001))] },
      'characters',
    ],
    ['more bytes than it bears', { ...NOBODY, flags: V2, components: [display('█'.repeat(3_500))] }, 'bytes'],
    [
      '41 components',
      { ...NOBODY, flags: V2, components: [{ type: 17, components: Array.from({ length: 40 }, () => display('x')) }] },
      'of at most 40',
    ],
    [
      'the same custom_id twice',
      hello({ components: [{ type: 1, components: [button('a'), button('a')] }] }),
      'custom_id',
    ],
    [
      'six buttons in a row',
      hello({ components: [{ type: 1, components: ['a', 'b', 'c', 'd', 'e', 'f'].map(button) }] }),
      '',
    ],
    [
      'a picture that is not uploaded',
      { ...NOBODY, flags: V2, components: [{ type: 12, items: [{ media: { url: 'attachment://x.png' } }] }] },
      'not uploaded',
    ],
    ['a nonce that is too long', hello({ nonce: 'x'.repeat(26) }), 'nonce'],
  ])('with %s is refused and noted', async (_, body, noted) => {
    expect(await post(body)).toMatchObject({ status: 400, code: 50_035 });
    expect(fake.violations.join('\n')).toContain(noted);
    expect(fake.world.in(ops.id)).toEqual([]);
  });

  it('with the same nonce are one only where that is asked for', async () => {
    for (let times = 0; times < 2; times += 1) await post(hello({ nonce: 'a', enforce_nonce: true }));
    expect(fake.world.in(ops.id)).toHaveLength(1);
    for (let times = 0; times < 2; times += 1) await post(hello({ nonce: 'b' }));
    expect(fake.world.in(ops.id)).toHaveLength(3);
  });

  it('that are older than an hour can be edited once a minute', async () => {
    const { body } = await post(hello());
    const path = `/channels/${ops.id}/messages/${body.id}`;
    fake.world.advance(61 * 60_000);
    expect((await call('PATCH', path, hello())).status).toBe(200);
    expect(await call('PATCH', path, hello())).toMatchObject({ status: 429, code: 30_046 });
    fake.world.advance(60_000);
    expect((await call('PATCH', path, hello())).status).toBe(200);
  });

  it('that are gone, or in channels out of reach, are refused as such', async () => {
    const { body } = await post(hello());
    fake.world.messages.delete(body.id);
    expect((await call('PATCH', `/channels/${ops.id}/messages/${body.id}`, hello())).code).toBe(10_008);
    expect((await post(hello(), '1')).code).toBe(10_003);
    ops.denied = RIGHTS.send;
    expect((await post(hello())).code).toBe(50_013);
    ops.denied = RIGHTS.view;
    expect((await post(hello())).code).toBe(50_001);
    expect((await call('GET', '/users/@me', undefined, 'wrong')).status).toBe(401);
  });

  it('have one thread, which can be archived', async () => {
    const { body } = await post(hello());
    const path = `/channels/${ops.id}/messages/${body.id}/threads`;
    expect(await call('POST', path, { name: 'details' })).toMatchObject({ status: 201, body: { id: body.id } });
    expect((await call('POST', path, { name: 'details' })).code).toBe(160_004);
    const inside = await post(hello(), body.id);
    const thread = fake.world.channels.get(body.id);
    if (thread) thread.archived = true;
    expect((await call('PATCH', `/channels/${body.id}/messages/${inside.body.id}`, hello())).code).toBe(50_083);
  });
});

describe('interactions', () => {
  it('have one first answer, within its time', async () => {
    const first = open();
    expect((await answerTo(first, DEFER)).status).toBe(204);
    expect((await answerTo(first, DEFER)).code).toBe(40_060);
    const late = open();
    expect(await fake.settled(late)).toBe(false);
    expect((await answerTo(late, DEFER)).code).toBe(10_062);
    expect((await answerTo({ ...first, token: 'forged' }, DEFER)).code).toBe(10_062);
  });

  it('open a form as the first answer only, never after a form', async () => {
    const first = open();
    expect((await answerTo(first, MODAL)).status).toBe(204);
    const submitted = fake.submit(anna, first, { name: 'demo' });
    expect((await answerTo(submitted, MODAL)).status).toBe(400);
    expect(fake.violations).toEqual(['interaction: a modal after a modal']);
  });

  it('refuse components v2 on a defer, and names where none were asked for', async () => {
    expect((await answerTo(open(), { type: 5, data: { flags: 64 | V2 } })).status).toBe(400);
    expect((await answerTo(open(), { type: 8, data: { choices: [] } })).status).toBe(400);
    expect(fake.violations).toHaveLength(2);
  });

  it('end with their token; what one person alone sees cannot be edited as a message', async () => {
    const one = open();
    await answerTo(one, DEFER);
    const original = `/webhooks/${fake.world.application}/${one.token}/messages/@original`;
    expect((await call('PATCH', original, hello())).status).toBe(200);
    expect((await call('PATCH', `/channels/${ops.id}/messages/${one.original ?? ''}`, hello())).code).toBe(10_008);
    fake.world.advance(900_001);
    expect(await call('PATCH', original, hello())).toMatchObject({ status: 401, code: 50_027 });
  });
});

describe('rate limits', () => {
  it('are told by headers; one too many is 429 with its time', async () => {
    const answers: Answer[] = [];
    for (let count = 0; count < 6; count += 1) answers.push(await post(hello()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[4]?.headers.get('x-ratelimit-remaining')).toBe('0');
    const retryAfter = answers[5]?.body.retry_after ?? 0;
    expect(retryAfter).toBeGreaterThan(0);
    expect(Number(answers[5]?.headers.get('retry-after'))).toBeCloseTo(retryAfter, 1);
    expect(fake.world.in(ops.id)).toHaveLength(5);
  });

  it('that are ignored over and over are noted', async () => {
    for (let count = 0; count < 8; count += 1) await post(hello());
    expect(fake.violations.join('\n')).toContain('although told to wait');
  });
});

describe('faults', () => {
  it('a lost answer is carried out all the same', async () => {
    fake.faults.loseNextAnswer('reset');
    await expect(post(hello())).rejects.toThrow('fetch failed');
    expect(fake.world.in(ops.id)).toHaveLength(1);
  });

  it('what it answers is what the OpenAPI document says, and what is asked is, too', async () => {
    await call('GET', `/channels/${ops.id}`);
    await call('GET', `/guilds/${fake.world.guild}`);
    await call('GET', `/guilds/${fake.world.guild}/members/${anna.id}`);
    await call('GET', '/applications/@me');
    await call('GET', '/gateway/bot');
    await call('POST', '/users/@me/channels', { recipient_id: anna.id });
    expect(fake.violations).toEqual([]);
    expect((await post({ content: 4 })).status).toBe(400);
    expect(fake.violations.length).toBeGreaterThan(0);
  });
});
