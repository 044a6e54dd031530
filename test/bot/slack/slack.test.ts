import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type {
  Account,
  Answer,
  ChatPlatform,
  Handlers,
  IncomingCommand,
  IncomingPress,
  IncomingSubmit,
} from '../../../src/bot/platform.ts';
import { createSlackPlatform } from '../../../src/bot/platforms/slack/slack.ts';
import type { Card, Form } from '../../../src/domain/card.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { ChatDriver, Seen } from '../../contracts/chat-driver.ts';
import { driverOver, openWorkspace, platformOver } from '../../fakes/slack/driver.ts';
import { commandPayload } from '../../fakes/slack/events.ts';
import type { FakeSlack } from '../../fakes/slack/server.ts';

/** Real Bolt against the fake Slack. What the router would do, each test says. */
let fake: FakeSlack;
let driver: ChatDriver;
let platform: ChatPlatform;
let told: string[];
const rejections: unknown[] = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

interface Heard {
  readonly commands: IncomingCommand[];
  readonly presses: IncomingPress[];
  readonly submits: IncomingSubmit[];
}
let heard: Heard;
let answer: () => Answer;

beforeEach(async () => {
  fake = await openWorkspace();
  told = [];
  platform = platformOver(fake, (fields, message) => told.push(`${message} ${JSON.stringify(fields)}`));
  driver = { ...driverOver(fake), platform };
  heard = { commands: [], presses: [], submits: [] };
  answer = () => saying('Taken up');
});

afterEach(async () => {
  const stopped = Date.now();
  await platform.stop();
  assert.ok(Date.now() - stopped < 10_000);
  await driver.close();
  assert.deepEqual(fake.violations, []);
  // Node tells of a rejection that nobody handles after the turn in which it happened.
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  assert.deepEqual(rejections.splice(0), []);
});

const handlers: Handlers = {
  command(incoming) {
    heard.commands.push(incoming);
    return answer();
  },
  press(incoming) {
    heard.presses.push(incoming);
    return answer();
  },
  submit(incoming) {
    heard.submits.push(incoming);
    return answer();
  },
  complete: (_who: Account, typed) => names(typed),
};

/** A fleet of 250 clusters, searched as the router does. */
function names(typed: string): readonly string[] {
  const last = typed.split(' ').at(-1) ?? '';
  return Array.from({ length: 250 }, (_, at) => `clinic-${at}`).filter((name) => name.startsWith(last));
}

function card(over: Partial<Card> = {}): Card {
  return { id: 'run:k7m2', rev: 1, tone: 'info', title: 'Setup', blocks: [], buttons: [], fallback: 'Setup', ...over };
}

function saying(title: string, ...more: readonly string[]): Answer {
  return {
    now: 'work',
    finish: () => Promise.resolve({ ok: true, cards: [title, ...more].map((one) => card({ title: one })) }),
  };
}

const APPROVE = {
  verb: 'approve',
  payload: 'k7m2.1.demo',
  label: 'Approve',
  style: 'danger',
  opensForm: true,
} as const;
const FORM: Form = {
  verb: 'approve',
  payload: 'k7m2.1.demo',
  title: 'Approve',
  intro: 'Read it twice.',
  submit: 'Approve',
  fields: [
    { kind: 'typed', name: 'name', label: 'Cluster', expected: 'demo' },
    { kind: 'text', name: 'note', label: 'Note', required: false, multiline: true, limit: 500 },
  ],
};

async function only(screen: Promise<readonly Seen[]>): Promise<Seen> {
  const seen = await screen;
  const [first] = seen;
  if (!first || seen.length > 1) throw new Error(`${seen.length} messages`);
  return first;
}

/** Settles with the screen when it satisfies that. */
async function until(actor: 'anna' | 'guest', satisfied: (seen: readonly Seen[]) => boolean): Promise<readonly Seen[]> {
  return await vi.waitFor(
    async () => {
      const seen = await driver.screen(actor);
      if (!satisfied(seen)) throw new Error(JSON.stringify(seen));
      return seen;
    },
    { timeout: 10_000, interval: 20 },
  );
}

