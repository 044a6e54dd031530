import { describe, expect, it } from 'vitest';
import { reportFile } from '../../../src/bot/incident/file.ts';
import type { Language } from '../../../src/domain/inventory.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { second } from '../../domain/watches.ts';
import { contextIn } from '../drawings.ts';
import { failedSwitchover, failover, incidentOf } from './incidents.ts';

/** The golden files are the reports themselves; the HTML ones open in a browser. */
const LANGUAGES: readonly Language[] = ['en', 'pl'];
const lacking: string[] = [];
const STORIES = {
  failover: () => incidentOf(failover()),
  'failed-switchover': () => incidentOf(failedSwitchover(), { alerts: [] }),
} as const;

describe.each(LANGUAGES)('an incident report (%s)', (language) => {
  const context = { ...contextIn(language, (key) => lacking.push(key)), now: new Date(second(7_200)) };

  it.each(Object.entries(STORIES))('of a %s', async (name, make) => {
    const incident = make();
    for (const format of ['html', 'md'] as const) {
      const file = reportFile(context, incident, format, createRedactor());
      expect(file.name).toBe(`zapas-${incident.run.runbook}-demo-k7m29qtx.${format}`);
      await expect(Buffer.from(file.content).toString()).toMatchFileSnapshot(`./golden/${name}.${language}.${format}`);
    }
  });

  it('lacks no value', () => {
    expect(lacking).toEqual([]);
  });
});
