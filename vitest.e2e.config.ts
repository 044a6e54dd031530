import { defineConfig } from 'vitest/config';

/** End-to-end tests share one pair of lab hosts, so they run one file after the other. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
