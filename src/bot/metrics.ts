import type { Priority } from './lane.ts';

/** What is counted of the bot. Called often, so it only counts. */
export interface BotMetrics {
  /** Something a person did was answered, so many milliseconds after it came in. */
  onAck(platform: string, milliseconds: number): void;
  /** There was no answer in time: the person was told so, and gets it later. */
  onSlow(platform: string): void;
  /** A message is up to date again, so many milliseconds after it had to be written. */
  onDelivery(platform: string, lagMs: number, priority: Priority): void;
  /** A platform did not take a message. */
  onRefused(platform: string, kind: 'rate-limited' | 'gone' | 'unavailable'): void;
}

/** For processes that nobody asks for figures. */
export const NO_METRICS: BotMetrics = {
  onAck: () => undefined,
  onSlow: () => undefined,
  onDelivery: () => undefined,
  onRefused: () => undefined,
};
