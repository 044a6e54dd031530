import { describe, expect, it } from 'vitest';
import { Seats } from '../../../src/adapters/ssh/seats.ts';

const patient = new AbortController().signal;

describe('seats', () => {
  it('are given in the order of asking', async () => {
    const seats = new Seats(1);
    const seen: string[] = [];
    const leave = await seats.take(patient);
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      const stand = await seats.take(patient);
      seen.push(name);
      stand();
    });
    expect(seen).toEqual([]);
    leave();
    await Promise.all(waiting);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('one who gives up waiting takes none and loses none', async () => {
    const seats = new Seats(1);
    const leave = await seats.take(patient);
    const caller = new AbortController();
    const impatient = seats.take(caller.signal);
    const next = seats.take(patient);
    caller.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'exec.aborted' });
    leave();
    (await next)();
    (await seats.take(patient))();
    await expect(seats.take(AbortSignal.abort())).rejects.toMatchObject({ code: 'exec.aborted' });
  });
});