describe('a command', () => {
  it('is answered to the person alone, acknowledged in time, with everything told', async () => {
    await platform.start(handlers);
    answer = () => saying('First', 'Second');
    const { ackMs, form } = await driver.type('anna', 'setup demo');
    expect(ackMs).toBeLessThan(3_000);
    expect(form).toBeUndefined();
    const seen = await until('anna', (all) => all.length === 2);
    expect(seen.map(({ text, private: alone }) => [text, alone])).toEqual([
      ['🔵 First', true],
      ['🔵 Second', true],
    ]);
    expect(await driver.screen('piotr')).toEqual([]);
    expect(heard.commands).toMatchObject([
      {
        who: { platform: 'slack', account: 'U0ANNA', kind: 'member', language: 'pl' },
        place: driver.ops,
        input: { text: 'setup demo' },
      },
    ]);
  });

  it('delivered twice is one act; typed twice, it is two', async () => {
    await platform.start(handlers);
    await driver.type('anna', 'setup demo', driver.ops, { twice: true });
    expect(heard.commands).toHaveLength(1);
    await driver.type('anna', 'setup demo');
    expect(new Set(heard.commands.map(({ delivery }) => delivery)).size).toBe(2);
  });

  it('says what kind of account it came from, whatever the event says', async () => {
    await platform.start(handlers);
    for (const actor of ['anna', 'guest', 'external', 'bot'] as const) await driver.type(actor, 'who');
    fake.world.users.set('U0GONE', { id: 'U0GONE', name: 'gone', kind: 'deleted', locale: 'pl-PL' });
    await fake.outbox.send('slash_commands', commandPayload(fake, 'U0GONE', 'C0OPS', 'who'));
    await fake.outbox.send('slash_commands', commandPayload(fake, 'U0NOBODY', 'C0OPS', 'who'));
    expect(heard.commands.map(({ who }) => who.kind)).toEqual(['member', 'guest', 'external', 'bot', 'gone', 'gone']);
  });

  it('is answered where the bot is not, too', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'work', finish: () => later(300, { ok: true, cards: [card({ title: 'Late' })] }) });
    fake.world.channels.set('C0OTHER', {
      id: 'C0OTHER',
      name: 'other',
      isPrivate: false,
      member: false,
      archived: false,
      shared: false,
    });
    const other = { platform: 'slack', channel: 'C0OTHER' } as const;
    await driver.type('anna', 'status demo', other);
    await vi.waitFor(async () => expect(await only(driver.screen('anna', other))).toMatchObject({ text: '🔵 Late' }));
  });
});

describe('whatever hangs, the acknowledgement is in time and true', () => {
  it('the work', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'work', finish: () => later(4_500, { ok: true, cards: [card({ title: 'Done' })] }) });
    const { ackMs } = await driver.type('anna', 'setup demo');
    expect(ackMs).toBeLessThan(2_000);
    const seen = await until('anna', (all) => all.length === 2);
    expect(seen.map(({ text }) => text.split('\n').at(-1))).toEqual([
      'Przyjęte; trwa dłużej niż zwykle. Odpowiedź pojawi się tutaj.',
      '🔵 Done',
    ]);
  });

  it("Slack's word about who it was: nothing is done", async () => {
    await platform.start(handlers);
    fake.faults.delays.set('users.info', 60_000);
    const { ackMs } = await driver.type('anna', 'setup demo');
    expect(ackMs).toBeLessThan(2_500);
    expect(heard.commands).toEqual([]);
    expect((await only(driver.screen('anna'))).text).toContain('nic nie zostało zrobione');
  });

  it('a handler that throws: nothing was begun', async () => {
    await platform.start(handlers);
    answer = () => {
      throw new Error('broken');
    };
    expect((await driver.type('ewa', 'setup demo')).ackMs).toBeLessThan(2_000);
    expect((await only(driver.screen('ewa'))).text).toContain('Nothing was done; please tell the administrator.');
    expect(told.join()).toContain('a handler threw');
  });

  it('work that fails on its way: nobody claims that nothing was done', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'work', finish: () => Promise.reject(new Error('store gone')) });
    expect((await driver.type('ewa', 'setup demo')).ackMs).toBeLessThan(2_000);
    expect((await only(driver.screen('ewa'))).text).toContain('something failed on the way');
  });

  it('a button of another version: nothing is done', async () => {
    await platform.start(handlers);
    const ref = await platform.publish(
      driver.ops,
      card({ buttons: [{ ...APPROVE, verb: 'launch' as 'approve' }] }),
      'k',
    );
    const message = await only(driver.screen('anna'));
    expect((await driver.press('anna', message, 'Approve')).ackMs).toBeLessThan(2_000);
    expect(heard.presses).toEqual([]);
    const seen = await until('anna', (all) => all.length === 2);
    expect(seen.find(({ id }) => id !== ref.message)?.text).toContain('użyj nowszej wiadomości');
  });
});

