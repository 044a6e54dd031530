import type { Layout } from './layout.ts';
import type { Place } from './platform.ts';

/** Something that messages are about: runs, alerts. Its subjects are told from others' by their ids. */
export interface Source {
  owns(subject: string): boolean;
  /** Lays it out as it is now; undefined: there is no such thing. `asked` is where somebody asked for it to be shown. */
  draw(subject: string, asked: readonly Place[]): Promise<Layout | undefined>;
  /** Calls back with every subject that changed, from any process; returns how to stop. */
  watch(onChange: (subject: string) => void): Promise<() => Promise<void>>;
  /** What a starting bot has to look at, beside what stands already. */
  current(): Promise<readonly string[]>;
}
