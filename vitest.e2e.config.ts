import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** About how many seconds the longer files take; parts that are equally long end together. */
const SECONDS: Readonly<Record<string, number>> = {
  failover: 255,
  faults: 170,
  watch: 140,
  setup: 120,
  redirect: 100,
  approvals: 95,
  refusals: 75,
  hosts: 70,
  firewalls: 60,
  rebuild: 60,
};
const SHORT = 35;

function secondsOf({ moduleId }: TestSpecification): number {
  return SECONDS[basename(moduleId, '.e2e.ts')] ?? SHORT;
}

/** Deals the files out, the longest first, each to the part that is the shortest so far. */
class EvenParts extends BaseSequencer {
  override shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { index = 1, count = 1 } = this.ctx.config.shard ?? {};
    const parts = Array.from({ length: count }, () => ({ seconds: 0, files: [] as TestSpecification[] }));
    const byName = files.toSorted((one, other) => one.moduleId.localeCompare(other.moduleId));
    for (const file of byName.toSorted((one, other) => secondsOf(other) - secondsOf(one))) {
      const shortest = parts.reduce((best, part) => (part.seconds < best.seconds ? part : best));
      shortest.seconds += secondsOf(file);
      shortest.files.push(file);
    }
    return Promise.resolve(parts[index - 1]?.files ?? []);
  }
}

/** End-to-end tests share one pair of lab hosts, so they run one file after the other. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    setupFiles: ['test/patience.ts'],
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
    sequence: { sequencer: EvenParts },
  },
});