describe('a button and its form', () => {
  it('opens the form by the trigger, and what is filled in comes back', async () => {
    await platform.start(handlers);
    await platform.publish(driver.ops, card({ buttons: [APPROVE] }), 'gate');
    answer = () => ({ now: 'form', form: FORM });
    const { ackMs, form } = await driver.press('piotr', await only(driver.screen('piotr')), 'Approve');
    expect(ackMs).toBeLessThan(3_000);
    if (!form) throw new Error('no form');
    expect(form.text).toBe('Approve\nRead it twice.\nCluster\nWpisz dokładnie: demo\nNote');
    expect(form.fields.map(({ name }) => name)).toEqual(['name', 'note']);
    answer = () => saying('Approved');
    const sent = await driver.submit('piotr', form, { name: 'demo' });
    expect(sent.ackMs).toBeLessThan(3_000);
    expect(sent.form).toBeUndefined();
    expect(heard.submits).toMatchObject([
      { verb: 'approve', payload: 'k7m2.1.demo', values: { name: 'demo' }, place: driver.ops },
    ]);
    await vi.waitFor(async () =>
      expect((await driver.screen('piotr')).map(({ text }) => text)).toContain('🔵 Approved'),
    );
  });

  it('is not sent by Slack while something required is empty', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'form', form: FORM });
    const { form } = await driver.type('anna', 'approve');
    if (!form) throw new Error('no form');
    expect((await driver.submit('anna', form, {})).form).toBeDefined();
    expect(heard.submits).toEqual([]);
  });

  it('is replaced in place when its answer is another form', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'form', form: FORM });
    const { form } = await driver.type('anna', 'approve');
    if (!form) throw new Error('no form');
    answer = () => ({ now: 'form', form: { ...FORM, title: 'Once more' } });
    expect((await driver.submit('anna', form, { name: 'x' })).form).toMatchObject({ id: form.id, title: 'Once more' });
  });

  it('that could not be opened is told', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'form', form: FORM });
    fake.faults.delays.set('views.open', 3_100);
    await driver.type('anna', 'approve');
    const [seen] = await until('anna', (all) => all.length === 1);
    expect(seen?.text).toContain('Nie udało się otworzyć formularza. Nic nie zostało zrobione');
  });

  it('pressed twice is two questions, delivered twice one', async () => {
    await platform.start(handlers);
    await platform.publish(driver.ops, card({ buttons: [{ ...APPROVE, verb: 'stop', label: 'Stop' }] }), 'run');
    const message = await only(driver.screen('anna'));
    await driver.press('anna', message, 'Stop', { twice: true });
    expect(heard.presses).toHaveLength(1);
    await driver.press('anna', message, 'Stop');
    expect(heard.presses).toHaveLength(2);
  });

  it('with more clusters than a menu holds searches them while one types', async () => {
    await platform.start(handlers);
    const options = names('').map((value) => ({ value, label: value }));
    const field = { kind: 'choice', name: 'cluster', label: 'Cluster', required: true, options } as const;
    answer = () => ({ now: 'form', form: { ...FORM, verb: 'command', payload: 'setup', fields: [field] } });
    const { form } = await driver.type('anna', 'setup');
    if (!form) throw new Error('no form');
    expect(form.fields[0]?.options).toHaveLength(100);
    answer = () => saying('Taken up');
    await driver.submit('anna', form, { cluster: 'clinic-249' });
    expect(heard.submits).toMatchObject([{ verb: 'command', payload: 'setup', values: { cluster: 'clinic-249' } }]);
  });

  it('may be opened by the platform itself, once', async () => {
    await platform.start(handlers);
    await driver.type('anna', 'status');
    const who: Account = { platform: 'slack', account: 'U0ANNA', kind: 'member' };
    await platform.form(who, driver.ops, FORM);
    expect([...fake.world.views.values()]).toHaveLength(1);
    await expect(platform.form(who, driver.ops, FORM)).rejects.toMatchObject({ kind: 'gone' });
  });
});

