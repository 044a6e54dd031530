import type { Assessment, PrimarySighting } from '../../domain/step.ts';
import type { Session } from './session.ts';
import { stored } from './session.ts';

/** The primary as this assessment saw it alive; undefined when it did not. Pure. */
function sightingIn({ report, evidence }: Pick<Assessment, 'report' | 'evidence'>): PrimarySighting | undefined {
  if (report?.kind === 'status') {
    const { running, role, lsn, timeline } = report.primary;
    if (running && role === 'primary' && lsn !== null && timeline !== null) return { at: report.at, lsn, timeline };
  }
  // What the standby has received is the least that the living primary had written.
  if (evidence?.primaryAlive) return { at: evidence.gatheredAt, lsn: evidence.receiveLsn, timeline: evidence.timeline };
  return undefined;
}

/** Remembers the sighting, if there is one. */
export async function noteSighting(session: Session, seen: Pick<Assessment, 'report' | 'evidence'>): Promise<void> {
  const sighting = sightingIn(seen);
  if (sighting) await stored(() => session.deps.clusters.saw(session.cluster.id, sighting));
}
