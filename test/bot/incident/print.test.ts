import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportFile } from '../../../src/bot/incident/file.ts';
import { createRedactor } from '../../../src/domain/redact.ts';
import { second } from '../../domain/watches.ts';
import type { Browser } from '../../fakes/web/chromium.ts';
import { hasChromium, launchChromium } from '../../fakes/web/chromium.ts';
import { contextIn } from '../drawings.ts';
import { failover, incidentOf } from './incidents.ts';

if (!hasChromium()) console.warn('SKIPPED: the report in a browser; install the Debian package chromium');

/** CSS pixels between the margins of an A4 page. */
const A4 = { width: Math.floor(((210 - 28) / 25.4) * 96), height: 1_000 };

describe.skipIf(!hasChromium())('an incident report in a browser', () => {
  let browser: Browser;
  let directory: string;
  let address: string;
  const hostile = `<img src="https://evil.example/x.png" onerror="document.title='taken'">${'x'.repeat(600)}`;

  beforeAll(async () => {
    browser = await launchChromium();
    directory = await mkdtemp(join(tmpdir(), 'zapas-print-'));
    const context = { ...contextIn('pl', () => undefined), now: new Date(second(7_200)) };
    const file = reportFile(context, incidentOf(failover({ excerpt: [hostile] }, hostile)), 'html', createRedactor());
    const path = join(directory, file.name);
    await writeFile(path, file.content);
    address = pathToFileURL(path).href;
  });
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  it('asks for nothing but itself and runs nothing of what it shows', async () => {
    const page = await (await browser.context({ javaScriptEnabled: true })).newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(address);
    expect(asked).toEqual([address]);
    expect(await page.title()).toBe('Raport z przebiegu: Przełączenie awaryjne, demo');
    expect(await page.locator('img').count()).toBe(0);
    await page.context().close();
  });

  it('fits A4: nothing of it stands out at the side, and it prints on several pages', async () => {
    const page = await (await browser.context({ viewport: A4 })).newPage();
    await page.goto(address);
    await page.emulateMedia({ media: 'print' });
    // Chromium shrinks what is too wide for the page, so that nothing would be seen of it in the PDF.
    const scrolled: number = await page.evaluate('document.documentElement.scrollWidth');
    expect(scrolled).toBeLessThanOrEqual(A4.width);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const sizes = [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
    expect(sizes.length).toBeGreaterThan(2);
    // A4 in points.
    expect(sizes.map(([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))])[0]).toEqual([
      595, 842,
    ]);
    await page.context().close();
  });
});
