import type { WatchStore } from '../../../src/domain/watch-store.ts';

/** A watch that never saw anything. */
export const NO_WATCH: Pick<
  WatchStore,
  'latest' | 'openAlerts' | 'alert' | 'alertsBetween' | 'history' | 'putAlert' | 'watchAlerts'
> = {
  latest: () => Promise.resolve([]),
  openAlerts: () => Promise.resolve([]),
  alert: () => Promise.resolve(undefined),
  alertsBetween: () => Promise.resolve([]),
  history: () => Promise.resolve([]),
  putAlert: () => Promise.resolve(false),
  watchAlerts: () => Promise.resolve(() => Promise.resolve()),
};
