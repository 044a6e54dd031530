import { defineConfig } from 'vitest/config';

/** On the lab's Windows hosts, which take minutes to be built once: `npm run test:windows`. */
export default defineConfig({
  test: {
    include: ['test/windows/**/*.windows.ts'],
    setupFiles: ['test/patience.ts'],
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 180_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
