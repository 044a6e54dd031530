import { defineConfig } from 'vitest/config';

/** Long runs on the lab that have scripts of their own: `npm run test:crash`, `npm run test:switchover`. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.soak.ts'],
    testTimeout: 600_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
