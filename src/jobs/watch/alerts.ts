import { randomBytes } from 'node:crypto';
import type { Sample } from '../../domain/watch.ts';
import type { Alert } from '../../domain/watch-alert.ts';
import { observe } from '../../domain/watch-alert.ts';
import type { SubjectVerdict } from '../../domain/watch-judge.ts';
import { sightingsOf } from '../../runbooks/watch/sample.ts';
import type { WatchDeps } from './deps.ts';

/** Somebody is quicker this often in a row only when something is wrong. */
const TRIES = 5;

/** Lets a sample count for the alerts of its cluster. True: one of them waits to be confirmed. */
export async function countSample(
  deps: WatchDeps,
  site: string,
  sample: Sample,
  verdicts: readonly SubjectVerdict[],
): Promise<boolean> {
  const known = await deps.watch.newestAlerts(sample.cluster);
  const unsure = await Promise.all(
    verdicts.map((verdict) =>
      count(
        deps,
        site,
        sample,
        verdict,
        known.find(({ subject }) => subject === verdict.subject),
      ),
    ),
  );
  return unsure.includes(true);
}

async function count(
  deps: WatchDeps,
  site: string,
  sample: Sample,
  verdict: SubjectVerdict,
  known: Alert | undefined,
): Promise<boolean> {
  const { watch, log, alerts } = deps;
  const { cluster, at } = sample;
  const seen = { at, cluster, site, verdict, sightings: verdict.subject === 'primary' ? sightingsOf(sample) : [] };
  let before = known;
  for (let turn = 0; turn < TRIES; turn += 1) {
    const { alert, events } = observe(before, seen, alerts, newAlertId);
    if (alert === before) return false;
    if (await store(deps, before, alert)) {
      for (const event of events)
        log.info({ cluster, alert: alert?.id, cause: alert?.conditions[0]?.id }, `alert ${event}`);
      return alert !== undefined && alert.state !== 'open' && alert.bad > 0;
    }
    const now = await watch.newestAlerts(cluster);
    before = now.find(({ subject }) => subject === verdict.subject);
  }
  log.warn({ cluster, subject: verdict.subject }, 'an alert could not be written; the next sample counts');
  return false;
}

function store({ watch }: WatchDeps, before: Alert | undefined, after: Alert | undefined): Promise<boolean> {
  if (after) return watch.putAlert(after, before?.id === after.id ? before.version : 0);
  return before ? watch.dropAlert(before.id, before.version) : Promise.resolve(true);
}

/** Short enough to be typed, and no run's: those have no such first letter. */
function newAlertId(): string {
  return `a-${randomBytes(4).toString('hex')}`;
}
