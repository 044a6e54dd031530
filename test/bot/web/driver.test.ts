import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChatPlatform, Handlers } from '../../../src/bot/platform.ts';
import type { Router } from '../../../src/bot/router.ts';
import { createRouter } from '../../../src/bot/router.ts';
import type { Card } from '../../../src/domain/card.ts';
import { RUNBOOKS } from '../../../src/runbooks/registry.ts';
import type { ChatDriver } from '../../contracts/chat-driver.ts';
import { createMemoryStore } from '../../fakes/run-store.ts';
import { hasChromium } from '../../fakes/web/chromium.ts';
import { openWebDriver } from '../../fakes/web/driver.ts';
import { NO_WATCH } from '../../fakes/web/no-watch.ts';
import { peopleOnTheWeb } from '../../fakes/web/people.ts';

const keys = generateKeyPairSync('ed25519');

const nobody = (): never => {
  throw new Error('not here');
};

function router(): Router {
  const { runs } = createMemoryStore();
  return createRouter({
    inventory: peopleOnTheWeb,
    runs,
    watch: NO_WATCH,
    audit: { verify: () => Promise.resolve({ ok: true, rows: 3, head: 'ab' }), read: () => Promise.resolve([]) },
    links: { offer: nobody, redeem: nobody, remove: nobody },
    runbooks: RUNBOOKS,
    version: '0.0.0',
    signingKey: keys.privateKey,
    now: () => new Date(),
    wake: { advance: () => undefined },
    onMissing: nobody,
    prefix: 'zapas',
  });
}

const QUESTION: Card = {
  id: 'gate:k7m29qtx.1',
  rev: 1,
  tone: 'question',
  title: 'Failover of demo?',
  blocks: [{ kind: 'text', style: 'warning', text: '<b>Up to 4 kB</b> may be lost' }],
  buttons: [
    { verb: 'approve', payload: 'k7m29qtx.1.demo', label: 'Approve …', style: 'primary', opensForm: true },
    { verb: 'show', payload: 'k7m29qtx', label: 'Show', style: 'neutral', opensForm: false },
  ],
  fallback: 'Failover of demo?',
  alerts: true,
};

if (!hasChromium()) console.warn('SKIPPED: the web console in a browser; install the Debian package chromium');

describe.skipIf(!hasChromium())('the web console, in a browser', () => {
  let driver: ChatDriver;
  let platform: ChatPlatform;
  let handlers: Handlers;
  beforeAll(async () => {
    driver = await openWebDriver();
    ({ platform } = driver);
    handlers = router();
    await platform.start(handlers);
  }, 60_000);
  afterAll(async () => {
    await platform.stop();
    await driver.close();
  });

  it('answers a command to whoever typed it, within the second', async () => {
    const { ackMs } = await driver.type('ewa', 'statsu demo');
    expect(ackMs).toBeLessThan(3_000);
    const [told] = await driver.screen('ewa');
    expect(told).toMatchObject({ private: true, alerts: false });
    expect(told?.text).toContain('Did you mean: status?');
    expect(await driver.screen('piotr')).toEqual([]);
    expect(driver.violations()).toEqual([]);
  });

  it('shows a message once, redraws it in place, and keeps its thread', async () => {
    const ref = await platform.publish(driver.ops, QUESTION, 'k');
    expect(await platform.publish(driver.ops, QUESTION, 'k')).toEqual(ref);
    await platform.reply(ref, { ...QUESTION, id: 'detail', title: 'More', buttons: [] }, 'r');
    await platform.upload(ref, { name: 'lag.png', content: new Uint8Array([1, 2]), alt: 'Lag over time' });
    const seen = (await driver.screen('piotr')).filter((one) => !one.private);
    expect(seen).toMatchObject([
      {
        text: 'Failover of demo?\n<b>Up to 4 kB</b> may be lost',
        buttons: ['Approve …', 'Show'],
        alerts: true,
        files: [{ name: 'lag.png', alt: 'Lag over time', bytes: 2 }],
      },
    ]);
    expect(seen[0]?.thread[0]).toContain('More');
    await platform.update(ref, { ...QUESTION, rev: 2, title: 'Closed', buttons: [] });
    const [closed] = (await driver.screen('piotr')).filter((one) => !one.private);
    expect(closed).toMatchObject({ id: seen[0]?.id, buttons: [] });
    expect(closed?.text).toContain('Closed');
  });

  it('opens a form on a button, takes what is typed, and answers old buttons too', async () => {
    const ref = await platform.publish(driver.approvals, QUESTION, 'q');
    const [card] = await driver.screen('piotr', driver.approvals);
    if (!card) throw new Error('no card');
    const { form } = await driver.press('piotr', card, 'Approve …');
    expect(form).toMatchObject({ fields: [{ name: 'name' }, { name: 'note' }] });
    expect(form?.text).toContain('demo');
    if (form) await driver.submit('piotr', form, { name: 'demo' });
    const answers = (await driver.screen('piotr', driver.approvals)).filter((one) => one.private);
    expect(answers.at(-1)?.text).toContain('k7m29qtx');
    await platform.update(ref, { ...QUESTION, rev: 2, buttons: [] });
    for (const actor of ['piotr', 'stranger'] as const) {
      await driver.press(actor, card, 'Show', { twice: true });
      expect((await driver.screen(actor, driver.approvals)).filter((one) => one.private)).not.toEqual([]);
    }
    expect(driver.violations()).toEqual([]);
  });

  it('asks in a form for what a command lacks', async () => {
    const { form } = await driver.type('anna', 'logs');
    expect(form?.fields.find((field) => field.name === 'cluster')?.options).toEqual(['demo']);
    if (form) await driver.submit('anna', form, { cluster: 'demo' });
    const told = await driver.screen('anna');
    expect(told.at(-1)?.text).toContain('demo');
  });

  it('takes a command that arrives twice once', async () => {
    const before = (await driver.screen('jan')).length;
    await driver.type('jan', 'runs', undefined, { twice: true });
    expect((await driver.screen('jan')).length - before).toBe(1);
  });

  it('says that a message is gone, and that the board does not answer', async () => {
    const ref = await platform.publish(driver.ops, QUESTION, 'to-be-removed');
    const message = (await driver.screen('ewa')).findLast((one) => !one.private);
    if (message) await driver.remove(message);
    await expect(platform.update(ref, QUESTION)).rejects.toMatchObject({ kind: 'gone' });
    driver.faults.outage(200);
    await expect(platform.publish(driver.ops, QUESTION, 'later')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('goes on after a restart with what stood there', async () => {
    await platform.stop();
    platform = driver.restarted();
    await platform.start(handlers);
    const [message] = await driver.screen('ewa', driver.approvals);
    expect(message?.text).toContain('Failover of demo?');
    await driver.type('ewa', 'who');
    expect((await driver.screen('ewa')).some((one) => one.private)).toBe(true);
  });
});
