import type { Host } from '../../../domain/inventory.ts';
import type { Ask, Attempt } from '../../../domain/step.ts';
import { attempt } from '../../../domain/step.ts';

/**
 * Asks a host that may be dead. A login to a dead host takes many seconds to give up; a knock on its port (from the jump host, where
 * there is one) tells in one or two, also when a kept connection has not noticed yet.
 */
export async function askIfItAnswers<Value>(
  ask: Ask,
  host: Host,
  question: () => Promise<Value>,
): Promise<Attempt<Value>> {
  const { port } = host.transport;
  const knock = await attempt(ask.reach(host.id, port));
  if (!knock.ok) return knock;
  if (knock.value) return attempt(question());
  return { ok: false, error: { code: 'host.unreachable', params: { host: host.id, detail: `port ${port}` } } };
}
