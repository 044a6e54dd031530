import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createSender } from '../../../src/jobs/queue/sender.ts';

const wanted = (id: string) => ({ id, runbook: 'failover', mutating: true }) as const;

describe('the sender of wake-ups', () => {
  it('never makes anybody wait, and remembers a bounded number while the queue is away', async () => {
    const sent: string[] = [];
    const back = new EventEmitter();
    const away = once(back, 'again');
    const sender = createSender(async ({ id }) => {
      await away;
      sent.push(id);
    });
    for (let n = 0; n < 5_000; n += 1) expect(sender.advance(wanted(`run-${n}`))).toBeUndefined();
    back.emit('again');
    await sender.idle();
    expect(sent.length).toBeLessThanOrEqual(1_001);
    expect(sent.slice(0, 3)).toEqual(['run-0', 'run-1', 'run-2']);
  });

  it('sends one that is asked for many times at once a few times at most', async () => {
    const sent: string[] = [];
    const sender = createSender(async ({ id }) => {
      await Promise.resolve();
      sent.push(id);
    });
    for (let n = 0; n < 100; n += 1) sender.advance(wanted('run'));
    await sender.idle();
    expect(sent.length).toBeGreaterThanOrEqual(1);
    expect(sent.length).toBeLessThanOrEqual(2);
  });

  it('goes on after one that could not be sent', async () => {
    const sent: string[] = [];
    const sender = createSender(({ id }) => {
      if (id === 'bad') return Promise.reject(new Error('away'));
      sent.push(id);
      return Promise.resolve();
    });
    for (const id of ['bad', 'good']) sender.advance(wanted(id));
    await sender.idle();
    expect(sent).toEqual(['good']);
  });
});
