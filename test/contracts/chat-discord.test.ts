import { openDiscordDriver } from '../fakes/discord/driver.ts';
import { chatPlatformContract } from './chat-platform.ts';

chatPlatformContract('Discord', openDiscordDriver);
