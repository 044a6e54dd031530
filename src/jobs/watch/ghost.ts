import { randomBytes } from 'node:crypto';
import type { Cluster } from '../../domain/inventory.ts';
import { fenceRequest } from '../../domain/system-request.ts';
import type { Sample } from '../../domain/watch.ts';
import type { SubjectVerdict } from '../../domain/watch-judge.ts';
import type { WatchDeps } from './deps.ts';

/** While the ghost still acts as a primary it is fenced again so often; within that, one run is enough. */
const AGAIN_MS = 10 * 60_000;

/**
 * Fences an old primary that came back as a primary, at once and before anybody is asked: every minute it takes writes that the
 * new primary does not have (H46, ADR 8). The run itself proves which of the two is the primary, or does nothing.
 */
export async function fenceGhost(
  { runs, wake, log }: Pick<WatchDeps, 'runs' | 'wake' | 'log'>,
  cluster: Cluster,
  { at, primary }: Sample,
  verdicts: readonly SubjectVerdict[],
): Promise<void> {
  const back = verdicts.some(({ conditions }) => conditions.some(({ id }) => id === 'primary.old'));
  if (!back) return;
  const occasion = `${primary.server?.timeline ?? 0} ${Math.floor(Date.parse(at) / AGAIN_MS)}`;
  const asked = await runs.request(fenceRequest(cluster, { id: randomBytes(5).toString('hex'), occasion, at }));
  if (!asked.created) return;
  log.warn({ cluster: cluster.id, run: asked.run.id }, 'an old primary came back; it is fenced');
  wake.advance(asked.run);
}
