import { generateKeyPairSync } from 'node:crypto';
import { plotPng } from '../../src/adapters/plot/png.ts';
import type { Store } from '../../src/adapters/store/open-store.ts';
import type { BotDeps } from '../../src/bot/bot.ts';
import { createBot } from '../../src/bot/bot.ts';
import type { LinkBook } from '../../src/bot/link-book.ts';
import { openLinkBook } from '../../src/bot/link-book.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Run, RunEvent } from '../../src/domain/run.ts';
import { isFinal, SYSTEM } from '../../src/domain/run.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import type { Hand } from '../bot/hand.ts';
import { handOn } from '../bot/hand.ts';
import { people } from '../bot/people.ts';
import { ANNA } from '../domain/runs.ts';
import type { Actor, AnyDriver, Chair } from './chat-driver.ts';
import { fact } from './run-store.ts';

/** The real bot over the adapters of some drivers, or people at programs of their own, a real store, and a worker whose every move the test makes. */
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

export async function openChatWorld(store: Store, drivers: readonly AnyDriver[]): Promise<ChatWorld> {
  const hand = handOn(store);
  const warnings: string[] = [];
  const lacking: string[] = [];
  let inventory = inventoryFor(drivers);
  let running: { stop(): Promise<void> } | undefined;
  const stop = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    await ending?.stop();
  };
  const start = async (): Promise<void> => {
    const links = await openLinkBook(store.links, () => inventory);
    const chair = chairOver({ store, links, warnings, lacking });
    const platforms = drivers.flatMap((driver) => ('sit' in driver ? [] : [driver.restarted()]));
    const bot =
      platforms.length > 0
        ? createBot({ ...chair, platforms, ...UNMEASURED, deliveries: store.deliveries })
        : undefined;
    const seats = await Promise.all(drivers.flatMap((driver) => ('sit' in driver ? [driver.sit(chair)] : [])));
    running = {
      async stop() {
        await Promise.all([bot?.stop(), ...seats.map((seat) => seat.stand())]);
        links.close();
      },
    };
    await bot?.start();
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

function chairOver({
  store,
  links,
  warnings,
  lacking,
}: Pick<ChatWorld, 'store' | 'warnings' | 'lacking'> & { readonly links: LinkBook }): Chair {
  return {
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
    warn: (fields, message) => warnings.push(`${message} ${JSON.stringify(fields)}`),
  };
}

const UNMEASURED: Pick<BotDeps, 'metrics'> = {
  metrics: {
    onAck: () => undefined,
    onSlow: () => undefined,
    onDelivery: () => undefined,
    onRefused: () => undefined,
  },
};

/** The people of the tests with their accounts on these platforms, and these platforms' channels. */
export function inventoryFor(drivers: readonly AnyDriver[]): Inventory {
  return withDrivers(people(), drivers);
}

/** That inventory with these platforms' channels, and those of its people who act in the suite with their accounts there. */
export function withDrivers(known: Inventory, drivers: readonly AnyDriver[]): Inventory {
  const accountsOf = (actor: Actor): Record<string, string> =>
    Object.fromEntries(drivers.map((driver) => [driver.platform.id, driver.account(actor)]));
  const linked = LINKED.flatMap((actor) => {
    const person = known.people[actor];
    return person ? [[actor, { ...person, accounts: { terminal: actor, ...accountsOf(actor) } }] as const] : [];
  });
  const platforms = drivers.flatMap(({ platform, ops, approvals }) => {
    const settings = SETTINGS[platform.id];
    const channels = { ops: ops.channel, approvals: approvals.channel };
    return settings ? [[platform.id, { ...settings, channels }] as const] : [];
  });
  return { ...known, people: Object.fromEntries(linked), platforms: Object.fromEntries(platforms) };
}

const SETTINGS: Readonly<Record<string, object>> = {
  slack: { botToken: 'env:SLACK', appToken: 'env:APP', mode: 'socket', listen: '127.0.0.1:3000', team: 'T0TEAM' },
  discord: { token: 'env:DISCORD', application: '100000000000000001', guild: '100000000000000002' },
  web: { listen: '127.0.0.1:0' },
};
