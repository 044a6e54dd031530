/**
 * Who may import whom. The lists are the architecture; `npm run lint` and `test/architecture.test.ts` hold the code to it.
 *
 * `main` may import everything. A package named in `SDK_HOMES` may be imported only below those folders of `src`.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  runbooks: ['domain'],
  adapters: ['domain'],
  jobs: ['domain', 'runbooks'],
  bot: ['domain', 'runbooks', 'i18n'],
  i18n: ['domain'],
  config: ['domain'],
  telemetry: ['domain'],
  cli: ['domain', 'runbooks', 'i18n', 'bot', 'config'],
};

const SDK_HOMES: Readonly<Record<string, readonly string[]>> = {
  ssh2: ['adapters/ssh'],
  pg: ['adapters/store'],
  'node-pg-migrate': ['adapters/store'],
  bullmq: ['jobs/queue'],
  ioredis: ['jobs/queue'],
  commander: ['cli'],
  pino: ['telemetry'],
  'intl-messageformat': ['i18n'],
  yaml: ['config'],
  'fast-xml-parser': ['adapters/winrm'],
  '@slack/bolt': ['bot/platforms/slack'],
  '@slack/web-api': ['bot/platforms/slack'],
  undici: ['bot/platforms/slack'],
  'discord.js': ['bot/platforms/discord'],
  'prom-client': ['telemetry'],
  '@resvg/resvg-js': ['adapters/plot'],
  'node:child_process': ['adapters/local', 'adapters/store'],
};

/** What `src/domain` and `src/runbooks` may not touch: they are pure. */
const IMPURE = /^node:(fs|http|https|tls|dns|os|timers|child_process|worker_threads)(\/|$)/;
const PURE_LAYERS = ['domain', 'runbooks'];

export interface Violation {
  readonly file: string;
  readonly imports: string;
  readonly reason: string;
}

/** The rules that the imports of one source file break. `file` is relative to `src/`, e.g. `bot/decide.ts`. Pure. */
export function checkImports(file: string, source: string): readonly Violation[] {
  const [layer = ''] = file.split('/');
  if (layer === 'main') return [];
  const allowed = LAYERS[layer];
  if (!allowed) return [{ file, imports: '', reason: `src/${layer} is no layer of the architecture` }];
  return importsOf(source).flatMap((imports) => {
    const reason = imports.startsWith('.')
      ? wrongLayer(file, layer, allowed, imports)
      : wrongPackage(file, layer, imports);
    return reason ? [{ file, imports, reason }] : [];
  });
}

function importsOf(source: string): readonly string[] {
  return [...source.matchAll(/^\s*(?:import|export)\s[^;]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gms)].map(
    ([, from, dynamic]) => from ?? dynamic ?? '',
  );
}

function wrongLayer(file: string, layer: string, allowed: readonly string[], imports: string): string | undefined {
  const target = new URL(imports, `file:///src/${file}`).pathname.replace(/^\/src\//, '');
  const [targetLayer = ''] = target.split('/');
  if (targetLayer === layer || allowed.includes(targetLayer)) return undefined;
  return `src/${layer} may import ${allowed.join(', ') || 'nothing of ours'}, not ${targetLayer}`;
}

function wrongPackage(file: string, layer: string, imports: string): string | undefined {
  if (PURE_LAYERS.includes(layer) && IMPURE.test(imports)) return `src/${layer} does no I/O`;
  const name = Object.keys(SDK_HOMES).find((sdk) => imports === sdk || imports.startsWith(`${sdk}/`));
  const homes = name === undefined ? undefined : SDK_HOMES[name];
  if (!homes || homes.some((home) => file.startsWith(`${home}/`))) return undefined;
  return `${name} belongs to ${homes.map((home) => `src/${home}`).join(' or ')} alone`;
}
