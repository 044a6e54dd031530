import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorRef } from '../../domain/errors.ts';
import { errorRef } from '../../domain/errors.ts';
import type { Host } from '../../domain/inventory.ts';
import type { HostGateway } from '../../domain/ports.ts';
import type { Attempt } from '../../domain/step.ts';
import { type HostLook, type ProbeArgs, probeHost } from '../../runbooks/watch/probe.ts';

/** A host that is well answers sooner; then it is knocked whether there is anybody. Milliseconds. */
const KNOCK_AFTER_MS = 1_500;
/** A host that is there, but does not get done. */
const GIVE_UP_MS = 15_000;

/**
 * Asks one host in one round trip. Why there is no answer is an answer, after a bounded time: a host nobody is at costs three seconds,
 * also when a kept connection has not noticed yet.
 */
export async function lookAt(
  host: Host,
  gateway: HostGateway,
  args: ProbeArgs,
  stopping: AbortSignal,
): Promise<Attempt<HostLook>> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, stopping, AbortSignal.timeout(GIVE_UP_MS)]);
  const asked = ask(gateway, args, signal);
  const silent = knock(host, gateway, signal);
  try {
    const answer = await Promise.race([asked, silent]);
    return answer ?? (await asked);
  } finally {
    over.abort();
  }
}

async function ask(gateway: HostGateway, args: ProbeArgs, signal: AbortSignal): Promise<Attempt<HostLook>> {
  try {
    const result = await gateway.ask(probeHost.read[gateway.family](args), signal);
    return { ok: true, value: probeHost.parse(result, args) };
  } catch (error) {
    const { code, params } = errorRef(error);
    return code === 'exec.aborted' ? refused({ code: 'exec.timeout', params: {} }) : refused({ code, params });
  }
}

/** Undefined: somebody is there, or only the login can tell. */
async function knock(
  { id, transport }: Host,
  gateway: HostGateway,
  signal: AbortSignal,
): Promise<Attempt<HostLook> | undefined> {
  try {
    await pause(KNOCK_AFTER_MS, undefined, { signal });
    if ((transport.kind === 'ssh' && transport.jump !== undefined) || (await gateway.reach(transport.port, signal)))
      return undefined;
    return refused({ code: 'host.unreachable', params: { host: id, detail: `port ${transport.port}` } });
  } catch {
    // It answered meanwhile.
    return undefined;
  }
}

function refused(error: ErrorRef): Attempt<HostLook> {
  return { ok: false, error };
}
