import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CliServices } from '../../src/cli/services.ts';
import { ERRORS, OpsError } from '../../src/domain/errors.ts';
import { embeddedStore, type Scratch } from '../adapters/store/scratch.ts';
import type { Hand } from '../bot/hand.ts';
import { handOn, THE_REST } from '../bot/hand.ts';
import { openDisplay } from '../fakes/terminal/display.ts';
import { servicesOver, type Typed, type } from './typed.ts';

describe('the command line', () => {
  let scratch: Scratch;
  let hand: Hand;
  let services: CliServices;
  const typed = (line: string): Promise<Typed> => type(services, line);

  beforeAll(async () => {
    scratch = await embeddedStore();
    hand = handOn(scratch.store);
    services = servicesOver(scratch.store);
  });
  afterAll(async () => await scratch.remove());
  beforeEach(async () => {
    for (const run of await scratch.store.runs.list({ states: ['queued', 'ready', 'waiting', 'attention'] }))
      await hand.record(
        run.id,
        { type: 'stop-asked' },
        ...(run.state === 'ready' ? [{ type: 'finished', state: 'cancelled' } as const] : []),
      );
  });

  it('plays a failover with two people in two terminals', async () => {
    const annas = typed('run failover demo --as anna');
    const { id } = await hand.find('ready');
    await hand.ask(id);
    const asked = await annas;
    expect(asked.exit).toBe(3);
    expect(asked.out).toContain('Mogą to teraz zrobić: Piotr Zieliński, Ewa Wójcik.');
    expect(asked.out).toContain('NIEODCIĘTY');
    expect(asked.out).toContain(`zapas approve ${id} --as piotr --name demo\n`);

    const own = await typed(`approve ${id} --as anna --name demo`);
    expect(own).toMatchObject({ exit: ERRORS['approval.same-person'].exit });
    expect(own.out).toContain('zatwierdzić musi druga osoba');

    const wrong = await typed(`approve ${id} --as piotr --name dmeo`);
    expect(wrong).toMatchObject({ exit: ERRORS['approval.wrong-name'].exit });

    const piotrs = typed(`approve ${id} --as piotr --name demo --note "after a call"`);
    await hand.find('ready');
    await hand.record(id, ...THE_REST);
    const approved = await piotrs;
    expect(approved.exit).toBe(0);
    expect(approved.out).toContain('two jest teraz serwerem podstawowym');
    expect(approved.out).toContain('BEZ ZABEZPIECZENIA');

    const late = await typed(`approve ${id} --as ewa --name demo`);
    expect(late).toMatchObject({ exit: ERRORS['approval.already-decided'].exit });
    expect(late.out).toContain('Piotr Zieliński has granted this already');

    expect(await typed('audit verify')).toMatchObject({
      exit: 0,
      out: expect.stringContaining('The audit trail is whole'),
    });
    const trail = await typed(`audit show ${id}`);
    expect(trail.out.match(/REFUSED: approve, approval\.(same-person|wrong-name|already-decided)/g)).toHaveLength(3);
  });

  it('lets the requester confirm a disruption, and says how', async () => {
    const asking = typed('setup demo --as anna');
    const { id } = await hand.find('ready');
    await hand.ask(id, 'confirm');
    expect(await asking).toMatchObject({ exit: 3, out: expect.stringContaining(`zapas confirm ${id} --as anna\n`) });
    expect(await typed(`confirm ${id} --as piotr --detach`)).toMatchObject({ exit: ERRORS['policy.denied'].exit });
    expect(await typed(`confirm ${id} --as anna --detach`)).toMatchObject({ exit: 0 });
  });

  it('leaves a run going on Ctrl-C, and says so', async () => {
    const interrupted = new AbortController();
    const out = openDisplay({ isTTY: false });
    const going = type(services, 'run setup demo --as anna', { interrupted: interrupted.signal, stdout: out.output });
    const { id } = await hand.find('ready');
    interrupted.abort();
    expect((await going).exit).toBe(130);
    expect(out.written()).toContain(`zapas show ${id} --follow`);
    expect((await scratch.store.runs.load(id))?.state).toBe('ready');
  });

  it('ends with the code of the error that ended the run', async () => {
    const going = typed('run check demo --as jan');
    const { id } = await hand.find('ready');
    const error = {
      code: 'host.unreachable',
      params: { host: 'one', address: '10.0.0.1', port: 22, detail: 'timed out' },
    } as const;
    await hand.record(id, { type: 'finished', state: 'failed', error });
    const ended = await going;
    expect(ended.exit).toBe(ERRORS['host.unreachable'].exit);
    expect(ended.out).toContain('zapas failover demo');
  });

  it('speaks to programs', async () => {
    const going = typed('run status demo --as jan --json');
    const { id } = await hand.find('ready');
    await hand.record(id, { type: 'finished', state: 'succeeded' });
    const ended = await going;
    expect(ended.exit).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({ id, runbook: 'status', state: 'succeeded' });
    expect(JSON.parse((await typed(`show ${id} --json`)).out)).toMatchObject({ id });
    expect(JSON.parse((await typed('runs --json')).out)).toEqual(
      expect.arrayContaining([expect.objectContaining({ id })]),
    );
    expect(JSON.parse((await typed('audit verify --json')).out)).toMatchObject({ ok: true });
    expect(JSON.parse((await typed(`approve ${id} --as piotr --name demo --json`)).out)).toMatchObject({
      error: { code: 'gate.not-open' },
    });
  });

  it.each([
    ['', 2],
    ['--help', 0],
    ['--version', 0],
    ['promote demo', 2],
    ['run failover demo', 2],
    ['run failover --as anna', 2],
    ['run failover demo --as anna --force', 2],
    ['run reboot demo --as anna', 2],
    ['run failover dmeo --as anna', ERRORS['input.unknown-cluster'].exit],
    ['run failover demo --as nobody', ERRORS['input.unknown-person'].exit],
    ['run failover demo --as jan', ERRORS['policy.denied'].exit],
    ['run setup demo --as obcy', ERRORS['policy.denied'].exit],
    ['run logs demo --as anna --lines 100000', ERRORS['input.invalid'].exit],
    ['run logs demo --as anna --host third', 2],
    ['approve nosuchrn --as piotr --name demo', ERRORS['input.unknown-run'].exit],
    ['settle nosuchrn perhaps --as anna', ERRORS['input.invalid'].exit],
    ['cancel nosuchrn --as anna', ERRORS['input.unknown-run'].exit],
    ['show nosuchrn', ERRORS['input.unknown-run'].exit],
    ['show nosuchrn --as anna', ERRORS['input.unknown-run'].exit],
    ['audit show nosuchrn', ERRORS['input.unknown-run'].exit],
    ['who', 0],
    ['who --as jan', 0],
    ['who --as nobody', ERRORS['input.unknown-person'].exit],
    ['help approve', 0],
    ['doctor', 0],
    ['inventory check', 0],
    ['inventory schema', 0],
    ['keys generate', 0],
  ])('zapas %s → %i', async (line, exit) => {
    const before = (await scratch.store.runs.list({})).length;
    expect((await typed(line)).exit).toBe(exit);
    expect((await scratch.store.runs.list({})).length).toBe(before);
  });

  it('refuses at once a failover that nobody could approve', async () => {
    const inventory = (await services.openOffice()).inventory();
    const lonely = { ...inventory, people: { ...inventory.people } };
    delete lonely.people['piotr'];
    delete lonely.people['ewa'];
    const alone = servicesOver(scratch.store, {}, lonely);
    const refused = await type(alone, 'run failover demo --as anna');
    expect(refused).toMatchObject({ exit: ERRORS['approval.nobody'].exit });
    expect(refused.out).toContain('Nikt nie mógłby zatwierdzić');
  });

  it('says what is wrong with this machine, each with what to do', async () => {
    const error = { code: 'config.secret-missing', params: { ref: 'file:/key\u001b[2J' } } as const;
    const sick = servicesOver(scratch.store, {
      examine: () =>
        Promise.resolve([
          { what: 'store', subject: 'x' },
          { what: 'secret', subject: 'file:/key', error },
        ]),
    });
    const found = await type(sick, 'doctor');
    expect(found.exit).toBe(ERRORS['config.secret-missing'].exit);
    expect(found.out).toContain('✔ store x\n✘ secret file:/key: The secret file:/key␛[2J cannot be read.');
    expect(found.out).toContain('→ Set the variable');
  });

  it('tells a container whether it is well by the exit code alone', async () => {
    const away = new OpsError('store.unavailable', { detail: 'refused' });
    expect((await type(servicesOver(scratch.store, {}), 'health')).exit).toBe(0);
    const ill = servicesOver(scratch.store, { health: () => Promise.reject(away) });
    expect((await type(ill, 'health')).exit).toBe(ERRORS['store.unavailable'].exit);
  });

  it('turns what cannot be opened into an error with a hint', async () => {
    const closed = servicesOver(scratch.store, {
      openOffice: () => Promise.reject(new OpsError('store.unavailable', { detail: 'refused' })),
    });
    const refused = await type(closed, 'runs');
    expect(refused.exit).toBe(ERRORS['store.unavailable'].exit);
    expect(refused.err).toContain('✘ The database of Zapas does not answer: refused.');
    expect(refused.err).toContain('→ ');
  });

  it('serves until it is told to stop', async () => {
    const interrupted = new AbortController();
    const parts: string[] = [];
    const serving = servicesOver(scratch.store, {
      serve: ({ parts: part }, signal) =>
        new Promise((resolve) => {
          parts.push(part);
          signal.addEventListener('abort', () => resolve());
        }),
    });
    const running = type(serving, 'worker', { interrupted: interrupted.signal });
    await expect.poll(() => parts).toEqual(['worker']);
    interrupted.abort();
    expect((await running).exit).toBe(0);
  });
});

