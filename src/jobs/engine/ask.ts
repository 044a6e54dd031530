import { createHash, randomBytes } from 'node:crypto';
import { OpsError } from '../../domain/errors.ts';
import type { ClusterStore, HostGateway, Secrets } from '../../domain/ports.ts';
import type { Redactor } from '../../domain/redact.ts';
import { Secret } from '../../domain/secret.ts';
import type { Ask } from '../../domain/step.ts';

/** What answers come from. */
export interface AskSources {
  readonly cluster: string;
  /** Throws `config.invalid` for a host the run has no business with. */
  readonly gateway: (host: string) => HostGateway;
  readonly secrets: Secrets;
  readonly clusters: ClusterStore;
  readonly now: () => Date;
  /** Ends every question. */
  readonly signal: AbortSignal;
}

/** Answers the steps' questions; remembers each answer until something was changed. */
export interface Asker {
  /** The {@link Ask} of one step. Every secret it hands out is registered with all the redactors. */
  forStep(step: string, redactors: readonly Redactor[]): Ask;
  /** Forgets every answer: the world has changed, or time has passed. */
  forget(): void;
  /** The step whose questions were put before its turn came, when the answers that are remembered are such. */
  ahead: string | undefined;
}

/**
 * An asker for one claim. A question is keyed by host, fact and arguments; the same question asked again, also while the first
 * is under way, is put to the host once. A failure is an answer like any other: one silent host costs one timeout, not one
 * per fact that needs it.
 */
export function createAsker(sources: AskSources): Asker {
  const answers = new Map<string, Promise<unknown>>();

  const once = <Value>(key: string, question: () => Promise<Value>): Promise<Value> => {
    const known = answers.get(key);
    // Only this function writes the map, and a key names one kind of answer.
    if (known) return known as Promise<Value>;
    const asked = question();
    // Whoever asked may have failed meanwhile for another reason, and no longer wait for this: it must not end the worker.
    asked.catch(() => undefined);
    answers.set(key, asked);
    return asked;
  };

  const forStep = (step: string, redactors: readonly Redactor[]): Ask => {
    const register = (secret: Secret): Secret => {
      for (const redactor of redactors) redactor.add(secret.reveal());
      return secret;
    };
    return {
      fact: (host, fact, args) =>
        once(`fact ${host} ${fact.id} ${argumentsKey(args)}`, () =>
          placed({ host, step }, async () => {
            const gateway = sources.gateway(host);
            const result = await gateway.ask(fact.read[gateway.family](args), sources.signal);
            return fact.parse(result, args);
          }),
        ),
      reach: (host, port) =>
        once(`reach ${host} ${port}`, () =>
          placed({ host, step }, () => sources.gateway(host).reach(port, sources.signal)),
        ),
      secret: async (ref) => register(await placed({ step }, () => sources.secrets.get(ref))),
      random: (bytes) => register(new Secret(randomBytes(bytes).toString('base64url'))),
      now: sources.now,
      lastSighting: () => sources.clusters.lastSighting(sources.cluster),
      lastRehearsal: (host) => sources.clusters.lastRehearsal(sources.cluster, host),
    };
  };
  return {
    forStep,
    ahead: undefined,
    forget() {
      answers.clear();
      this.ahead = undefined;
    },
  };
}

/** Adds where it happened to an error that does not say so itself. */
export async function placed<Value>(
  place: Readonly<Record<string, string>>,
  act: () => Promise<Value>,
): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof OpsError) throw new OpsError(error.code, { ...place, ...error.params }, error);
    throw error;
  }
}

/** Equal arguments give equal text; secrets count by their value but do not stand in it. */
function argumentsKey(args: unknown): string {
  const canonical = (value: unknown): unknown => {
    if (value instanceof Secret) return { secret: createHash('sha256').update(value.reveal()).digest('hex') };
    if (Array.isArray(value)) return value.map(canonical);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, member]) => [key, canonical(member)]),
    );
  };
  return JSON.stringify(canonical(args)) ?? '';
}
