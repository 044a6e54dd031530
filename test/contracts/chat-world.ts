import { generateKeyPairSync } from 'node:crypto';
import { plotPng } from '../../src/adapters/plot/png.ts';
import type { Store } from '../../src/adapters/store/open-store.ts';
import type { Bot } from '../../src/bot/bot.ts';
import { createBot } from '../../src/bot/bot.ts';
import type { LinkBook } from '../../src/bot/link-book.ts';
import { openLinkBook } from '../../src/bot/link-book.ts';
import type { ChatPlatform } from '../../src/bot/platform.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Run, RunEvent } from '../../src/domain/run.ts';
import { isFinal, SYSTEM } from '../../src/domain/run.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import type { Hand } from '../bot/hand.ts';
import { handOn } from '../bot/hand.ts';
import { people } from '../bot/people.ts';
import { ANNA } from '../domain/runs.ts';
import type { Actor, ChatDriver } from './chat-driver.ts';
import { fact } from './run-store.ts';

/** The real bot over the adapters of some drivers, a real store, and a worker whose every move the test makes. */
export interface ChatWorld {
  /** What the bot's log says; it explains what is not seen. */
  readonly warnings: string[];
  /** Texts that did not get a value they name. */
  readonly lacking: string[];
  readonly store: Store;
  readonly hand: Hand;
  start(): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Takes every role from the person, as an administrator's edit of the inventory does. */
  revoke(person: string): void;
  /** Everybody has their roles again. */
  grant(): void;
  /** Ends every run of the cluster. */
  tidy(): Promise<void>;
}

const LINKED: readonly Actor[] = ['anna', 'piotr', 'ewa', 'jan', 'obcy'];
const keys = generateKeyPairSync('ed25519');

export async function openChatWorld(store: Store, drivers: readonly ChatDriver[]): Promise<ChatWorld> {
  const hand = handOn(store);
  const warnings: string[] = [];
  const lacking: string[] = [];
  let inventory = inventoryFor(drivers);
  let running: { readonly bot: Bot; readonly links: LinkBook } | undefined;
  const stop = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    await ending?.bot.stop();
    ending?.links.close();
  };
  const start = async (): Promise<void> => {
    const links = await openLinkBook(store.links, () => inventory);
    const bot = botOver(
      { store, links, warnings, lacking },
      drivers.map((driver) => driver.restarted()),
    );
    running = { bot, links };
    await bot.start();
  };
  await start();
  return {
    warnings,
    lacking,
    store,
    hand,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
    revoke(person) {
      const { [person]: one, ...others } = inventory.people;
      if (one) inventory = { ...inventory, people: { ...others, [person]: { ...one, roles: [] } } };
    },
    grant() {
      inventory = inventoryFor(drivers);
    },
    async tidy() {
      for (;;) {
        await store.runs.admit();
        const runs = await store.runs.list({ cluster: 'demo' });
        const open = runs.find(({ state }) => !isFinal(state) && state !== 'queued');
        if (!open) return;
        await store.runs.apply(open.id, endOf(open));
      }
    },
  };
}

/** What ends a run from the state it is in. */
function endOf({ state, gate }: Run): RunEvent {
  if (state === 'waiting' && gate) return fact({ type: 'gate-expired', number: gate.number }, SYSTEM, gate.expiresAt);
  if (state === 'attention') return fact({ type: 'settled', verdict: 'abandon' }, ANNA);
  return fact({ type: 'finished', state: 'cancelled' });
}

function botOver(
  { store, links, warnings, lacking }: Pick<ChatWorld, 'store' | 'warnings' | 'lacking'> & { readonly links: LinkBook },
  platforms: readonly ChatPlatform[],
): Bot {
  return createBot({
    platforms,
    deliveries: store.deliveries,
    inventory: () => links.inventory(),
    links,
    runs: store.runs,
    audit: store.audit,
    watch: store.watch,
    paint: plotPng,
    runbooks: RUNBOOKS,
    version: '0.0.0',
    signingKey: keys.privateKey,
    now: () => new Date(),
    // The queue's part is played by hand: what was asked is let in at once.
    wake: { advance: () => void store.runs.admit() },
    onMissing: (key, names) => lacking.push(`${key} lacks ${names.join()}`),
    metrics: {
      onAck: () => undefined,
      onSlow: () => undefined,
      onDelivery: () => undefined,
      onRefused: () => undefined,
    },
    warn: (fields, message) => warnings.push(`${message} ${JSON.stringify(fields)}`),
  });
}

/** The people of the tests with their accounts on these platforms, and these platforms' channels. */
export function inventoryFor(drivers: readonly ChatDriver[]): Inventory {
  return withDrivers(people(), drivers);
}

/** That inventory with these platforms' channels, and those of its people who act in the suite with their accounts there. */
export function withDrivers(known: Inventory, drivers: readonly ChatDriver[]): Inventory {
  const accountsOf = (actor: Actor): Record<string, string> =>
    Object.fromEntries(drivers.map((driver) => [driver.platform.id, driver.account(actor)]));
  const linked = LINKED.flatMap((actor) => {
    const person = known.people[actor];
    return person ? [[actor, { ...person, accounts: { terminal: actor, ...accountsOf(actor) } }] as const] : [];
  });
  const platforms = drivers.map(({ platform, ops, approvals }) => [
    platform.id,
    { ...SETTINGS[platform.id], channels: { ops: ops.channel, approvals: approvals.channel } },
  ]);
  return { ...known, people: Object.fromEntries(linked), platforms: Object.fromEntries(platforms) };
}

const SETTINGS: Readonly<Record<string, object>> = {
  slack: { botToken: 'env:SLACK', appToken: 'env:APP', mode: 'socket', listen: '127.0.0.1:3000', team: 'T0TEAM' },
  discord: { token: 'env:DISCORD', application: '100000000000000001', guild: '100000000000000002' },
  web: { listen: '127.0.0.1:0' },
};
