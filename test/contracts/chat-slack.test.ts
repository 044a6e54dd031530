import { openSlackDriver } from '../fakes/slack/driver.ts';
import { chatPlatformContract } from './chat-platform.ts';

chatPlatformContract('Slack', openSlackDriver);
