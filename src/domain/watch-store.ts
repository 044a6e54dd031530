import type { Point, Sample } from './watch.ts';
import type { Alert } from './watch-alert.ts';

/** What the watch remembers: the newest sample of each cluster, a line of history for every sample, and the alerts. */
export interface WatchStore {
  /** Keeps a sample. One that is older than the newest only becomes history. */
  keep(sample: Sample): Promise<void>;
  /** The newest sample of a cluster; of all of them without one. */
  latest(cluster?: string): Promise<readonly Sample[]>;
  /** Oldest first, from that moment (ISO 8601) on; all of it, or one line an hour. */
  history(cluster: string, since: string, grain?: 'hour'): Promise<readonly Point[]>;
  /** Alerts that are not over: of a cluster, or of all of them. */
  openAlerts(cluster?: string): Promise<readonly Alert[]>;
  /** Alerts of the cluster that people were told of and that stood at any moment between the two (ISO 8601), oldest first. */
  alertsBetween(cluster: string, from: string, to: string): Promise<readonly Alert[]>;
  /** The newest alert of each subject of the cluster, also when it is over. */
  newestAlerts(cluster: string): Promise<readonly Alert[]>;
  alert(id: string): Promise<Alert | undefined>;
  /**
   * Writes an alert that was `version` before, or a new one (0). False, and nothing happens, when somebody was quicker: the alert has
   * another version meanwhile, or its subject has another alert that is not over.
   */
  putAlert(alert: Alert, version: number): Promise<boolean>;
  /** Removes an alert that nobody was told of; false when somebody was quicker. */
  dropAlert(id: string, version: number): Promise<boolean>;
  /** Calls back with the id of every alert that people are or were told of and that changed, from any process; returns how to stop. */
  watchAlerts(onChange: (id: string) => void): Promise<() => Promise<void>>;
  /** Thins history older than `fine` to one line an hour, and forgets what is older than `all` (ISO 8601). */
  forget(limits: { readonly fine: string; readonly all: string }): Promise<void>;
}
