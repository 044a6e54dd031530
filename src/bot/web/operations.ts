import type { Health } from '../platform.ts';
import type { Page, Route } from './http.ts';

/** What `/readyz` asks, by name: the store, the queue, each platform. */
export type Probes = () => Readonly<Record<string, () => Promise<Health>>>;

/** A probe that has not answered after so many milliseconds has failed. */
const PATIENCE_MS = 3_000;

/** Health and figures for the machines that look after this one. They name no person and no cluster. */
export function operationsRoutes(
  probes: Probes,
  metrics: { readonly contentType: string; text(): Promise<string> },
): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', anyHost: true, handle: () => plain(200, 'ok\n') },
    { method: 'GET', path: '/readyz', anyHost: true, handle: () => ready(probes) },
    {
      method: 'GET',
      path: '/metrics',
      anyHost: true,
      handle: async () => ({ type: metrics.contentType, body: await metrics.text() }),
    },
  ];
}

async function ready(probes: Probes): Promise<Page> {
  const results = await Promise.all(
    Object.entries(probes()).map(async ([name, probe]) => ({ name, ok: await answers(probe) })),
  );
  const lines = results.map(({ name, ok }) => `${name}: ${ok ? 'ok' : 'failed'}\n`);
  return plain(results.every(({ ok }) => ok) ? 200 : 503, lines.join(''));
}

/** Details stay in the log: whoever may ask here may be anybody. */
async function answers(probe: () => Promise<Health>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const asked = probe().then(
    ({ ok }) => ok,
    () => false,
  );
  const ok = await Promise.race([asked, late]);
  clearTimeout(timer);
  return ok;
}

function plain(status: number, body: string): Page {
  return { status, type: 'text/plain; charset=utf-8', body };
}
