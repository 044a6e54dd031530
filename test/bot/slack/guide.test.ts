import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { APP_SCOPE, SCOPES } from '../../../src/bot/platforms/slack/manifest.ts';
import { parseInventory } from '../../../src/config/load.ts';
import type { Key } from '../../../src/i18n/catalogue.ts';
import { CATALOGUES } from '../../../src/i18n/catalogue.ts';
import { exampleInventory } from '../../config/example.ts';

const guide = (language: string): string =>
  readFileSync(join(import.meta.dirname, `../../../docs/setup/slack.${language}.md`), 'utf8');

/** The blocks of configuration in the guide. */
function blocks(text: string): readonly string[] {
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
}

/** Its headings, by level and number. */
function outline(text: string): readonly (string | undefined)[] {
  return [...text.matchAll(/^(#+ \d*)/gm)].map(([, head]) => head);
}

describe.each(['en', 'pl'] as const)('the guide to Slack (%s)', (language) => {
  const text = guide(language);

  it('names every right that the manifest asks for', () => {
    const missing = [...Object.keys(SCOPES), APP_SCOPE].filter((scope) => !text.includes(`\`${scope}\``));
    expect(missing).toEqual([]);
  });

  it('shows settings that the inventory takes', () => {
    const settings = blocks(text).filter((block) => 'platforms' in (parse(block) as object));
    expect(settings).toHaveLength(2);
    for (const block of settings) expect(parseInventory(`${block}${exampleInventory}`)).toMatchObject({ ok: true });
    const [people = ''] = blocks(text).filter((block) => 'people' in (parse(block) as object));
    const others = exampleInventory.slice(0, exampleInventory.indexOf('people:'));
    expect(parseInventory(others + people)).toMatchObject({ ok: true });
  });

  it("says what mends each of the doctor's findings", () => {
    const findings: readonly Key[] = [
      'slack.health.refused',
      'slack.health.team',
      'slack.health.scopes',
      'slack.health.sockets',
      'slack.health.channel',
      'slack.health.shared',
    ];
    const lacking = findings.filter((key) => {
      const words = CATALOGUES[language][key].split(/\{\w+\}|[;:(]/).map((part) => part.trim());
      return !words.filter((part) => part.length > 8).some((part) => text.includes(part));
    });
    expect(lacking).toEqual([]);
  });
});

describe('the guides to Slack', () => {
  it('have the same steps and the same settings in both languages', () => {
    expect(outline(guide('pl'))).toEqual(outline(guide('en')));
    expect(blocks(guide('pl'))).toEqual(blocks(guide('en')));
  });
});
