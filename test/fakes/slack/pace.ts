/** docs.slack.dev/apis/web-api/rate-limits: calls a minute, for the app in the workspace. */
const TIERS = { Tier1: 1, Tier2: 20, Tier3: 50, Tier4: 100 } as const;
export type Tier = keyof typeof TIERS;

/** The tiers of the methods served here; a test compares them with Slack's own list. */
export const TIER_OF: Readonly<Record<string, Tier>> = {
  'apps.connections.open': 'Tier1',
  'chat.update': 'Tier3',
  'chat.postEphemeral': 'Tier4',
  'conversations.history': 'Tier3',
  'conversations.replies': 'Tier3',
  'conversations.info': 'Tier3',
  'users.info': 'Tier4',
  'views.open': 'Tier4',
  'files.getUploadURLExternal': 'Tier4',
  'files.completeUploadExternal': 'Tier4',
  'files.info': 'Tier4',
};

/** chat.postMessage: one a second in a channel, short bursts pass. */
const POSTS_AT_ONCE = 20;
/** apps.connections.open: Tier 1 is "one or more, bursts tolerated"; an app opens up to ten sockets. */
const OPENS_AT_ONCE = 30;
const MINUTE_MS = 60_000;

/** Counts calls; gives the seconds to wait when one is too many. */
export interface Pace {
  ask(method: string, channel: unknown): number | undefined;
}

export function createPace(): Pace {
  const calls = new Map<string, number[]>();
  const posts = new Map<unknown, { tokens: number; at: number }>();
  const post = (channel: unknown): number | undefined => {
    const now = Date.now();
    const bucket = posts.get(channel) ?? { tokens: POSTS_AT_ONCE, at: now };
    posts.set(channel, bucket);
    bucket.tokens = Math.min(POSTS_AT_ONCE, bucket.tokens + (now - bucket.at) / 1_000);
    bucket.at = now;
    if (bucket.tokens < 1) return 1;
    bucket.tokens -= 1;
    return undefined;
  };
  return {
    ask(method, channel) {
      if (method === 'chat.postMessage') return post(channel);
      const tier = TIER_OF[method];
      if (!tier) return undefined;
      const now = Date.now();
      const recent = (calls.get(method) ?? []).filter((at) => now - at < MINUTE_MS);
      const allowed = tier === 'Tier1' ? OPENS_AT_ONCE : TIERS[tier];
      calls.set(method, recent);
      const [oldest = now] = recent;
      if (recent.length >= allowed) return Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1_000));
      recent.push(now);
      return undefined;
    },
  };
}
