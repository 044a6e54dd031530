import { defineConfig } from 'vitest/config';

/** On the lab's Windows hosts, which take minutes to be built once: `npm run test:windows`. */
export default defineConfig({
  test: {
    include: ['test/windows/**/*.windows.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
