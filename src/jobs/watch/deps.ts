import type { Inventory } from '../../domain/inventory.ts';
import type { ClusterStore, Hosts, RunStore, WakeUps } from '../../domain/ports.ts';
import type { WatchSettings } from '../../domain/watch.ts';
import type { AlertSettings } from '../../domain/watch-alert.ts';
import type { WatchStore } from '../../domain/watch-store.ts';
import type { Log } from '../engine/deps.ts';
import type { Timetable } from '../queue/timetable.ts';

/** What the watch needs of the world. */
export interface WatchDeps {
  readonly inventory: Inventory;
  readonly hosts: Hosts;
  readonly clusters: Pick<ClusterStore, 'roles' | 'saw'>;
  readonly runs: Pick<RunStore, 'list' | 'request'>;
  readonly wake: WakeUps;
  readonly watch: WatchStore;
  readonly timetable: Timetable;
  readonly now: () => Date;
  readonly log: Log;
  readonly settings: WatchSettings;
  readonly alerts: AlertSettings;
}