describe('the console from a pipe', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await embeddedStore();
  });
  afterAll(async () => await scratch.remove());

  it('carries out line by line: commands, buttons by number, forms field by field', async () => {
    const services = servicesOver(scratch.store);
    const hand = handOn(scratch.store);
    const [annas, piotrs] = [new PassThrough(), new PassThrough()];
    const anna = openDisplay({ isTTY: false });
    const piotr = openDisplay({ isTTY: false });
    const consoles = [
      type(services, 'console --as anna', { stdin: annas, stdout: anna.output }),
      type(services, 'console --as piotr', { stdin: piotrs, stdout: piotr.output }),
    ];
    annas.write('fialover demo\n/zapas failover demo\n');
    const { id } = await hand.find('ready');
    await hand.ask(id);
    expect(anna.written()).toContain('Czy chodziło o: failover');
    // The question comes to Piotr by itself.
    const number = async (screen: typeof anna): Promise<string> => {
      await expect.poll(() => screen.written(), { timeout: 10_000 }).toMatch(/\[(\d+)\] Zatwierdź/);
      return /\[(\d+)\] Zatwierdź/.exec(screen.written())?.[1] ?? '';
    };
    piotrs.write(`99\n${await number(piotr)}\ndemo\nzgoda kliniki\n`);
    await hand.find('ready');
    await hand.record(id, ...THE_REST);
    for (const screen of [anna, piotr])
      await expect.poll(() => screen.written(), { timeout: 10_000 }).toContain('BEZ ZABEZPIECZENIA');
    expect(piotr.written()).toContain('Nie ma przycisku 99.');
    annas.end('exit\n');
    piotrs.end();
    expect((await Promise.all(consoles)).map(({ exit }) => exit)).toEqual([0, 0]);
    expect((await scratch.store.runs.load(id))?.granted?.decision).toMatchObject({
      by: { person: 'piotr' },
      note: 'zgoda kliniki',
    });
  });
});
