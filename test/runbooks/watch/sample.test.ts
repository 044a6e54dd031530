import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/domain/watch.ts';
import { WATCH_SETTINGS } from '../../../src/domain/watch.ts';
import { judge } from '../../../src/domain/watch-judge.ts';
import { readiness } from '../../../src/domain/watch-readiness.ts';
import { probeHost } from '../../../src/runbooks/watch/probe.ts';
import type { Look } from '../../../src/runbooks/watch/sample.ts';
import { sampleOf } from '../../../src/runbooks/watch/sample.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/facts/watch.host');
const AT = '2026-11-23T02:16:00.000Z';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What a real host of the lab answered. */
function look(host: string, fixture: string): Look {
  const { args, result } = JSON.parse(readFileSync(join(FIXTURES, `${fixture}.json`), 'utf8'));
  const raw = { code: result.code, stdout: bytes(result.stdout), stderr: bytes(result.stderr) };
  return { host, look: { ok: true, value: probeHost.parse(raw, args) } };
}

const silent: Look = {
  host: 'primary',
  look: { ok: false, error: { code: 'host.unreachable', params: { detail: 'port 22' } } },
};

const seen = (primary: Look, standby: Look): Sample =>
  sampleOf({ cluster: 'demo', at: AT, primary, standby, port: false, busy: false });
const causes = (sample: Sample): readonly string[] =>
  judge(sample, [], new Date(AT), WATCH_SETTINGS).flatMap(({ conditions }) => conditions.map(({ id }) => id));

describe('what real hosts answered, as one sample', () => {
  it('of a pair that replicates: everything is known, nothing is wrong', () => {
    const sample = seen(look('primary', 'primary'), look('standby', 'standby'));
    expect(sample).toMatchObject({
      streaming: true,
      ready: 'accepting',
      heard: 'alive',
      replay: 'not paused',
      parameters: [],
      swapped: false,
      lag: { receiveBytes: 0, replayBytes: 0, replaySeconds: 0 },
      slot: { active: true, walStatus: 'reserved', boundBytes: 1_073_741_824, safeBytes: 1_090_519_040 },
      primary: { starts: true, server: { writable: true, timeline: 1, version: '17.12' } },
      standby: { starts: true, server: { writable: false, timeline: 1, version: '17.12' } },
    });
    expect(causes(sample)).toEqual([]);
    const ready = readiness(sample, [], new Date(AT), WATCH_SETTINGS);
    expect(ready).toMatchObject({ verdict: 'yes', fine: ready.items.length });
  });

  it('of a primary whose process was killed', () => {
    const sample = seen(look('primary', 'killed'), look('standby', 'standby-alone'));
    expect(sample).toMatchObject({ ready: 'silent', heard: 'dead', streaming: false });
    expect(causes(sample)).toEqual(['primary.silent']);
  });

  it('of a primary whose host is gone; the standby says what it could do', () => {
    const sample = seen(silent, look('standby', 'standby-alone'));
    expect(causes(sample)).toEqual(['primary.silent']);
    expect(readiness(sample, [], new Date(AT), WATCH_SETTINGS).verdict).toBe('yes');
  });

  it('of a standby that was never set up', () => {
    expect(causes(seen(look('primary', 'primary'), look('standby', 'absent')))).toEqual(['standby.absent']);
  });

  it('of roles that somebody swapped by hand: who takes writes is the primary', () => {
    const sample = seen(look('standby', 'standby'), look('primary', 'primary'));
    expect(sample).toMatchObject({ swapped: true, primary: { host: 'primary' }, standby: { host: 'standby' } });
  });
});
