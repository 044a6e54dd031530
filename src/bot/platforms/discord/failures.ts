import { DiscordAPIError, RateLimitError } from 'discord.js';
import { PlatformError } from '../../platform.ts';

/** docs, JSON error codes. */
export const CODES = {
  unknownChannel: 10_003,
  unknownGuild: 10_004,
  unknownMember: 10_007,
  unknownMessage: 10_008,
  unknownUser: 10_013,
  unknownWebhook: 10_015,
  unknownInteraction: 10_062,
  oldMessage: 30_046,
  alreadyAnswered: 40_060,
  missingAccess: 50_001,
  cannotMessageUser: 50_007,
  missingPermissions: 50_013,
  deadToken: 50_027,
  archivedThread: 50_083,
  wrongChannelType: 50_024,
  threadExists: 160_004,
} as const;

const GONE: readonly number[] = [
  CODES.unknownChannel,
  CODES.unknownGuild,
  CODES.unknownMessage,
  CODES.missingAccess,
  CODES.cannotMessageUser,
  CODES.missingPermissions,
  CODES.archivedThread,
];

/** Edits of an old message are rationed for about that long. */
const OLD_MESSAGE_WAIT_MS = 60_000;

/** The code of a refusal by Discord; undefined for anything else. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof DiscordAPIError ? Number(error.code) : undefined;
}

/** Whatever a request threw, as the port tells it. */
export function toPlatformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof RateLimitError)
    return new PlatformError('rate-limited', { retryAfterMs: Math.max(error.retryAfter, 1), cause: error });
  const code = codeOf(error);
  if (code !== undefined && GONE.includes(code)) return new PlatformError('gone', { cause: error });
  if (code === CODES.oldMessage)
    return new PlatformError('rate-limited', { retryAfterMs: OLD_MESSAGE_WAIT_MS, cause: error });
  return new PlatformError('unavailable', { cause: error });
}
