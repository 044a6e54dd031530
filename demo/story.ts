/** `npm run demo`: the whole story on the lab's hosts; every command is typed for real and shown with its own output. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stdout } from 'node:process';
import { labInventory } from '../lab/inventory.ts';
import type { Lab } from '../lab/lab.ts';
import { openLab } from '../lab/lab.ts';
import { closeClinic, countMissing, openClinic, readLedger } from './clinic.ts';
import { handOver } from './interactive.ts';
import type { Office } from './zapas.ts';
import { ask, startOffice, type } from './zapas.ts';

/** `zapas` ends with this code when a person has to decide. */
const WAITING = 3;
const CLUSTER = 'demo';

const lab = openLab();
const home = await mkdtemp(join(tmpdir(), 'zapas-demo-'));
await chmod(home, 0o755);
const office: Office = { inventory: join(home, 'zapas.yaml'), data: join(home, 'data') };
await writeFile(office.inventory, labInventory(lab));
await expectCode(0, 'keys', 'generate');
await expectCode(0, 'doctor');
const running = startOffice(office);
try {
  await openClinicAfter(() => setUp(office));
  if (process.argv.includes('--interactive')) await handOver(office, lab.name);
  else await failOver(office, lab);
} finally {
  await closeClinic(lab);
  await running.stop();
  await rm(home, { recursive: true, force: true });
}

async function openClinicAfter(setUpFirst: () => Promise<void>): Promise<void> {
  await setUpFirst();
  await openClinic(lab);
}

async function setUp(at: Office): Promise<void> {
  say('A clinic has two servers: one runs its database, the other is bare. Do they fit the manual?');
  await expectCode(0, 'run', 'check', CLUSTER, '--as', 'anna');
  say(
    'They do. Anna sets replication up. The licence (M01) only a person can see; the restart of the primary (M10) she confirms.',
  );
  await expectCode(WAITING, 'run', 'setup', CLUSTER, '--as', 'anna');
  const run = await newestRun(at);
  await expectCode(WAITING, 'attest', run, '--as', 'anna');
  await expectCode(0, 'confirm', run, '--as', 'anna');
  say('The standby follows. How do the two stand, and what does its log say?');
  await expectCode(0, 'run', 'status', CLUSTER, '--as', 'anna');
  await expectCode(0, 'run', 'logs', CLUSTER, '--as', 'anna', '--host', 'standby');
}

async function failOver(at: Office, clinic: Lab): Promise<void> {
  await writesGoOn(clinic);
  const before = await readLedger(clinic);
  say(`The clinic works: ${before.acknowledged} visits booked so far. Now its primary dies (kill -9).`);
  await clinic.killPostgres('primary');
  say('Anna asks for the failover. Nothing happens to the servers before a second person has approved.');
  await expectCode(WAITING, 'run', 'failover', CLUSTER, '--as', 'anna');
  const run = await newestRun(at);
  say('She cannot approve her own request, although she is an approver.');
  await expectRefusal('approve', run, '--as', 'anna', '--name', CLUSTER);
  say('Piotr reads the card, types the name of the cluster, and approves exactly this plan.');
  await expectCode(0, 'approve', run, '--as', 'piotr', '--name', CLUSTER, '--note', 'primary is dead');
  await writesGoOn(clinic);
  const after = await readLedger(clinic);
  const missing = await countMissing(clinic, 'standby');
  say(
    `The clinic works again: ${after.acknowledged} visits booked, none between two of them for ${(after.longestGap / 1000).toFixed(1)} s` +
      ` (people's time included); acknowledged visits missing on the new primary: ${missing}.`,
  );
  say('Who did what, and has anybody touched the record?');
  await expectCode(0, 'audit', 'show', run);
  await expectCode(0, 'audit', 'verify');
}

/** Waits until the workstation has booked further visits. */
async function writesGoOn(clinic: Lab): Promise<void> {
  const { acknowledged } = await readLedger(clinic);
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await readLedger(clinic)).acknowledged >= acknowledged + 10) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the clinic cannot book visits');
}

async function newestRun(at: Office): Promise<string> {
  const [newest] = await ask<readonly { readonly id: string }[]>(at, 'runs', '--as', 'anna');
  if (!newest) throw new Error('there is no run');
  return newest.id;
}

async function expectCode(code: number, ...args: readonly string[]): Promise<void> {
  const typed = await type(office, ...args);
  if (typed.code !== code) throw new Error(`zapas ${args.join(' ')} ended with ${typed.code}, expected ${code}`);
}

async function expectRefusal(...args: readonly string[]): Promise<void> {
  const typed = await type(office, ...args);
  if (typed.code < 40 || typed.code > 41)
    throw new Error(`zapas ${args.join(' ')} ended with ${typed.code}, expected a refusal`);
}

function say(line: string): void {
  stdout.write(`\n\u001b[36m# ${line}\u001b[0m\n`);
}
