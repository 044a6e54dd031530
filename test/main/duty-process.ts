import { createInterface } from 'node:readline';
import { openStore } from '../../src/adapters/store/open-store.ts';
import { keepDuty } from '../../src/main/duty.ts';

/** A process of its own that says when it serves and when it no longer does; ends in order when its input ends. */
const [, , dataDir = ''] = process.argv;
const store = await openStore({ dataDir });
const say = (word: string): void => void process.stdout.write(`${word}\n`);
const duty = await keepDuty(
  store.roles,
  () => {
    say('serves');
    return Promise.resolve({ stop: () => Promise.resolve(say('stopped')) });
  },
  { info: () => undefined, warn: (_, message) => say(message), error: (_, message) => say(message) },
);
createInterface({ input: process.stdin }).once('close', () => {
  void duty
    .stop()
    .then(() => store.close())
    .then(() => process.exit(0));
});
