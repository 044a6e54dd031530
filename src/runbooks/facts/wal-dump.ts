import { joinPath, programIn } from '../paths.ts';
import { parseLsn, walFileName } from '../postgres/lsn.ts';
import type { ServerArgs } from './postgres.ts';

/** A point of a server's WAL, from which pg_waldump is to read on. */
export interface WalArgs extends Pick<ServerArgs, 'binDir' | 'dataDir' | 'serviceAccount'> {
  readonly timeline: number;
  readonly from: string;
  readonly segmentBytes: number;
}

/** What its scripts need: pg_waldump, where the WAL is, the timeline, where to begin, and the segment that has it. */
export function dumpValues({ binDir, dataDir, timeline, from, segmentBytes }: WalArgs): readonly string[] {
  const segment = walFileName(timeline, parseLsn(from), segmentBytes);
  return [programIn(binDir, 'pg_waldump'), joinPath(dataDir, 'pg_wal'), String(timeline), from, segment];
}
