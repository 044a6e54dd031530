/**
 * Writes the documents that are derived from the code: `npm run docs`. With `--check` it writes nothing and fails when one of
 * them is out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inventoryJsonSchema } from '../src/config/load.ts';
import { commandsPage } from './docs/commands.ts';
import { configurationPage } from './docs/configuration.ts';
import { errorsPage } from './docs/errors.ts';
import { hazardsPage } from './docs/hazards.ts';
import { manualCoveragePage } from './docs/manual-coverage.ts';

const ROOT = join(import.meta.dirname, '..');

const pages: Readonly<Record<string, () => string>> = {
  'docs/manual-coverage.md': manualCoveragePage,
  'docs/errors.md': errorsPage,
  'docs/hazards.md': hazardsPage,
  'docs/commands.md': commandsPage,
  'docs/configuration.md': configurationPage,
  'docs/zapas.schema.json': () => `${JSON.stringify(inventoryJsonSchema(), null, 2)}\n`,
};

function current(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

const stale = Object.entries(pages).filter(([path, render]) => current(path) !== render());
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is out of date: run npm run docs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, render] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), render());
    console.log(`wrote ${path}`);
  }
}
