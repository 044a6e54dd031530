import { describe, expect, it } from 'vitest';
import { createMeter } from '../../../src/jobs/engine/progress.ts';

describe('the progress of a job', () => {
  it('of pg_basebackup is bytes, with the time left from the rate so far', () => {
    const meter = createMeter('basebackup');
    expect(meter.read('pg_basebackup: initiating base backup\n', 0)).toBeUndefined();
    meter.read('    0/10240 kB (0%), 0/1 tablespace\n', 0);
    expect(meter.read(' 1024/10240 kB (10%), 0/1 tablespace\r', 1_000)).toEqual({
      done: 1_048_576,
      total: 10_485_760,
      unit: 'bytes',
      etaSeconds: 9,
    });
  });

  it('never passes its total: the estimate may have been too low (H33)', () => {
    const measure = createMeter('basebackup').read('2048/1024 kB (100%), 0/1 tablespace\n', 0);
    expect(measure).toMatchObject({ done: 2_097_152, total: 2_097_152 });
  });

  it('reads no number that is still being written, in whatever pieces the output comes', () => {
    const meter = createMeter('basebackup');
    expect(meter.read(' 1024/10240 kB (1', 0)).toBeUndefined();
    expect(meter.read('0%), 0/1 tablespace', 0)).toBeUndefined();
    expect(meter.read('\n', 0)).toMatchObject({ done: 1_048_576 });
  });

  it('in percent is the last one printed', () => {
    const meter = createMeter('percent');
    expect(meter.read('10%\n 55.2 %\r', 0)).toEqual({ done: 55, total: 100, unit: 'percent' });
    expect(meter.read('nothing new\n', 0)).toMatchObject({ done: 55 });
  });

  it('is not guessed for a job that prints none', () => {
    expect(createMeter(undefined).read('50%\n', 0)).toBeUndefined();
  });
});
