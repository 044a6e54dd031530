import webapi from '@slack/web-api';
import { PlatformError } from '../../platform.ts';

/** The message, the channel or the right to write there is no more: trying again changes nothing. */
const GONE: ReadonlySet<string> = new Set([
  'message_not_found',
  'thread_not_found',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'cant_update_message',
  'edit_window_closed',
  'user_not_in_channel',
  'restricted_action',
  'cannot_reply_to_message',
  'expired_trigger_id',
  'exchanged_trigger_id',
  'invalid_trigger_id',
]);

/** Slack takes the message, but not this shape of it. */
const REFUSED_SHAPE: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
]);

/** Slack's name of what went wrong; undefined when Slack did not answer with one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof webapi.WebAPIPlatformError ? error.data.error : undefined;
}

export function refusesShape(error: unknown): boolean {
  return REFUSED_SHAPE.has(codeOf(error) ?? '');
}

/** Was it perhaps carried out although no good answer came? Then it must not be sent again before somebody looked. */
export function isUncertain(error: unknown): boolean {
  if (error instanceof webapi.WebAPIRequestError) return true;
  if (error instanceof webapi.WebAPIHTTPError) return error.statusCode >= 500;
  return ['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable'].includes(codeOf(error) ?? '');
}

/** What happened in the words of the port. */
export function platformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  if (error instanceof webapi.WebAPIRateLimitedError) {
    return new PlatformError('rate-limited', { retryAfterMs: error.retryAfter * 1_000, cause: error });
  }
  const code = codeOf(error);
  if (code === 'ratelimited' || code === 'rate_limited') {
    return new PlatformError('rate-limited', { retryAfterMs: 1_000, cause: error });
  }
  return new PlatformError(GONE.has(code ?? '') ? 'gone' : 'unavailable', { cause: error });
}
