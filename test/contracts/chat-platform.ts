import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Capabilities, Place } from '../../src/bot/platform.ts';
import { planHash } from '../../src/domain/plan.ts';
import { openGate, SYSTEM } from '../../src/domain/run.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { embeddedStore } from '../adapters/store/scratch.ts';
import { THE_REST } from '../bot/hand.ts';
import { LOG, STATUS } from '../bot/scenes.ts';
import { plan, plannedStep } from '../domain/runs.ts';
import { sample } from '../domain/watches.ts';
import type { Actor, AnyDriver, ChatDriver, Reaction, Seen, SeenForm } from './chat-driver.ts';
import type { ChatWorld } from './chat-world.ts';
import { openChatWorld } from './chat-world.ts';
import { fact, minutes } from './run-store.ts';

/** Longest a person waits for anything here; everything is waited for as a condition. */
const PATIENCE = { timeout: 25_000, interval: 50 };

/** Strangers of every kind: none of them is ever matched with a person. */
const STRANGERS: readonly Actor[] = ['stranger', 'guest', 'external', 'bot'];

/**
 * What people can rely on, whatever they talk to Zapas with: one specification for every platform, driven as people do. A real
 * store, the real bot and the real adapter; only the platform's own side is a stand-in that holds to its rules.
 * @param wired something stands between the program and people, where messages are lost, doubled, deleted and refused
 */
