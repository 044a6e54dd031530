import { generateKeyPairSync } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { plotPng } from '../../src/adapters/plot/png.ts';
import type { Store } from '../../src/adapters/store/open-store.ts';
import { openLinkBook } from '../../src/bot/link-book.ts';
import { runCli } from '../../src/cli/program.ts';
import type { CliServices, CliWorld } from '../../src/cli/services.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { RUNBOOKS } from '../../src/runbooks/registry.ts';
import { people } from '../bot/people.ts';
import { openDisplay } from '../fakes/terminal/display.ts';

const keys = generateKeyPairSync('ed25519');

export interface Typed {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Services over a real store; everything about the machine says what the test gives it. */
export function servicesOver(
  store: Store,
  over: Partial<CliServices> = {},
  inventory: Inventory = people(),
): CliServices {
  return {
    version: '1.2.3',
    runbooks: RUNBOOKS,
    async openOffice() {
      const links = await openLinkBook(store.links, () => inventory);
      return {
        inventory: () => links.inventory(),
        links,
        runs: store.runs,
        audit: store.audit,
        watch: store.watch,
        signingKey: keys.privateKey,
        wake: { advance: () => undefined },
        paint: plotPng,
        close() {
          links.close();
          return Promise.resolve();
        },
      };
    },
    serve: () => Promise.resolve(),
    health: () => Promise.resolve(),
    examine: () => Promise.resolve([]),
    checkInventory: () => Promise.resolve([]),
    inventorySchema: () => ({ type: 'object' }),
    generateKeys: () => Promise.resolve({ signing: '/keys/s.pem', verifying: '/keys/v.pem' }),
    ...over,
  };
}

/** Types a command line into a pipe's end of the world. */
export async function type(services: CliServices, line: string, over: Partial<CliWorld> = {}): Promise<Typed> {
  const out = openDisplay({ isTTY: false });
  const err = openDisplay({ isTTY: false });
  const world: CliWorld = {
    stdin: new PassThrough(),
    stdout: out.output,
    stderr: err.output,
    language: 'en',
    colour: false,
    interrupted: new AbortController().signal,
    ...over,
  };
  const argv = line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
  const exit = await runCli(services, world, argv);
  return { exit, out: out.written(), err: err.written() };
}
