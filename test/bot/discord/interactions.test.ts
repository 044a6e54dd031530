import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../src/bot/platform.ts';
import type { Actor, Seen } from '../../contracts/chat-driver.ts';
import type { DiscordDriver } from '../../fakes/discord/driver.ts';
import { openDiscordDriver } from '../../fakes/discord/driver.ts';
import type { FakeOptions } from '../../fakes/discord/server.ts';
import type { Told } from './support.ts';
import { APPROVE, cardOf, FORM, held, soon, told, works } from './support.ts';

let driver: DiscordDriver;
let handlers: Told;
let warnings: string[];

async function open(options: FakeOptions = {}): Promise<void> {
  warnings = [];
  const warn = (fields: object, message: string): void => void warnings.push(`${message} ${JSON.stringify(fields)}`);
  driver = await openDiscordDriver(options, { warn });
  handlers = told();
  await driver.platform.start(handlers);
}

async function close(): Promise<void> {
  await driver.close();
  expect(driver.violations()).toEqual([]);
}

function member(actor: Actor): Account {
  return { platform: 'discord', account: driver.account(actor), kind: 'member' };
}

/** The newest thing this person sees with such a text. */
function sees(actor: Actor, text: RegExp): Promise<Seen> {
  return soon(async () => (await driver.screen(actor)).findLast((one) => text.test(one.text)));
}

beforeEach(() => open());
afterEach(close);

describe('a command', () => {
  it('arrives with its options told apart, and is acknowledged before it is carried out', async () => {
    const work = held('Requested');
    handlers.answers.command = work.answer;
    const { ackMs } = await driver.type('anna', 'logs demo --lines 40 --no-since-start');
    expect(ackMs).toBeLessThan(3_000);
    const [incoming] = handlers.commands;
    expect(incoming?.input).toEqual({
      name: 'logs',
      values: { cluster: 'demo', lines: 40, 'since-start': false },
    });
    expect(incoming).toMatchObject({
      who: { platform: 'discord', account: driver.account('anna'), kind: 'member', language: 'pl' },
      place: driver.ops,
    });
    work.release();
    expect((await sees('anna', /Requested/)).private).toBe(true);
    expect((await driver.screen('piotr')).map(({ text }) => text)).toEqual([]);
  });

  it('that takes long is told so within the three seconds, and then answered', async () => {
    const work = held('At last');
    handlers.answers.command = work.answer;
    await driver.type('ewa', 'status demo');
    const { id } = await sees('ewa', /Still working on it/);
    work.release();
    expect((await sees('ewa', /At last/)).id).toBe(id);
  });

  it('whose answer has several cards shows them all', async () => {
    handlers.answers.command = works({ cards: [cardOf('One'), cardOf('Two'), cardOf('Three')] });
    await driver.type('anna', 'runs');
    await sees('anna', /Three/);
    expect((await driver.screen('anna')).map(({ text }) => text.replace(/^\S+ /, ''))).toEqual(['One', 'Two', 'Three']);
  });

  it('whose answer has no room for everything brings the whole as a file', async () => {
    const lines = Array.from({ length: 300 }, (_, at) => `line ${at} ${'x'.repeat(40)}`);
    handlers.answers.command = works({ cards: [cardOf('Log', { blocks: [{ kind: 'log', title: 'pg_log', lines }] })] });
    await driver.type('anna', 'logs demo');
    const { files } = await sees('anna', /pg_log/);
    expect(files.map(({ name }) => name)).toEqual(['zapas.txt']);
    expect(files[0]?.bytes).toBeGreaterThan(300 * 45);
  });

  it('delivered twice is one act and one answer', async () => {
    await driver.type('anna', 'status demo', undefined, { twice: true });
    await sees('anna', /Done/);
    expect(handlers.commands).toHaveLength(1);
  });

  it('is told who asks: member, guest, bot, somebody of another server', async () => {
    for (const actor of ['anna', 'guest', 'bot', 'external'] as const) await driver.type(actor, 'help');
    expect(handlers.commands.map(({ who }) => who.kind)).toEqual(['member', 'guest', 'bot', 'external']);
  });

  it('typed in a thread belongs to the channel of the thread', async () => {
    const { world } = driver.fake;
    const thread = world.addChannel('details', { type: 11, parent: driver.ops.channel });
    await driver.type('anna', 'help', { platform: 'discord', channel: thread.id });
    expect(handlers.commands[0]?.place).toEqual(driver.ops);
  });

  it('of a handler that breaks is answered with the truth', async () => {
    handlers.command = () => {
      throw new Error('broken');
    };
    await driver.type('ewa', 'help');
    expect((await sees('ewa', /Not done/)).text).toContain('before anything was done');
    expect(warnings.join('\n')).toContain('a handler failed');
  });
});

