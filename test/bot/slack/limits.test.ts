import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/bot/platforms/slack/limits.ts';
import { TIER_OF } from '../../fakes/slack/pace.ts';
import { RULES } from '../../fakes/slack/rules.ts';
import { slackSamples } from './specs.ts';

/** Slack publishes no schema of Block Kit any more; the documentation inside its own types is the strongest source there is. */
const TYPES = join(import.meta.dirname, '../../../node_modules/@slack/types/dist');
const sources = ['views.d.ts', ...readdirSync(join(TYPES, 'block-kit')).map((name) => join('block-kit', name))]
  .filter((name) => name.endsWith('.d.ts'))
  .map((name) => readFileSync(join(TYPES, name), 'utf8'))
  .join('\n');

/** What Slack writes above `Interface.field`, as one line. */
function documentation(path: string): string {
  const [name = '', field = ''] = path.split('.');
  const body = new RegExp(String.raw`interface ${name}\b[^{]*\{([\s\S]*?)\n\}`).exec(sources)?.[1] ?? '';
  const above = new RegExp(String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*${field}\??:`).exec(body)?.[1] ?? '';
  return above.replaceAll(/\s*\n\s*\*\s*/g, ' ');
}

const documented = Object.entries(LIMITS).flatMap(([name, limit]) =>
  'types' in limit ? [[name, limit.types, limit.max] as const] : [],
);

describe("Slack's limits", () => {
  it.each(documented)('%s is what @slack/types says of %s: %d', (_name, path, max) => {
    expect(documentation(path)).toMatch(new RegExp(String.raw`\b${max}\b`));
  });

  it('are each named by a source', () => {
    const nameless = Object.entries(LIMITS).filter(([, limit]) => !('types' in limit) && !('source' in limit));
    expect(nameless).toEqual([]);
    expect(documented.length).toBeGreaterThan(15);
  });

  it.each(Object.entries(RULES).filter(([path]) => path !== 'ContextBlock.elements'))(
    'the fake refuses beyond what @slack/types says of %s: %d',
    (path, max) => {
      expect(documentation(path)).toMatch(new RegExp(String.raw`\b${max}\b`));
    },
  );
});

describe.skipIf(!slackSamples)("Slack's tiers", () => {
  it("are in the fake as in Slack's own list", () => {
    const official = slackSamples?.tiers() ?? {};
    const named = Object.fromEntries(Object.keys(TIER_OF).map((method) => [method, official[method]]));
    expect(TIER_OF).toEqual(named);
  });
});
