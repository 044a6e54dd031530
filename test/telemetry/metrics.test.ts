import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { createMetrics, METRICS } from '../../src/telemetry/metrics.ts';
import type { Scratch } from '../adapters/store/scratch.ts';
import { embeddedStore } from '../adapters/store/scratch.ts';
import { handOn, THE_REST } from '../bot/hand.ts';
import { fact, minutes, request, wait } from '../contracts/run-store.ts';
import { PIOTR } from '../domain/runs.ts';

/** Samples of ours as a scraper reads them. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith('zapas_'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

const done = (sample: ReadonlyMap<string, number>): number => sample.get('zapas_steps_total{outcome="done"}') ?? 0;

describe('the figures of the bot', () => {
  let scratch: Scratch;
  let metrics: Metrics;
  beforeAll(async () => {
    scratch = await embeddedStore();
    metrics = createMetrics({ version: '1.2.3', figures: scratch.store.figures });
  });
  afterAll(async () => await scratch.remove());
  const read = async (): Promise<ReadonlyMap<string, number>> => samplesOf(await metrics.text());

  it('tell what the store knows, which a restart does not set back', async () => {
    const run = await wait(scratch.store);
    const sample = await read();
    expect(sample.get('zapas_store_up')).toBe(1);
    expect(sample.get('zapas_info{version="1.2.3"}')).toBe(1);
    expect(sample.get('zapas_runs{state="waiting"}')).toBe(1);
    expect(sample.get('zapas_approvals_open')).toBe(1);
    const denied = { code: 'approval.wrong-name', params: { expected: '"type":"step-failed"' } } as const;
    await scratch.store.runs.apply(run.id, fact({ type: 'refused', what: 'approve', error: denied }));
    const decision = { verdict: 'rejected', by: PIOTR, at: minutes(1), note: 'no' } as const;
    await scratch.store.runs.apply(run.id, fact({ type: 'gate-decided', number: 1, decision }, PIOTR));
    const later = await read();
    expect(later.get('zapas_approvals_open')).toBe(0);
    expect(later.get('zapas_approvals_total{outcome="rejected"}')).toBe(1);
    expect(later.get('zapas_approvals_total{outcome="refused"}')).toBe(1);
    expect(later.get('zapas_steps_total{outcome="failed"}')).toBe(0);
    expect(later.get('zapas_runs{state="cancelled"}')).toBe(1);
    const restarted = createMetrics({ version: '1.2.3', figures: scratch.store.figures });
    expect(samplesOf(await restarted.text()).get('zapas_approvals_total{outcome="refused"}')).toBe(1);
  });

  it('count each step once, however often they are read', async () => {
    const asked = request({ runbook: 'check', cluster: 'steps', mutating: false });
    const { run } = await scratch.store.runs.request(asked);
    const hand = handOn(scratch.store, 'steps');
    await scratch.store.runs.admit();
    const before = await read();
    await hand.record(run.id, ...THE_REST.slice(0, 2));
    await read();
    const after = await read();
    expect(done(after) - done(before)).toBe(1);
    expect(after.get('zapas_queue_depth')).toBe(1);
  });

  it('tell how soon people were answered and messages shown', async () => {
    metrics.onAck('slack', 40);
    metrics.onAck('slack', 4_000);
    metrics.onDelivery('discord', 900, 'final');
    metrics.onSlow('slack');
    metrics.onRefused('discord', 'rate-limited');
    const sample = await read();
    expect(sample.get('zapas_ack_seconds_bucket{le="0.05",platform="slack"}')).toBe(1);
    expect(sample.get('zapas_ack_seconds_bucket{le="3",platform="slack"}')).toBe(1);
    expect(sample.get('zapas_ack_seconds_count{platform="slack"}')).toBe(2);
    expect(sample.get('zapas_delivery_lag_seconds_bucket{le="1",platform="discord",priority="final"}')).toBe(1);
    expect(sample.get('zapas_slow_answers_total{platform="slack"}')).toBe(1);
    expect(sample.get('zapas_refused_messages_total{platform="discord",kind="rate-limited"}')).toBe(1);
    expect(await metrics.text()).toContain('process_resident_memory_bytes');
  });

  it('are missing rather than wrong while the store is away', async () => {
    const away = createMetrics({ version: '1', figures: { read: () => Promise.reject(new Error('away')) } });
    const sample = samplesOf(await away.text());
    expect(sample.get('zapas_store_up')).toBe(0);
    expect([...sample.keys()].filter((name) => /runs|depth|approvals|steps/.test(name))).toEqual([]);
  });

  it('are all in the operations guide, in both languages', async () => {
    const text = await metrics.text();
    for (const [name, { labels }] of Object.entries(METRICS)) {
      expect(text).toContain(`# TYPE ${name} `);
      for (const guide of ['web.md', 'web.pl.md']) {
        const page = await readFile(new URL(`../../docs/operations/${guide}`, import.meta.url), 'utf8');
        const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
        expect([guide, name, labels.filter((label) => !row?.includes(`\`${label}\``))]).toEqual([guide, name, []]);
        expect(row).toBeDefined();
      }
    }
  });
});
