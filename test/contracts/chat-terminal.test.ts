import { openTerminalDriver } from '../fakes/terminal/driver.ts';
import { chatPlatformContract } from './chat-platform.ts';

chatPlatformContract('a terminal', openTerminalDriver, false);
