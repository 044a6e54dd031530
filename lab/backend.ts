import type { Machine } from './machine.ts';
import type { BackendName, LabOptions, LabState } from './state.ts';
import type { Volume } from './volume.ts';

/** What differs between the two ways to make hosts. */
export interface Backend {
  readonly name: BackendName;
  /** What a new lab gets where nothing was asked for. */
  readonly defaults: LabOptions;
  /** The programs it needs, with the Debian package of each. */
  readonly needs: Readonly<Record<string, string>>;
  /** The shared root file system; builds it where there is none. */
  base(say: (line: string) => void): Promise<string>;
  machine(state: LabState, host: string): Machine;
  volume(state: LabState, host: string): Volume;
  /** Hosts of a lab that run, whatever the lab's own records say. */
  running(state: LabState): readonly string[];
}