describe('while a command is typed', () => {
  it('names are offered for the option that is typed, at most 25 of them, none too long', async () => {
    handlers.answers.names = [...Array.from({ length: 40 }, (_, at) => `clinic-${at}`), 'x'.repeat(101)];
    const { fake } = driver;
    const anna = fake.world.members.get(driver.account('anna'));
    if (!anna) throw new Error('no anna');
    const interaction = fake.typing(anna, driver.ops.channel, 'approve', { run: 'k7m29qtx', name: 'de' }, 'name');
    expect(await fake.settled(interaction)).toBe(true);
    expect(interaction.choices).toHaveLength(25);
    expect(handlers.typed).toEqual([
      { who: expect.objectContaining({ account: anna.id }) as unknown, line: 'approve k7m29qtx de' },
    ]);
  });
});

describe('a button', () => {
  it('opens its form as the first answer, and the form comes back with what was typed', async () => {
    handlers.answers.press = { now: 'form', form: FORM };
    const { message } = await driver.platform.publish(driver.ops, cardOf('Approve?', { buttons: [APPROVE] }), 'gate');
    const card = await sees('piotr', /Approve\?/);
    expect(card.id).toBe(message);
    const { form, ackMs } = await driver.press('piotr', card, 'Approve…');
    expect(ackMs).toBeLessThan(3_000);
    expect(form?.text).toContain('demo');
    expect(form?.fields.map(({ name }) => name)).toEqual(['name', 'note']);
    if (!form) throw new Error('no form');
    await driver.submit('piotr', form, { name: 'demo', note: 'zażółć' });
    expect(handlers.presses[0]).toMatchObject({ verb: 'approve', payload: 'k7m29qtx.1.demo', place: driver.ops });
    expect(handlers.submits[0]).toMatchObject({
      verb: 'approve',
      payload: 'k7m29qtx.1.demo',
      values: { name: 'demo', note: 'zażółć' },
    });
    expect((await sees('piotr', /Done/)).private).toBe(true);
  });

  it('after a refused form opens it again with the note that was typed, never with the name', async () => {
    handlers.answers.press = { now: 'form', form: FORM };
    handlers.answers.submit = works({ ok: false, cards: [cardOf('Refused', { tone: 'failure' })] });
    await driver.platform.publish(driver.ops, cardOf('Approve?', { buttons: [APPROVE] }), 'gate');
    const { form } = await driver.press('ewa', await sees('ewa', /Approve\?/), 'Approve…');
    if (!form) throw new Error('no form');
    await driver.submit('ewa', form, { name: 'dmeo', note: 'called them' });
    const refused = await sees('ewa', /Refused/);
    expect(refused.private).toBe(true);
    const again = await driver.press('ewa', refused, 'Open the form again');
    expect(again.form?.title).toBe('Approve');
    const opened = [...driver.fake.interactions.all.values()].at(-1);
    expect(JSON.stringify(opened?.modal)).toContain('called them');
    expect(JSON.stringify(opened?.modal)).not.toContain('dmeo');
  });

  it('that opens a form again asks the handlers when it was forgotten, as after a restart', async () => {
    handlers.answers.press = { now: 'form', form: FORM };
    handlers.answers.submit = works({ ok: false, cards: [cardOf('Refused')] });
    await driver.platform.publish(driver.ops, cardOf('Approve?', { buttons: [APPROVE] }), 'gate');
    const { form } = await driver.press('ewa', await sees('ewa', /Approve\?/), 'Approve…');
    if (!form) throw new Error('no form');
    await driver.submit('ewa', form, { name: 'dmeo' });
    const refused = await sees('ewa', /Refused/);
    await driver.platform.stop();
    await driver.restarted().start(handlers);
    expect((await driver.press('ewa', refused, 'Open the form again')).form?.title).toBe('Approve');
  });

  it('of something unknown says that it does nothing any more', async () => {
    const { fake } = driver;
    const anna = fake.world.members.get(driver.account('anna'));
    const { message } = await driver.platform.publish(driver.ops, cardOf('Old'), 'old');
    if (!anna) throw new Error('no anna');
    expect(await fake.settled(fake.press(anna, message, 'launch:missiles'))).toBe(true);
    await sees('anna', /Ten przycisk już nie działa/);
    expect(handlers.presses).toEqual([]);
  });

  it('is answered when it was pressed while the connection was cut, once it is there again', async () => {
    const { fake } = driver;
    await driver.platform.publish(
      driver.ops,
      cardOf('Run', { buttons: [{ ...APPROVE, verb: 'stop', label: 'Stop' }] }),
      'run',
    );
    const card = await sees('anna', /Run/);
    fake.gateway.cut();
    const anna = fake.world.members.get(driver.account('anna'));
    if (!anna) throw new Error('no anna');
    const pressed = fake.press(anna, card.id, 'stop:k7m29qtx');
    expect(await fake.settled(pressed)).toBe(true);
    expect(handlers.presses).toHaveLength(1);
    expect(fake.gateway.received.resume).toBe(1);
  });
});

