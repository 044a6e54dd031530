import type { Host } from '../../../domain/inventory.ts';
import type { Ask, Attempt } from '../../../domain/step.ts';
import { attempt } from '../../../domain/step.ts';

/**
 * Asks a host that may be dead. A login to a dead host takes many seconds to give up; a knock on its port tells in one or two, also
 * when a kept connection has not noticed yet. Behind a jump host only the login itself can tell.
 */
export async function askIfItAnswers<Value>(
  ask: Ask,
  host: Host,
  question: () => Promise<Value>,
): Promise<Attempt<Value>> {
  const { port, jump } = host.transport;
  if (jump !== undefined || (await ask.reach(host.id, port))) return attempt(question());
  return { ok: false, error: { code: 'host.unreachable', params: { host: host.id, detail: `port ${port}` } } };
}
