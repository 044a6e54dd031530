/**
 * 20 runs that change five times a second for two minutes and end at the same moment, shown by the real adapters over the fake Slack and
 * the fake Discord: calls made against the allowance, and how late every end is on the screens. All of them in one channel, then
 * each in a channel of its own; then the same with both refusing everything half of the time, where an end cannot be shown before
 * the platform takes anything again. Needs no lab. See bench/README.md.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Layout } from '../src/bot/layout.ts';
import type { ChatPlatform, Place } from '../src/bot/platform.ts';
import { createScreenDeliveries } from '../src/bot/platforms/terminal/deliveries.ts';
import { createPublisher } from '../src/bot/publisher.ts';
import type { Card } from '../src/domain/card.ts';
import type { ChatDriver } from '../test/contracts/chat-driver.ts';
import { openDiscordDriver } from '../test/fakes/discord/driver.ts';
import { driverOver, openWorkspace, platformOver } from '../test/fakes/slack/driver.ts';
import { median } from './figures.ts';

const RUNS = Array.from({ length: 20 }, (_, index) => `r${index}`);
const SECONDS = 120;
const PER_SECOND = 5;
/** Refused and accepted in turns of that length. */
const TURN_MS = 5_000;
const LONGEST_SETTLING_MS = 180_000;

/** What went out on one platform. */
interface Meter {
  readonly driver: ChatDriver;
  readonly platform: ChatPlatform;
  /** Where each run is shown. */
  readonly places: ReadonlyMap<string, Place>;
  readonly calls: number[];
  /** Those that the account's allowance counts. */
  readonly edits: number[];
  /** When the end of that card was on the screen. */
  readonly ended: Map<string, number>;
}

/** A workspace that rations as Slack does, and a channel for each run. */
async function openSlack(): Promise<Meter> {
  const fake = await openWorkspace();
  const driver = driverOver(fake);
  const places = RUNS.map((run) => {
    const id = `C0${run.toUpperCase()}`;
    fake.world.channels.set(id, { id, name: run, isPrivate: false, member: true, archived: false, shared: false });
    return [run, { platform: 'slack', channel: id }] as const;
  });
  return meterOf(driver, platformOver(fake), new Map(places));
}

async function openDiscord(): Promise<Meter> {
  const driver = await openDiscordDriver();
  const places = RUNS.map(
    (run) => [run, { platform: 'discord', channel: driver.fake.world.addChannel(run).id }] as const,
  );
  return meterOf(driver, driver.restarted(), new Map(places));
}

function meterOf(driver: ChatDriver, platform: ChatPlatform, places: Meter['places']): Meter {
  const [calls, edits]: [number[], number[]] = [[], []];
  const ended = new Map<string, number>();
  const counted = async <Result>(card: Card, call: () => Promise<Result>): Promise<Result> => {
    calls.push(Date.now());
    const result = await call();
    if (card.tone === 'success' && !ended.has(card.id)) ended.set(card.id, Date.now());
    return result;
  };
  return {
    driver,
    places,
    calls,
    edits,
    ended,
    platform: {
      ...platform,
      publish: (place, card, key) => counted(card, () => platform.publish(place, card, key)),
      update(ref, card) {
        edits.push(Date.now());
        return counted(card, () => platform.update(ref, card));
      },
    },
  };
}

interface Moment {
  readonly rev: number;
  readonly over: boolean;
  readonly apart: boolean;
}

function layoutOf(meters: readonly Meter[], run: string, { rev, over, apart }: Moment): Layout {
  const card = (id: string): Card => ({
    id,
    rev,
    tone: over ? 'success' : 'progress',
    title: `${run}: ${rev}`,
    blocks: [],
    buttons: [],
    fallback: run,
  });
  const messages = meters.flatMap(({ driver: { ops }, places }) => {
    const place = (apart ? places.get(run) : undefined) ?? ops;
    return [
      { place, card: card(`run:${run}`), priority: over ? 'final' : 'progress' } as const,
      ...(over ? [{ place, card: { ...card(`result:${run}`), alerts: true }, priority: 'result' } as const] : []),
    ];
  });
  return { messages, over };
}

async function play(title: string, { refusing, apart }: { refusing: boolean; apart: boolean }): Promise<void> {
  const meters = await Promise.all([openSlack(), openDiscord()]);
  let [rev, over, refusedUntil] = [0, false, 0];
  const publisher = createPublisher({
    platforms: meters.map(({ platform }) => platform),
    deliveries: createScreenDeliveries(),
    draw: (run) => Promise.resolve(layoutOf(meters, run, { rev, over, apart })),
    warn: () => undefined,
  });
  const refuse = (): void => {
    if (!refusing) return;
    refusedUntil = Date.now() + TURN_MS;
    for (const { driver } of meters) driver.faults.rateLimit(TURN_MS);
  };
  refuse();
  const turns = setInterval(refuse, 2 * TURN_MS);
  const tell = (): void => {
    rev += 1;
    for (const run of RUNS) publisher.changed(run);
  };
  for (let time = 0; time < SECONDS * PER_SECOND; time += 1) {
    tell();
    await pause(1_000 / PER_SECOND);
  }
  over = true;
  // What ends while everything is refused can be shown when the refusal is over.
  const possibleAt = Math.max(Date.now(), refusedUntil);
  tell();
  await Promise.race([publisher.settled(), pause(LONGEST_SETTLING_MS)]);
  clearInterval(turns);
  await publisher.stop();
  console.log(`${title}: ${RUNS.length * SECONDS * PER_SECOND} changes`);
  for (const meter of meters) report(meter, possibleAt);
  await Promise.all(meters.map(({ driver }) => driver.close()));
}

function report({ driver, platform, calls, edits, ended }: Meter, possibleAt: number): void {
  const lag = (ids: readonly string[]): number =>
    Math.min(...ids.map((id) => ended.get(id) ?? Number.POSITIVE_INFINITY)) - possibleAt;
  const ends = RUNS.map((run) => lag([`run:${run}`, `result:${run}`]));
  const results = RUNS.map((run) => lag([`result:${run}`]));
  const busiest = Math.max(...edits.map((from) => edits.filter((at) => at >= from && at < from + 60_000).length));
  const lost = RUNS.flatMap((run) => [`run:${run}`, `result:${run}`]).filter((id) => !ended.has(id));
  console.log(
    [
      `  ${driver.name}: ${calls.length} calls, ${busiest} edits in the busiest minute of ${platform.can.perMinute} allowed`,
      `end on the screen after ${median(ends)} ms (median), ${Math.max(...ends)} ms (last)`,
      `result as a message of its own after ${median(results)} ms (median), ${Math.max(...results)} ms (last)`,
      `${lost.length} lost, ${driver.violations().length} rules broken`,
    ].join('; '),
  );
}

for (const refusing of [false, true])
  for (const apart of [false, true])
    await play(
      `${refusing ? 'refused half of the time' : 'undisturbed'}, ${apart ? 'each run in a channel of its own' : 'all in one channel'}`,
      { refusing, apart },
    );