describe('a form', () => {
  it('cannot follow a form: a button opens it instead', async () => {
    handlers.answers.press = { now: 'form', form: FORM };
    handlers.answers.submit = { now: 'form', form: { ...FORM, verb: 'reject', title: 'Reject' } };
    await driver.platform.publish(driver.ops, cardOf('Approve?', { buttons: [APPROVE] }), 'gate');
    const { form } = await driver.press('ewa', await sees('ewa', /Approve\?/), 'Approve…');
    if (!form) throw new Error('no form');
    await driver.submit('ewa', form, { name: 'demo' });
    const offer = await sees('ewa', /press it to go on/);
    expect((await driver.press('ewa', offer, 'Open the form')).form?.title).toBe('Reject');
  });

  it('with a name that is none is not passed on, and names those near', async () => {
    const options = Array.from({ length: 30 }, (_, at) => ({ value: `clinic-${at + 10}`, label: `clinic-${at + 10}` }));
    const field = { kind: 'choice', name: 'cluster', label: 'Cluster', required: true, options } as const;
    handlers.answers.command = { now: 'form', form: { ...FORM, verb: 'command', payload: 'check', fields: [field] } };
    const { form } = await driver.type('ewa', 'check');
    if (!form) throw new Error('no form');
    await driver.submit('ewa', form, { cluster: 'clinc-12' });
    expect((await sees('ewa', /cannot be «clinc-12»/)).text).toContain('clinic-12');
    expect(handlers.submits).toEqual([]);
    await driver.submit('ewa', form, { cluster: 'CLINIC-12' });
    await soon(() => handlers.submits[0]);
    expect(handlers.submits[0]?.values).toEqual({ cluster: 'clinic-12' });
  });

  it('that the bot offers by itself is opened by a button', async () => {
    await driver.type('ewa', 'help');
    await sees('ewa', /Done/);
    await driver.platform.form(member('ewa'), driver.ops, FORM);
    const offer = await sees('ewa', /press it to go on/);
    expect((await driver.press('ewa', offer, 'Open the form')).form?.title).toBe('Approve');
  });
});

describe('a notice', () => {
  it('is seen by that person alone, beside what they did last', async () => {
    await driver.type('anna', 'help');
    await sees('anna', /Done/);
    await driver.platform.notice(member('anna'), driver.ops, cardOf('Only for you'));
    expect((await sees('anna', /Only for you/)).private).toBe(true);
    expect((await driver.screen('piotr')).map(({ text }) => text)).toEqual([]);
  });

  it('comes as a direct message when no interaction lives any more', async () => {
    await driver.type('anna', 'help');
    await sees('anna', /Done/);
    driver.fake.world.advance(16 * 60_000);
    await driver.platform.notice(member('anna'), driver.ops, cardOf('Later', { buttons: [APPROVE] }));
    const later = await sees('anna', /Later/);
    expect(later.private).toBe(true);
    expect(later.buttons).toEqual([]);
  });
});

describe('a file for one person', () => {
  const report = { name: 'report.html', content: Buffer.from('<p>'), alt: 'Report of the run' };
  const file = { name: 'report.html', alt: 'Report of the run', bytes: 3 };

  it('comes after the answer to what they did, and takes nothing of its place', async () => {
    let handed: Promise<void> | undefined;
    handlers.answers.command = works({}, () => {
      handed = driver.platform.hand(member('anna'), driver.ops, report);
      return Promise.resolve({ ok: true, cards: [cardOf('The answer')] });
    });
    await driver.type('anna', 'help');
    await vi.waitFor(() => expect(handed).toBeDefined());
    await handed;
    expect((await sees('anna', /The answer/)).files).toEqual([]);
    expect(await sees('anna', /Report of the run/)).toMatchObject({ private: true, files: [file] });
    expect([...driver.fake.world.channels.values()].filter(({ recipient }) => recipient !== undefined)).toEqual([]);
    expect(await driver.screen('piotr')).toEqual([]);
  });

  it('comes as a direct message when no interaction lives any more', async () => {
    await driver.platform.hand(member('anna'), driver.ops, report);
    expect(await sees('anna', /Report of the run/)).toMatchObject({ private: true, files: [file] });
    expect(await driver.screen('piotr')).toEqual([]);
  });
});

describe('when Discord is slow or failing', () => {
  it('an answer that comes too late is noted, and what was asked is not done: its person was told that it failed', async () => {
    await close();
    await open({ firstAnswerMs: 100 });
    let done = 0;
    handlers.answers.command = works({}, () => {
      done += 1;
      return Promise.resolve({ ok: true, cards: [] });
    });
    driver.fake.faults.slow(300);
    expect((await driver.type('anna', 'status demo')).ackMs).toBeUndefined();
    await soon(() => warnings.find((line) => line.includes('refused an answer')));
    expect(done).toBe(0);
  });

  it('a first answer that was taken, but seemed lost, counts', async () => {
    driver.fake.faults.loseNextCallback();
    await driver.type('anna', 'status demo');
    await sees('anna', /Done/);
    expect(handlers.commands).toHaveLength(1);
  });

  it('an answer after the token has died is noted, and nothing else breaks', async () => {
    const work = held('Too late');
    handlers.answers.command = work.answer;
    await driver.type('anna', 'status demo');
    driver.fake.world.advance(16 * 60_000);
    work.release();
    await soon(() => warnings.find((line) => line.includes('could not be shown')));
    handlers.answers.command = works();
    await driver.type('anna', 'help');
    expect((await sees('anna', /Done/)).private).toBe(true);
  });
});
