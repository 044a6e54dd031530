import { describe, expect, it } from 'vitest';
import type { CardContext } from '../../src/bot/cards/context.ts';
import { messagesOf } from '../../src/bot/messages.ts';
import type { Spot } from '../../src/bot/places.ts';
import { placesOf } from '../../src/bot/places.ts';
import type { Place } from '../../src/bot/platform.ts';
import type { LogReport } from '../../src/domain/report.ts';
import type { Run } from '../../src/domain/run.ts';
import { createTranslator } from '../../src/i18n/translate.ts';
import { after, at, event, granted, ready, waiting } from '../domain/runs.ts';
import { people } from './people.ts';

const inventory = people();
const PLATFORMS: Parameters<typeof placesOf>[1]['platforms'] = {
  slack: {
    botToken: 'env:A',
    mode: 'socket',
    listen: '127.0.0.1:3000',
    team: 'T1',
    channels: { ops: 'C-OPS', approvals: 'C-APP' },
  },
  discord: { token: 'env:B', application: '1', guild: '2', channels: { ops: '11', approvals: '12' } },
};
const ASKED: Place = { platform: 'slack', channel: 'C-ASK' };
const SPOTS: readonly Spot[] = [
  { place: ASKED, roles: ['asked'] },
  { place: { platform: 'slack', channel: 'C-OPS' }, roles: ['ops'] },
  { place: { platform: 'slack', channel: 'C-APP' }, roles: ['approvals'] },
];

const draw = (run: Run, minute = 0): ReturnType<typeof messagesOf> => {
  const t = createTranslator('en', 'UTC', (key) => {
    throw new Error(key);
  });
  const context: CardContext = { t, inventory, now: new Date(at(minute)), prefix: '/zapas' };
  return messagesOf(context, run, undefined, SPOTS);
};
/** Ids of the cards in a channel, new ones only. */
const cards = (run: Run, channel: string, minute = 0): readonly string[] =>
  draw(run, minute)
    .messages.filter(({ place, standing }) => place.channel === channel && !standing)
    .map(({ card }) => card.id);

const places = (over: Partial<Run> = {}, own: { slack?: string; discord?: string } = {}) => {
  const clinic = inventory.sites['clinic'];
  if (!clinic) throw new Error('no clinic');
  const sites = { clinic: { ...clinic, channels: own } };
  return placesOf({ ...ready(), ...over }, { platforms: PLATFORMS, sites }, [ASKED]);
};
const channels = (spots: readonly Spot[]): readonly string[] =>
  spots.map(({ place, roles }) => `${place.channel}: ${roles.join()}`);

/** Minutes after the gate was opened. */
const minuteOf = (moment = Number.NaN): number => (moment - Date.parse(at(0))) / 60_000;

describe('the places of a run', () => {
  it('are where it was asked, and for what changes servers ops and approvals everywhere', () => {
    expect(channels(places())).toEqual(['C-ASK: asked', 'C-OPS: ops', 'C-APP: approvals', '11: ops', '12: approvals']);
    expect(channels(places({ mutating: false }))).toEqual(['C-ASK: asked']);
  });

  it('take the site’s own channel instead of ops, and every channel once', () => {
    expect(channels(places({}, { slack: 'C-ASK', discord: '12' }))).toEqual([
      'C-ASK: asked,ops',
      'C-APP: approvals',
      '12: ops,approvals',
    ]);
  });
});

describe('the messages of a run', () => {
  it('ask for an approval everywhere, and only the approvers’ channel sees nothing else', () => {
    const run = waiting();
    expect(cards(run, 'C-ASK')).toEqual(expect.arrayContaining(['run:r1', 'gate:r1.1']));
    expect(cards(run, 'C-OPS')).toEqual(expect.arrayContaining(['run:r1', 'gate:r1.1']));
    expect(cards(run, 'C-APP')).toEqual(['gate:r1.1']);
  });

  it('warn once, where people decide and where it was asked, from two thirds of the time to its end', () => {
    const run = waiting();
    expect(cards(run, 'C-APP', 9)).toEqual(['gate:r1.1']);
    for (const minute of [10, 14]) {
      expect(cards(run, 'C-APP', minute)).toEqual(['gate:r1.1', 'expiry:r1.1']);
      expect(cards(run, 'C-ASK', minute)).toContain('expiry:r1.1');
      expect(cards(run, 'C-OPS', minute)).not.toContain('expiry:r1.1');
    }
    expect(cards(run, 'C-APP', 15)).toEqual(['gate:r1.1']);
  });

  it('are to be looked at again at half, two thirds and nine tenths of the time', () => {
    const run = waiting();
    expect([0, 8, 11, 14].map((minute) => minuteOf(draw(run, minute).lookAt))).toEqual([7.5, 10, 13.5, Number.NaN]);
  });

  it('keep an answered question right where it stands, and make no new message of it', () => {
    const run = after(waiting(), granted());
    const gate = draw(run, 6).messages.filter(({ card }) => card.id === 'gate:r1.1');
    expect(gate).toHaveLength(3);
    for (const { standing, card } of gate) expect([standing, card.buttons]).toEqual([true, []]);
  });

  it('end with a result that alerts, more urgent than progress, less than the state on the run’s own card', () => {
    const run = after(after(waiting(), granted()), event({ type: 'finished', state: 'failed' }, undefined, 6));
    const { messages, over } = draw(run, 6);
    const here = messages.filter(({ place }) => place.channel === 'C-OPS');
    expect(over).toBe(true);
    expect(here.find(({ card }) => card.id === 'result:r1')).toMatchObject({
      priority: 'result',
      card: { alerts: true },
    });
    expect(here.find(({ card }) => card.id === 'run:r1')?.priority).toBe('final');
  });

  it('say nothing new about what ended more than an hour ago', () => {
    const run = after(after(waiting(), granted()), event({ type: 'finished', state: 'failed' }, undefined, 6));
    expect(cards(run, 'C-OPS', 60)).toContain('result:r1');
    expect(cards(run, 'C-OPS', 70)).toEqual([]);
  });

  it('put the commands and the logs into the thread, long logs as a file, too', () => {
    const excerpt = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const log: LogReport = { kind: 'log', host: 'two', file: 'pg.log', verdict: 'ok', findings: [], excerpt };
    const run: Run = { ...waiting(), reports: [log] };
    const details = draw(run).messages.filter(({ under, place }) => under === 'run:r1' && place.channel === 'C-OPS');
    expect(details).toMatchObject([{ card: { id: 'log:r1.1' }, priority: 'log' }]);
    const [{ file } = {}] = details;
    expect(file?.alt).toContain('30 lines');
    expect(new TextDecoder().decode(file?.content).split('\n')).toEqual([...excerpt, '']);
  });
});
