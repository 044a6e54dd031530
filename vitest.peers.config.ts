import { defineConfig } from 'vitest/config';

/** Against other people's implementations: needs Debian packages, so it is no part of the ordinary tests. */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.peer.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