export function chatPlatformContract(name: string, open: () => Promise<AnyDriver>, wired = true): void {
  describe(`Zapas on ${name}`, () => {
    let driver: AnyDriver;
    let can: Capabilities;
    let scratch: Scratch;
    let world: ChatWorld;
    beforeAll(async () => {
      [driver, scratch] = await Promise.all([open(), embeddedStore()]);
      ({ can } = driver.platform);
      world = await openChatWorld(scratch.store, [driver]);
    }, 60_000);
    afterAll(async () => {
      await world.stop();
      await driver.close();
      await scratch.remove();
    });
    afterEach(async () => {
      world.grant();
      await world.tidy();
      expect(driver.violations()).toEqual([]);
      expect(world.lacking).toEqual([]);
    });

    /** Whoever reads along; where each has a screen of their own, whoever the message is for. */
    const reader = (own: Actor): Actor => (can.shared ? 'jan' : own);
    /** That message as it became, or what is told below it where messages stay as they were. */
    const became =
      (card: Seen): ((one: Seen) => boolean) =>
      (one) =>
        can.lasting ? one.id === card.id : Number(one.id) > Number(card.id);
    /** The other side of what stands between the program and people. */
    const wire = (): ChatDriver => {
      if ('sit' in driver) throw new Error('nothing stands between it and people');
      return driver;
    };
    /** Rows about what can only happen on the way to people. */
    const onTheWay = wired ? it : undefined;

    const find = async (actor: Actor, text: RegExp, at?: Place): Promise<Seen | undefined> =>
      (await driver.screen(actor, at)).findLast((message) => text.test(message.text));
    /** The newest message there with such a text, as soon as there is one (that also fits). */
    const see = (actor: Actor, text: RegExp, at?: Place, fits: (seen: Seen) => boolean = () => true): Promise<Seen> =>
      vi.waitFor(async () => {
        const messages = await driver.screen(actor, at);
        const found = messages.findLast((message) => text.test(message.text) && fits(message));
        if (!found)
          throw new Error(
            `${actor} sees no ${text} in:\n${messages.map((one) => one.text).join('\n---\n')}\n${world.warnings.slice(-5).join('\n')}`,
          );
        return found;
      }, PATIENCE);
    const cardOf = async (run: string, at: Place): Promise<Seen> =>
      await see('piotr', new RegExp(run), at, (message) =>
        message.buttons.some((label) => /Zatwierd|Approve/.test(label)),
      );
    /** What was refused about the run, as soon as something was: an act may be acknowledged before it is carried out. */
    const refused = (run: string): Promise<readonly string[]> =>
      vi.waitFor(async () => {
        const events = (await world.store.audit.read(run)).map(({ event }) => event);
        const codes = events.flatMap((event) => (event.type === 'refused' ? [event.error.code] : []));
        if (codes.length === 0) throw new Error(`nothing was refused: ${world.warnings.slice(-5).join('\n')}`);
        return codes;
      }, PATIENCE);
    /** Anna asks for a failover, and its gate is open. */
    const asked = async (): Promise<{ readonly run: string; readonly card: Seen }> => {
      await driver.type('anna', 'failover demo');
      const { id } = await world.hand.find('ready');
      await world.hand.ask(id);
      return { run: id, card: await cardOf(id, driver.approvals) };
    };
    /** The run's plan has that one step, which began. */
    const begin = async (id: string, step: string): Promise<void> => {
      const made = plan([plannedStep(step)]);
      await world.hand.record(
        id,
        { type: 'planned', plan: made, planHash: planHash(made) },
        { type: 'step-started', step, irreversible: false },
      );
    };
    const answer = async (actor: Actor, card: Seen, name: string, button = /Zatwierd|Approve/): Promise<Reaction> => {
      const form = formOf(await driver.press(actor, card, labelled(card, button)));
      const field = /Odm|Rej/.test(form.title) ? 'note' : 'name';
      return await driver.submit(actor, form, { [field]: name });
    };

    it('acknowledges a command in time, shows the run where it was asked, and keeps that one message up to date', async () => {
      const { ackMs } = await driver.type('anna', 'check demo');
      expect(ackMs).toBeLessThan(3_000);
      const { id } = await world.hand.find('ready');
      const about = async (): Promise<readonly string[]> =>
        (await driver.screen(reader('anna'))).filter(({ text }) => text.includes(id)).map((one) => one.id);
      const first = await see(reader('anna'), new RegExp(id));
      const before = await about();
      await world.hand.record(id, {
        type: 'finished',
        state: 'failed',
        error: { code: 'host.unreachable', params: { host: 'two', address: '10.77.0.13', port: 22, detail: 'silent' } },
      });
      const last = await see(reader('anna'), /two/, undefined, (one) => one.text.includes(id) && !/▶/.test(one.text));
      expect(last.private).toBe(!can.shared);
      expect([last.id, ...(await about())]).toEqual(
        can.lasting ? [first.id, ...before] : [last.id, ...(await about())],
      );
    });

    it('shows how far a copy is', async () => {
      await driver.type('anna', 'setup demo');
      const { id } = await world.hand.find('ready');
      await begin(id, 'setup.clone');
      const claim = await world.store.runs.claim(id, 'by hand', 60_000);
      const progress = { step: 'setup.clone', done: 62, total: 100, unit: 'percent', jobOffset: 0 } as const;
      await world.store.runs.setProgress(id, claim?.fence ?? '', progress);
      const { text } = await see(reader('anna'), /62\s%/);
      expect(text).toContain(id);
    });

    it('tells the details of a run: in its thread with the whole log as a file, else below it', async () => {
      await driver.type('anna', 'setup demo');
      const { id } = await world.hand.find('ready');
      const lines = Array.from({ length: 40 }, (_, index) => `LOG:  line number ${index + 1} of them`);
      await begin(id, 'setup.log');
      await world.hand.record(
        id,
        {
          type: 'step-finished',
          step: 'setup.log',
          unchanged: false,
          findings: [],
          report: { ...LOG, excerpt: lines },
        },
        { type: 'finished', state: 'succeeded' },
      );
      const { text, thread, files } = await see(
        reader('anna'),
        can.threads ? new RegExp(id) : /number 40 of/,
        driver.ops,
        (one) => !can.threads || (one.thread.length > 0 && one.files.length > 0),
      );
      expect([text, ...thread].join('\n')).toMatch(/number 1 of/);
      const whole = {
        name: `pg_log-two-${id}.txt`,
        alt: expect.stringContaining(LOG.file),
        bytes: 40 + lines.join('').length,
      };
      expect(files).toEqual(can.files ? [whole] : []);
    });

    it('has a picture of the lag with every status, and says in words what it shows', async () => {
      for (const ago of [30, 20, 10]) await world.store.watch.keep(sample({ at: minutes(-ago) }));
      await driver.type('anna', 'status demo');
      const { id } = await world.hand.find('ready');
      await begin(id, 'status.look');
      await world.hand.record(
        id,
        { type: 'step-finished', step: 'status.look', unchanged: true, findings: [], report: STATUS },
        { type: 'finished', state: 'succeeded' },
      );
      const { files } = await see(
        reader('anna'),
        can.threads ? new RegExp(id) : /./,
        undefined,
        (one) => one.files.length > 0,
      );
      expect(files).toEqual([
        { name: 'lag-demo.png', alt: expect.stringContaining('demo'), bytes: expect.any(Number) },
      ]);
    });

    it('answers what it does not understand to that person alone, with what comes near', async () => {
      await driver.type('anna', 'statsu demo');
      await see('anna', /statsu/, undefined, (told) => told.private && /status/.test(told.text));
      expect(await find('jan', /statsu/)).toBeUndefined();
    });

    it('asks for what is missing in a form', async () => {
      const { form } = await driver.type('anna', 'logs');
      // Where the program itself asks for what a command needs, an incomplete one cannot be sent.
      expect(form !== undefined || driver.platform.can.completion).toBe(true);
      if (!form) return;
      expect(form.fields.map((field) => field.name)).toContain('cluster');
      await driver.submit('anna', form, { cluster: 'demo' });
      expect((await world.hand.find('ready')).runbook).toBe('logs');
    });

    onTheWay?.('delivers a command twice and runs it once', async () => {
      await wire().type('anna', 'check demo', undefined, { twice: true });
      const { id } = await world.hand.find('ready');
      expect(
        (await world.store.runs.list({ cluster: 'demo', states: ['ready', 'queued'] })).map((run) => run.id),
      ).toEqual([id]);
    });

    it('lets nobody approve what they asked for, and tells only them why', async () => {
      const { run, card } = await asked();
      await answer('anna', card, 'demo');
      expect((await see('anna', /druga osoba|second person/, driver.approvals, (one) => one.private)).private).toBe(
        true,
      );
      expect(await refused(run)).toEqual(['approval.same-person']);
      expect(openGate((await world.store.runs.load(run))!)).toBeDefined();
    });

    it('lets a second person approve who types the name of the cluster, and says everywhere who it was', async () => {
      const { run, card } = await asked();
      await answer('piotr', card, 'dmeo');
      await see('piotr', /demo/, driver.approvals, (one) => one.private);
      expect((await world.store.runs.load(run))?.state).toBe('waiting');
      await answer('piotr', card, 'demo');
      await see(reader('piotr'), /Piotr/, driver.approvals, (one) => became(card)(one) && isClosed(one));
      await world.hand.record(run, ...THE_REST);
      const result = await see(
        reader('anna'),
        /two jest teraz serwerem podstawowym/,
        driver.ops,
        (one) => one.text.includes(run) && (one.alerts || !can.shared),
      );
      expect(result.id).not.toBe(card.id);
    });

    it('takes one decision when two press at the same moment, and a double click is one', async () => {
      const { run, card } = await asked();
      const forms = await Promise.all(
        (['piotr', 'ewa'] as const).map(
          async (who) => [who, formOf(await driver.press(who, card, labelled(card, /Zatwierd|Approve/)))] as const,
        ),
      );
      await Promise.all(forms.map(([who, form]) => driver.submit(who, form, { name: 'demo' })));
      expect(await refused(run)).toEqual(['approval.already-decided']);
      const trail = await world.store.audit.read(run);
      expect(trail.filter(({ event }) => event.type === 'gate-decided')).toHaveLength(1);
    });

    it('rejects with a reason that whoever asked can read', async () => {
      const { run, card } = await asked();
      await answer('piotr', card, 'first call the clinic', /Odm|Reject/);
      await see('anna', /first call the clinic/);
      expect((await world.store.runs.load(run))?.gate?.decision?.verdict).toBe('rejected');
    });

    it.each(STRANGERS)('takes nothing from a %s', async (stranger) => {
      const { run, card } = await asked();
      // Nothing comes by itself to the screen of somebody who could not decide.
      expect(can.shared || (await find(stranger, new RegExp(run))) === undefined).toBe(true);
      const { form } = can.shared ? await driver.press(stranger, card, labelled(card, /Zatwierd|Approve/)) : {};
      if (form) await driver.submit(stranger, form, { name: 'demo' });
      await driver.type(stranger, `approve ${run} demo`);
      expect((await refused(run))[0]).toBe('approval.unlinked');
      expect((await world.store.runs.load(run))?.state).toBe('waiting');
    });

    it('counts roles as they are when the decision is made, not when the card was drawn', async () => {
      const { run, card } = await asked();
      const form = formOf(await driver.press('piotr', card, labelled(card, /Zatwierd|Approve/)));
      world.revoke('piotr');
      await driver.submit('piotr', form, { name: 'demo' });
      expect(await refused(run)).toEqual(['approval.not-approver']);
      expect((await world.store.runs.load(run))?.state).toBe('waiting');
    });

    it('answers an old button with the truth: after expiry, after a decision elsewhere, after a restart', async () => {
      const { run, card } = await asked();
      await world.store.runs.apply(run, {
        type: 'gate-decided',
        number: 1,
        decision: {
          verdict: 'rejected',
          by: { person: 'ewa', platform: 'terminal' },
          at: new Date().toISOString(),
          note: 'no',
        },
        at: new Date().toISOString(),
        by: { person: 'ewa', platform: 'terminal' },
      });
      await world.restart();
      if (can.lasting) await answer('piotr', card, 'demo');
      else await driver.type('piotr', `approve ${run} demo`);
      expect(await refused(run)).toEqual(['approval.already-decided']);
      expect((await see('piotr', /Ewa/, driver.approvals, (one) => one.private)).private).toBe(true);
    });

    it('goes on with the same messages after a restart in the middle, and doubles none', async () => {
      const { run, card } = await asked();
      const standing = async (): Promise<readonly string[]> =>
        (await driver.screen('jan', driver.ops)).filter(({ text }) => text.includes(run)).map(({ id }) => id);
      const before = await standing();
      await world.stop();
      await world.store.runs.apply(run, {
        type: 'gate-decided',
        number: 1,
        decision: {
          verdict: 'granted',
          by: { person: 'piotr', platform: 'terminal' },
          at: new Date().toISOString(),
          envelope: 'x',
        },
        at: new Date().toISOString(),
        by: { person: 'piotr', platform: 'terminal' },
      });
      await world.start();
      if (!can.lasting) await driver.type('piotr', `run ${run}`);
      await see(
        reader('piotr'),
        /Piotr/,
        driver.approvals,
        (one) => one.text.includes(run) && isClosed(one) && (!can.lasting || one.id === card.id),
      );
      expect((await standing()).slice(0, before.length)).toEqual(before);
    });

    onTheWay?.('does not double a message whose answer got lost', async () => {
      wire().faults.loseNextAnswer();
      const { run } = await asked();
      const cards = (await driver.screen('jan', driver.approvals)).filter((one) => one.text.includes(run));
      expect(cards).toHaveLength(1);
    });

    onTheWay?.('tells once that a message was deleted, and asks again where a question was', async () => {
      const there = wire();
      const { run, card } = await asked();
      await there.remove(card);
      await world.hand.record(run, {
        type: 'refused',
        what: 'approve',
        error: { code: 'approval.wrong-name', params: { expected: 'demo' } },
      });
      const again = await cardOf(run, driver.approvals);
      expect(again.id).not.toBe(card.id);
    });

    it('takes the buttons away when the time is over, and says so', async () => {
      const { run, card } = await asked();
      await world.store.runs.apply(run, fact({ type: 'gate-expired', number: 1 }, SYSTEM, minutes(16)));
      const closed = await see(
        reader('piotr'),
        /Nikt nie zdecydował w porę/,
        driver.approvals,
        (one) => became(card)(one) && isClosed(one),
      );
      expect(closed.buttons).toEqual([]);
    });

    onTheWay?.for(['rateLimit', 'outage'] as const)('shows the final state after a %s', async (fault) => {
      const { faults } = wire();
      const { run, card } = await asked();
      faults[fault](2_000);
      await world.store.runs.apply(run, fact({ type: 'gate-expired', number: 1 }, SYSTEM, minutes(16)));
      const closed = await see('jan', /./, driver.approvals, (one) => one.id === card.id && isClosed(one));
      expect(closed.text).toContain(run);
    });

    it('shows hostile text as text: nobody is called, nothing is a link', async () => {
      await driver.type('anna', 'check "<!channel> @everyone $(reboot) [x](http://evil) `y`"');
      const told = await see('anna', /everyone/);
      expect(told.private).toBe(true);
      expect(told.alerts).toBe(false);
    });
  });
}

/** Nobody can decide on it any more. */
function isClosed({ buttons }: Seen): boolean {
  return !buttons.some((label) => /Zatwierd|Approve|Odm|Reject/.test(label));
}

function formOf({ form }: Reaction): SeenForm {
  if (!form) throw new Error('no form opened');
  return form;
}

function labelled({ buttons }: Seen, text: RegExp): string {
  return buttons.find((label) => text.test(label)) ?? String(text);
}
