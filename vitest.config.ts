import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/patience.ts'],
    expect: { poll: { timeout: 25_000 } },
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // Most tests wait for real servers, so more of them than cores go at once.
    maxWorkers: 4,
  },
});
