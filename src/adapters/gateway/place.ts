import { OpsError } from '../../domain/errors.ts';
import type { Host } from '../../domain/inventory.ts';

/** Adds the host to an error that does not name one itself: `host`, `address`, `port`, `login`. */
export async function at<Value>({ id, address, transport }: Host, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof OpsError) || 'host' in error.params) throw error;
    const place = { host: id, address, port: transport.port, login: transport.user };
    throw new OpsError(error.code, { ...place, ...error.params }, error.cause ?? error);
  }
}
