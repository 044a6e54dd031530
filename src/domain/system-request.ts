import type { Cluster } from './inventory.ts';
import type { RunEvent } from './run.ts';
import { SYSTEM } from './run.ts';

/**
 * Asks, in the machinery's own name, that the server without the primary's role is fenced: for whoever sees an old primary answer.
 * The run waits for nobody (ADR 8), and does nothing where it is not proven that the other server is the primary. `occasion` names what
 * was seen, such as the moment the ghost was first seen: asked again for the same one, there is still one run.
 */
export function fenceRequest(
  cluster: Pick<Cluster, 'id' | 'site'>,
  { id, occasion, at }: { readonly id: string; readonly occasion: string; readonly at: string },
): RunEvent & { readonly type: 'requested' } {
  return {
    type: 'requested',
    id,
    asked: `fence ${cluster.id} ${occasion}`,
    runbook: 'fence',
    cluster: cluster.id,
    site: cluster.site,
    mutating: true,
    options: {},
    at,
    by: SYSTEM,
  };
}
