import { describe } from 'vitest';
import { hasChromium } from '../fakes/web/chromium.ts';
import { openWebDriver } from '../fakes/web/driver.ts';
import { chatPlatformContract } from './chat-platform.ts';

if (!hasChromium()) console.warn('SKIPPED: the web console in a browser; install the Debian package chromium');

describe.skipIf(!hasChromium())('in a browser', () => {
  chatPlatformContract('the web console', openWebDriver);
});
