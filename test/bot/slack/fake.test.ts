import { WebSocket } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWorkspace } from '../../fakes/slack/driver.ts';
import { commandPayload, pressPayload, submitPayload, suggestPayload } from '../../fakes/slack/events.ts';
import { add, showView } from '../../fakes/slack/methods.ts';
import type { FakeSlack } from '../../fakes/slack/server.ts';
import { slackSamples } from './specs.ts';

/** What keeps the fake honest: it answers as Slack's real traffic looks, and holds to Slack's rules. */
let fake: FakeSlack;
beforeEach(async () => {
  fake = await openWorkspace();
});
afterEach(async () => {
  await fake.close();
});

type Json = Readonly<Record<string, unknown>>;

async function call(method: string, args: Json = {}, token = fake.botToken): Promise<Json> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${fake.apiUrl}${method}`, { method: 'POST', headers, body: JSON.stringify(args) });
  const retryAfter = response.headers.get('retry-after');
  return { ...((await response.json()) as Json), ...(retryAfter !== null && { retryAfter: Number(retryAfter) }) };
}

const SECTION = [{ type: 'section', text: { type: 'plain_text', text: 'Hello' } }];
const VIEW = {
  type: 'modal',
  callback_id: 'c',
  title: { type: 'plain_text', text: 'Title' },
  submit: { type: 'plain_text', text: 'Send' },
  blocks: [
    {
      type: 'input',
      block_id: 'b',
      label: { type: 'plain_text', text: 'L' },
      element: { type: 'plain_text_input', action_id: 'b' },
    },
  ],
};

async function post(over: Json = {}): Promise<Json> {
  return await call('chat.postMessage', { channel: 'C0OPS', text: 'Hello', blocks: SECTION, ...over });
}

/** Every method, called so that it answers well. */
async function everyAnswer(): Promise<Readonly<Record<string, Json>>> {
  const metadata = { event_type: 'e', event_payload: { key: 'k' } };
  const posted = await post({ metadata });
  const upload = await call('files.getUploadURLExternal', { filename: 'a.png', length: 3, alt_txt: 'alt' });
  await fetch(String(upload['upload_url']), { method: 'POST', body: 'abc' });
  const files = [{ id: upload['file_id'], title: 'A' }];
  return {
    'auth.test': await call('auth.test'),
    'apps.connections.open': await call('apps.connections.open', {}, fake.appToken),
    'chat.postMessage': posted,
    'chat.update': await call('chat.update', { channel: 'C0OPS', ts: posted['ts'], text: 'Changed', blocks: SECTION }),
    'chat.postEphemeral': await call('chat.postEphemeral', { channel: 'C0OPS', user: 'U0ANNA', text: 'You' }),
    'conversations.info': await call('conversations.info', { channel: 'C0OPS' }),
    'users.info': await call('users.info', { user: 'U0ANNA', include_locale: true }),
    'views.open': await call('views.open', { trigger_id: fake.world.trigger('U0ANNA'), view: VIEW }),
    'files.getUploadURLExternal': upload,
    'files.completeUploadExternal': await call('files.completeUploadExternal', { files, channel_id: 'C0OPS' }),
  };
}

/** Paths of keys that real traffic does not have. An empty object or list of the sample stands for anything. */
function invented(value: unknown, sample: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || typeof sample !== 'object' || sample === null) return [];
  if (Object.keys(sample).length === 0) return [];
  if (Array.isArray(value))
    return value.flatMap((one) => invented(one, (sample as readonly unknown[])[0], `${path}[]`));
  return Object.entries(value).flatMap(([key, inner]) =>
    Object.hasOwn(sample, key) ? invented(inner, (sample as Json)[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

describe.skipIf(!slackSamples)('like real traffic', () => {
  it('answers invent no key', async () => {
    const answers = await everyAnswer();
    const found = Object.entries(answers).flatMap(([method, answer]) => {
      expect([method, answer['ok']]).toEqual([method, true]);
      return invented(answer, slackSamples?.answer(method), method);
    });
    expect(found).toEqual([]);
  });

  it('the answer to an edit carries no time stamp inside its message', async () => {
    const { message } = (await everyAnswer())['chat.update'] ?? {};
    expect(message).not.toHaveProperty('ts');
  });

  it('events invent no key', () => {
    const { world } = fake;
    const { ts } = add(world, { channel: 'C0OPS', text: 'x', blocks: SECTION });
    const action = { action_id: 'a', value: 'v', text: {} };
    const { id } = showView(world, 'U0ANNA', VIEW);
    const press = pressPayload(fake, { user: 'U0ANNA', channel: 'C0OPS', message: ts, action });
    const submit = submitPayload(fake, 'U0ANNA', id, {});
    const found = [
      ...invented(commandPayload(fake, 'U0ANNA', 'C0OPS', 'help'), slackSamples?.event('SlashCommandPayload')),
      ...invented({ ...press, actions: [] }, slackSamples?.event('BlockActionPayload')),
      ...invented(submit, slackSamples?.event('ViewSubmissionPayload')),
    ];
    // The samples came without their recursive parts, and are of a modal that cannot answer in a channel.
    expect(found).toEqual(['.view.blocks', '.response_urls']);
    expect(suggestPayload(fake, 'U0ANNA', id, 'b', 'x')).toMatchObject({ type: 'block_suggestion', value: 'x' });
  });

  it('has what the published description of the methods requires', async () => {
    const { paths } = (slackSamples?.openapi() ?? { paths: {} }) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
    };
    const answers = await everyAnswer();
    const lacking = Object.entries(answers).flatMap(([method, answer]) => {
      const [described] = Object.values(paths[`/${method}`] ?? {});
      const required = described?.responses['200']?.schema.required ?? [];
      return required.filter((key) => !Object.hasOwn(answer, key)).map((key) => `${method}: ${key}`);
    });
    expect(lacking).toEqual([]);
  });
});

interface Described {
  readonly responses: Readonly<Record<string, { readonly schema: { readonly required?: readonly string[] } }>>;
}

describe('the Web API', () => {
  it('refuses blocks with the place of the mistake', async () => {
    const header = { type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } };
    const answer = await post({ blocks: [header, { type: 'section' }, { type: 'password' }] });
    expect(answer).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      response_metadata: {
        messages: [
          '[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]',
          '[ERROR] missing required field: text [json-pointer:/blocks/1]',
          '[ERROR] unsupported type: password [json-pointer:/blocks/2]',
        ],
      },
    });
    expect(fake.violations).toHaveLength(1);
  });

  it('refuses too many blocks and too much text', async () => {
    expect(await post({ blocks: Array.from({ length: 51 }, () => SECTION[0]) })).toMatchObject({
      error: 'invalid_blocks',
    });
    const long = { type: 'section', text: { type: 'plain_text', text: 'x'.repeat(3_000) } };
    expect(await post({ blocks: [long, long, long, long] })).toMatchObject({ error: 'msg_blocks_too_long' });
  });

  it('notes what no reader would notice: mentions, missing texts, blocks taken away', async () => {
    const { ts } = await post();
    await post({ text: 'look <!channel>' });
    await post({ text: undefined });
    await call('chat.update', { channel: 'C0OPS', ts, text: 'alone' });
    expect(fake.violations).toEqual([
      'the text of a message mentions: look <!channel>',
      'a message has no text for notifications',
      expect.stringContaining('takes its blocks away'),
    ]);
  });

  it('knows tokens, rights and channels', async () => {
    expect(await call('auth.test', {}, 'xoxb-other')).toMatchObject({ error: 'invalid_auth' });
    expect(await call('auth.test', {}, fake.appToken)).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await call('apps.connections.open')).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await call('chat.everything')).toMatchObject({ error: 'unknown_method' });
    expect(await post({ channel: 'C0NOWHERE' })).toMatchObject({ error: 'channel_not_found' });
    expect(await post({ thread_ts: '1.000001' })).toMatchObject({ error: 'thread_not_found' });
    const [ops, approvals] = [...fake.world.channels.values()];
    Object.assign(ops ?? {}, { member: false });
    Object.assign(approvals ?? {}, { archived: true });
    expect(await post()).toMatchObject({ error: 'not_in_channel' });
    expect(await post({ channel: 'G0APPROVALS' })).toMatchObject({ error: 'is_archived' });
    fake.scopes.delete('chat:write');
    expect(await post()).toMatchObject({ error: 'missing_scope', needed: 'chat:write' });
  });

  it('shows in the history what stands in the channel, and metadata only to who asks for it', async () => {
    const root = await post({ metadata: { event_type: 'e', event_payload: { key: 'k' } } });
    await post({ thread_ts: root['ts'], text: 'reply' });
    await call('chat.postEphemeral', { channel: 'C0OPS', user: 'U0ANNA', text: 'You' });
    const gone = await post();
    for (const message of fake.world.messages) if (message.ts === gone['ts']) message.deleted = true;
    const asked = { channel: 'C0OPS', include_all_metadata: true };
    expect(await call('conversations.history', asked)).toMatchObject({
      messages: [{ ts: root['ts'], metadata: { event_type: 'e' } }],
    });
    const [plain] = (await call('conversations.history', { channel: 'C0OPS' }))['messages'] as readonly Json[];
    expect(plain).not.toHaveProperty('metadata');
    const replies = (await call('conversations.replies', { ...asked, ts: root['ts'] }))['messages'] as readonly Json[];
    expect(replies.map(({ text }) => text)).toEqual(['Hello', 'reply']);
  });

  it('opens one view for a trigger, within three seconds', async () => {
    const trigger_id = fake.world.trigger('U0ANNA');
    expect(await call('views.open', { trigger_id, view: VIEW })).toMatchObject({ ok: true });
    expect(await call('views.open', { trigger_id, view: VIEW })).toMatchObject({ error: 'exchanged_trigger_id' });
    expect(await call('views.open', { trigger_id: 'made.up', view: VIEW })).toMatchObject({
      error: 'invalid_trigger_id',
    });
    const late = fake.world.trigger('U0ANNA');
    vi.setSystemTime(Date.now() + 3_100);
    expect(await call('views.open', { trigger_id: late, view: VIEW })).toMatchObject({ error: 'expired_trigger_id' });
    vi.useRealTimers();
  });

  it('counts calls by tier', async () => {
    const { ts } = await post();
    const edit = { channel: 'C0OPS', ts, text: 'x', blocks: SECTION };
    for (let count = 0; count < 50; count += 1) expect(await call('chat.update', edit)).toMatchObject({ ok: true });
    expect(await call('chat.update', edit)).toMatchObject({ error: 'ratelimited', retryAfter: expect.any(Number) });
  });

  it('shows a file when it was processed, and not before', async () => {
    const { upload_url, file_id } = await call('files.getUploadURLExternal', { filename: 'a.png', length: 3 });
    await fetch(String(upload_url), { method: 'POST', body: 'abc' });
    await call('files.completeUploadExternal', { files: [{ id: file_id }], channel_id: 'C0OPS' });
    expect(await call('files.info', { file: file_id })).toMatchObject({ file: { shares: {} } });
    await vi.waitFor(async () => {
      expect(await call('files.info', { file: file_id })).toMatchObject({
        file: { shares: { public: { C0OPS: [{}] } } },
      });
    });
  });
});

async function socket(url?: string): Promise<{ ws: WebSocket; said: Json[]; url: string }> {
  const address = url ?? String((await call('apps.connections.open', {}, fake.appToken))['url']);
  const ws = new WebSocket(address);
  const said: Json[] = [];
  ws.addEventListener('message', ({ data }) => said.push(JSON.parse(String(data)) as Json));
  await new Promise((resolve, reject) => {
    ws.addEventListener('open', resolve);
    ws.addEventListener('error', reject);
  });
  return { ws, said, url: address };
}

describe('Socket Mode', () => {
  it('says hello, and takes a ticket once', async () => {
    const { said, url } = await socket();
    await vi.waitFor(() => expect(said).toMatchObject([{ type: 'hello', num_connections: 1 }]));
    await expect(socket(url)).rejects.toBeDefined();
    expect(fake.violations).toContain('a ticket for a socket was used twice or made up');
  });

  it('notes acknowledgements that are missing, late or double', async () => {
    const { ws, said } = await socket();
    await vi.waitFor(() => expect(fake.sockets()).toBe(1));
    const first = fake.outbox.send('slash_commands', commandPayload(fake, 'U0ANNA', 'C0OPS', 'help'));
    await vi.waitFor(() => expect(said).toHaveLength(2));
    const envelope_id = said[1]?.['envelope_id'];
    ws.send(JSON.stringify({ envelope_id }));
    expect((await first).ms).toBeLessThan(3_000);
    ws.send(JSON.stringify({ envelope_id }));
    const missing = await fake.outbox.send('interactive', {});
    expect(missing.ms).toBeUndefined();
    expect(fake.violations).toEqual([
      'an event was acknowledged twice',
      'an event (interactive) was not acknowledged within 3000 ms',
    ]);
  });

  it('sends each event to one socket', async () => {
    const [one, other] = [await socket(), await socket()];
    await vi.waitFor(() => expect(fake.sockets()).toBe(2));
    for (const { ws } of [one, other]) {
      ws.addEventListener('message', ({ data }) => {
        const { envelope_id } = JSON.parse(String(data)) as { readonly envelope_id?: string };
        if (envelope_id !== undefined) ws.send(JSON.stringify({ envelope_id }));
      });
    }
    for (let count = 0; count < 4; count += 1) await fake.outbox.send('interactive', { count });
    expect([one.said.length, other.said.length]).toEqual([3, 3]);
  });
});
