import { vi } from 'vitest';

/** Long enough on any machine; a test that is right never waits it out. */
const TIMEOUT_MS = 25_000;
const { waitFor } = vi;

// One second, as vitest has it, would make tests depend on how fast the machine is. For `expect.poll` the configuration says so.
vi.waitFor = (check, options = {}) =>
  waitFor(check, typeof options === 'number' ? options : { timeout: TIMEOUT_MS, ...options });