describe('a message', () => {
  it('is published once for its key: again, at once, after a restart, and after a lost answer', async () => {
    const both = await Promise.all([
      platform.publish(driver.ops, card(), 'a'),
      platform.publish(driver.ops, card(), 'a'),
    ]);
    expect(new Set(both.map(({ message }) => message)).size).toBe(1);
    fake.faults.loseAnswer = true;
    await expect(platform.publish(driver.ops, card(), 'b')).rejects.toMatchObject({ kind: 'unavailable' });
    const again = await platform.publish(driver.ops, card(), 'b');
    const restarted = driver.restarted();
    expect(await restarted.publish(driver.ops, card(), 'a')).toEqual(both[0]);
    expect(await restarted.publish(driver.ops, card(), 'b')).toEqual(again);
    expect(await driver.screen('anna')).toHaveLength(2);
  });

  it('in a thread is published once, too', async () => {
    const root = await platform.publish(driver.ops, card(), 'root');
    fake.faults.loseAnswer = true;
    await expect(platform.reply(root, card({ title: 'Detail' }), 'd')).rejects.toMatchObject({ kind: 'unavailable' });
    await platform.reply(root, card({ title: 'Detail' }), 'd');
    await driver.restarted().reply(root, card({ title: 'Detail' }), 'd');
    expect((await only(driver.screen('anna'))).thread).toEqual(['🔵 Detail']);
  });

  it('calls people when it is new and asks for it; edited, it never does, and keeps its place', async () => {
    const ref = await platform.publish(driver.ops, card({ alerts: true }), 'gate');
    expect(await only(driver.screen('anna'))).toMatchObject({ alerts: true, text: '🔵 Setup\n@here' });
    await platform.update(ref, card({ alerts: true, title: 'Decided' }));
    expect(await only(driver.screen('anna'))).toMatchObject({ id: ref.message, text: '🔵 Decided' });
  });

  it.each([
    ['deleted', () => fake.world.messages.forEach((message) => (message.deleted = true))],
    ['in an archived channel', () => fake.world.channels.forEach((channel) => (channel.archived = true))],
    ['in a channel without the bot', () => fake.world.channels.forEach((channel) => (channel.member = false))],
  ])('%s is gone', async (_name, happen) => {
    const ref = await platform.publish(driver.ops, card(), 'k');
    happen();
    await expect(platform.update(ref, card({ rev: 2 }))).rejects.toMatchObject({ kind: 'gone' });
  });

  it('too many of them: says how long to wait, and does not wait itself', async () => {
    const ref = await platform.publish(driver.ops, card(), 'k');
    driver.faults.rateLimit(5_000);
    const began = Date.now();
    await expect(platform.update(ref, card())).rejects.toMatchObject({ kind: 'rate-limited', retryAfterMs: 5_000 });
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  it('while Slack is out of order is unavailable', async () => {
    driver.faults.outage(60_000);
    await expect(platform.publish(driver.ops, card(), 'k')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('that Slack refuses for its shape is shown in short', async () => {
    fake.faults.blocksLimit = 400;
    const long = { kind: 'text', style: 'plain', text: 'word '.repeat(150) } as const;
    await platform.publish(driver.ops, card({ blocks: [long], fallback: 'In short' }), 'k');
    expect((await only(driver.screen('anna'))).text).toBe('🔵 Setup\nIn short');
    expect(told.join()).toContain('shown in short');
  });

  it('that does not hold all commands has them in full in its thread', async () => {
    const groups = [{ host: 'two', commands: ['pg_ctl promote', 'x'.repeat(6_000)] }];
    const blocks = [{ kind: 'commands', title: 'Exact commands', groups }] as const;
    await platform.publish(driver.approvals, card({ blocks }), 'gate');
    await vi.waitFor(async () => {
      const { files } = await only(driver.screen('piotr', driver.approvals));
      expect(files).toMatchObject([{ name: 'commands.txt' }]);
    });
    const [file] = fake.world.files.values();
    expect(file?.content?.toString()).toBe(`[two]\n$ pg_ctl promote\n$ ${'x'.repeat(6_000)}\n`);
  });

  it('for one person is seen by nobody else, and is gone where the bot is not', async () => {
    const anna: Account = { platform: 'slack', account: 'U0ANNA', kind: 'member' };
    await platform.notice(anna, driver.ops, card({ title: 'For you' }));
    expect(await only(driver.screen('anna'))).toMatchObject({ private: true, text: '🔵 For you' });
    expect(await driver.screen('piotr')).toEqual([]);
    const elsewhere = { platform: 'slack', channel: 'D0SOMEBODY' } as const;
    await expect(platform.notice(anna, elsewhere, card())).rejects.toMatchObject({ kind: 'gone' });
  });
});

describe('a file', () => {
  it('stands in the thread, with its alternative text', async () => {
    const ref = await platform.publish(driver.approvals, card(), 'k');
    await platform.upload(ref, { name: 'lag.png', content: Buffer.from('PNG'), alt: 'Lag: 3 s' });
    const seen = await only(driver.screen('anna', driver.approvals));
    expect(seen.files).toEqual([{ name: 'lag.png', alt: 'Lag: 3 s', bytes: 3 }]);
    expect([...fake.world.files.values()].map(({ alt }) => alt)).toEqual(['Lag: 3 s']);
  });

  it('stands there once, also when the process died before it heard of it', async () => {
    const ref = await platform.publish(driver.ops, card(), 'k');
    const file = { name: 'lag.png', content: Buffer.from('PNG'), alt: 'Lag: 3 s' };
    await platform.upload(ref, file);
    const another = platformOver(fake);
    await another.upload(ref, file);
    await another.upload(ref, { ...file, content: Buffer.from('PNG of later') });
    expect((await only(driver.screen('anna'))).files.map(({ bytes }) => bytes)).toEqual([3, 12]);
  });

  it('that Slack takes and never shows is sent again without the text that it trips over', async () => {
    const ref = await platform.publish(driver.ops, card(), 'k');
    fake.faults.dropsDescribedFiles = true;
    await platform.upload(ref, { name: 'lag.png', content: Buffer.from('PNG'), alt: 'Lag: 3 s' });
    expect((await only(driver.screen('anna'))).files).toEqual([{ name: 'lag.png', alt: 'Lag: 3 s', bytes: 3 }]);
  });
});

describe('a file for one person', () => {
  const anna: Account = { platform: 'slack', account: 'U0ANNA', kind: 'member' };
  const report = { name: 'report.html', content: Buffer.from('<p>'), alt: 'Report of the run' };

  it('comes as a direct message, and nobody else sees it', async () => {
    for (let times = 0; times < 2; times += 1) await platform.hand(anna, driver.ops, report);
    const direct = { platform: 'slack', channel: 'DU0ANNA' } as const;
    const seen = (await driver.screen('anna', direct)).flatMap(({ files }) => files);
    expect(seen).toEqual([1, 2].map(() => ({ name: 'report.html', alt: 'Report of the run', bytes: 3 })));
    expect(await driver.screen('anna')).toEqual([]);
    expect(await driver.screen('piotr')).toEqual([]);
  });

  it('is not tried for ever where the app may not write to people, or there is nobody', async () => {
    fake.scopes.delete('im:write');
    await expect(platform.hand(anna, driver.ops, report)).rejects.toMatchObject({ kind: 'gone' });
    fake.scopes.add('im:write');
    await expect(platform.hand({ ...anna, account: 'U0NOBODY' }, driver.ops, report)).rejects.toMatchObject({
      kind: 'gone',
    });
  });
});

describe('two sockets', () => {
  it('leave no hole while Slack refreshes one of them', async () => {
    await platform.start(handlers);
    await vi.waitFor(() => expect(fake.sockets()).toBe(2));
    fake.refresh();
    await vi.waitFor(() => expect(fake.sockets()).toBe(1));
    for (let count = 0; count < 5; count += 1) {
      expect((await driver.type('anna', `status ${count}`)).ackMs).toBeLessThan(3_000);
    }
    expect(heard.commands).toHaveLength(5);
  });

  it('stopped while one of them waits for its hello, nothing is left behind', async () => {
    await platform.start(handlers);
    fake.faults.helloMs = 60_000;
    await vi.waitFor(() => expect(fake.taken()).toBe(2));
    expect(fake.sockets()).toBe(1);
    await platform.stop();
    await vi.waitFor(() => expect(fake.sockets()).toBe(0));
  });

  it('stopped while Slack still thinks about the second, do not keep that one either', async () => {
    await platform.start(handlers);
    const { delays } = fake.faults;
    const arrived = vi.spyOn(delays, 'get');
    delays.set('apps.connections.open', 800);
    await vi.waitFor(() => expect(arrived).toHaveBeenCalledWith('apps.connections.open'));
    await platform.stop();
    await vi.waitFor(() => expect(fake.taken()).toBe(2), { timeout: 5_000 });
    await vi.waitFor(() => expect(fake.sockets()).toBe(0));
  });

  it('stopped while one of them reconnects, nothing is left behind', async () => {
    await platform.start(handlers);
    await vi.waitFor(() => expect(fake.sockets()).toBe(2));
    fake.refresh();
    await vi.waitFor(() => expect(fake.sockets()).toBe(1));
    await platform.stop();
    await vi.waitFor(() => expect(fake.sockets()).toBe(0));
  });

  it('are waited for while Slack is slow to say hello', async () => {
    fake.faults.helloMs = 700;
    const began = Date.now();
    await platform.start(handlers);
    expect(Date.now() - began).toBeGreaterThanOrEqual(700);
    expect((await driver.type('anna', 'status')).ackMs).toBeLessThan(3_000);
  });

  it('come up again after the platform was stopped and started', async () => {
    await platform.start(handlers);
    await platform.stop();
    await platform.start(handlers);
    expect((await driver.type('anna', 'status')).ackMs).toBeLessThan(3_000);
  });
});

describe('a stop', () => {
  it('waits for what people asked for, and tells them', async () => {
    await platform.start(handlers);
    answer = () => ({ now: 'work', finish: () => later(1_000, { ok: true, cards: [card({ title: 'Done' })] }) });
    await driver.type('anna', 'setup demo');
    await platform.stop();
    expect((await driver.screen('anna')).map(({ text }) => text)).toEqual(['🔵 Done']);
  });
});

describe('the health', () => {
  it('is fine when everything is', async () => {
    await platform.start(handlers);
    await vi.waitFor(() => expect(fake.sockets()).toBe(2));
    const health = await platform.health();
    expect(health).toEqual({ ok: true, detail: 'zalogowano do T0ZAPAS01 jako zapas; otwarte 2 gniazda' });
  });

  it('names everything that is wrong and what mends it', async () => {
    fake.scopes.delete('users:read');
    fake.scopes.delete('chat:write');
    for (const channel of fake.world.channels.values()) channel.member = false;
    const ops = fake.world.channels.get('C0OPS');
    if (ops) Object.assign(ops, { shared: true, archived: true });
    const { ok, detail } = await platform.health();
    expect(ok).toBe(false);
    expect(detail.split('; ').filter((line) => /kanał|uprawnień/.test(line))).toEqual([
      'brakuje uprawnień: chat:write, users:read',
      'kanału C0OPS nie ma albo bota w nim nie ma',
      'kanał C0OPS jest zarchiwizowany',
      'kanał C0OPS jest współdzielony z inną organizacją',
      'kanału G0APPROVALS nie ma albo bota w nim nie ma',
    ]);
  });

  it('tells a bad token and a wrong workspace from a Slack that does not answer', async () => {
    const options = {
      events: { by: 'socket', appToken: new Secret(fake.appToken), apartMs: 0 },
      channels: [],
      language: 'en',
      apiUrl: fake.apiUrl,
      warn: () => undefined,
    } as const;
    const bad = createSlackPlatform({ ...options, botToken: new Secret('xoxb-wrong'), team: fake.world.team });
    expect((await bad.health()).detail).toMatch(/refuses the bot token \(invalid_auth\)/);
    await expect(bad.start(handlers)).rejects.toMatchObject({ kind: 'unavailable' });
    const other = createSlackPlatform({ ...options, botToken: new Secret(fake.botToken), team: 'T0OTHER' });
    expect((await other.health()).detail).toMatch(/is of workspace T0ZAPAS01, but the inventory says T0OTHER/);
    const noApp = { ...options, events: { ...options.events, appToken: new Secret('xapp-wrong') } };
    const deaf = createSlackPlatform({ ...noApp, botToken: new Secret(fake.botToken), team: fake.world.team });
    expect((await deaf.health()).detail).toMatch(/^Slack opens no socket \(invalid_auth\); check the app-level token/);
    await expect(deaf.start(handlers)).rejects.toMatchObject({ kind: 'unavailable' });
    driver.faults.outage(60_000);
    expect((await platform.health()).detail).toMatch(/Slack nie odpowiada/);
  });

  it('shows no token in what it says or tells', async () => {
    await platform.start(handlers);
    driver.faults.outage(1_000);
    await platform.health();
    expect(JSON.stringify([platform, told])).not.toMatch(/xoxb-|xapp-/);
  });
});

async function later<Value>(milliseconds: number, value: Value): Promise<Value> {
  return await new Promise((resolve) => {
    setTimeout(() => resolve(value), milliseconds);
  });
}
