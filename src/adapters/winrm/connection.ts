import type { Connection } from '../gateway/contracts.ts';
import { type ClientLimits, WinrmClient } from './client/client.ts';
import type { Endpoint } from './endpoint.ts';
import { opsError } from './ops-error.ts';
import { MAX_ANSWER_BYTES } from './wsman/answers.ts';

/** What a host stands with its default quotas, and what people stand waiting for. */
export const DEFAULT_LIMITS: ClientLimits = {
  connectMs: 8_000,
  maxReplyBytes: MAX_ANSWER_BYTES,
  links: 8,
  linkIdleMs: 60_000,
  graceMs: 15_000,
  refusedMs: 30_000,
  shells: 4,
  shellIdleMs: 60_000,
  operationMs: 30_000,
  quotaWaitsMs: [500, 1000, 2000, 4000],
  cleanUpMs: 5_000,
  pollMs: 20_000,
  maxOutputBytes: 64 * 1024 * 1024,
};

/**
 * A kept link to one Windows host over WinRM: logged in at the first command, up to four shells, opened anew after it was
 * lost. The rendered text is what `cmd /c` gets.
 *
 * @param host id of the host, for errors
 * @param endpoint fetches address and secrets; called at the first command, and again after `close`
 */
export function createWinrmConnection(
  host: string,
  endpoint: () => Promise<Endpoint>,
  limits: ClientLimits = DEFAULT_LIMITS,
): Connection {
  let client: Promise<{ readonly client: WinrmClient; readonly endpoint: Endpoint }> | undefined;

  const opened = (): NonNullable<typeof client> => {
    client ??= endpoint().then(
      (found) => ({ client: new WinrmClient(found, limits), endpoint: found }),
      (error: unknown) => {
        client = undefined;
        throw error;
      },
    );
    return client;
  };

  return {
    async exec(command, signal) {
      const { client, endpoint } = await opened();
      const { text, stdin, timeoutMs } = command;
      try {
        return await client.run({ command: text, env: {}, timeoutMs, ...(stdin && { stdin }) }, signal);
      } catch (error) {
        const user = endpoint.login.kind === 'certificate' ? 'certificate' : endpoint.login.user;
        throw opsError(error, { host, address: endpoint.host, port: endpoint.port, user });
      }
    },
    async close() {
      const closing = client;
      client = undefined;
      await closing?.then((held) => held.client.close()).catch(() => undefined);
    },
  };
}
