import type { Host } from '../../domain/inventory.ts';

/** What is done on a host's own system: steps say what, the acts in this folder say how. */
export function onFamily<Value>(
  host: Pick<Host, 'os'>,
  ways: { readonly posix: () => Value; readonly windows: () => Value },
): Value {
  return host.os === 'windows' ? ways.windows() : ways.posix();
}
