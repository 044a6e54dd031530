import type { Command } from '../bot/commands.ts';
import type { ChatPlatform } from '../bot/platform.ts';
import { createDiscordPlatform } from '../bot/platforms/discord/discord.ts';
import type { SlackEvents } from '../bot/platforms/slack/receivers.ts';
import { createSlackPlatform } from '../bot/platforms/slack/slack.ts';
import { OpsError } from '../domain/errors.ts';
import type { Inventory, Language } from '../domain/inventory.ts';
import type { DiscordSettings, SlackSettings } from '../domain/platform-settings.ts';
import type { Secrets } from '../domain/ports.ts';

/** What the chat platforms of an inventory are made from. */
export interface ChatParts {
  readonly inventory: Inventory;
  readonly secrets: Secrets;
  readonly commands: readonly Command[];
  readonly warn: (fields: object, message: string) => void;
  /** Where the platforms' interfaces are, when not where everybody finds them. */
  readonly origins?: { readonly slack?: string; readonly discord?: string };
}

/** Slack refreshes a socket every few hours; two that start apart are never refreshed at one moment. */
const SOCKETS_APART_MS = 60_000;

/** The chat platforms the inventory names, not yet started. Throws `config.secret-missing`. */
export async function createChatPlatforms(parts: ChatParts): Promise<readonly ChatPlatform[]> {
  const { slack, discord } = parts.inventory.platforms;
  return [...(slack ? [await slackOf(parts, slack)] : []), ...(discord ? [await discordOf(parts, discord)] : [])];
}

async function slackOf(parts: ChatParts, settings: SlackSettings): Promise<ChatPlatform> {
  const { inventory, secrets, warn, origins } = parts;
  return createSlackPlatform({
    botToken: await secrets.get(settings.botToken),
    events: await slackEvents(settings, secrets),
    team: settings.team,
    channels: channelsOf(inventory, 'slack'),
    language: languageOf(inventory),
    ...(origins?.slack !== undefined && { apiUrl: origins.slack }),
    warn,
  });
}

async function slackEvents(
  { mode, appToken, signingSecret, listen }: SlackSettings,
  secrets: Secrets,
): Promise<SlackEvents> {
  if (mode === 'socket' && appToken !== undefined)
    return { by: 'socket', appToken: await secrets.get(appToken), apartMs: SOCKETS_APART_MS };
  if (mode === 'http' && signingSecret !== undefined)
    return { by: 'http', signingSecret: await secrets.get(signingSecret), listen: addressOf(listen) };
  // The inventory's schema has refused this before.
  throw new OpsError('internal.bug', { detail: `Slack's ${mode} mode without its secret` });
}

function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at).replaceAll(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) };
}

async function discordOf(parts: ChatParts, settings: DiscordSettings): Promise<ChatPlatform> {
  const { inventory, secrets, commands, warn, origins } = parts;
  return createDiscordPlatform({
    token: await secrets.get(settings.token),
    application: settings.application,
    guild: settings.guild,
    channels: channelsOf(inventory, 'discord'),
    commands,
    language: languageOf(inventory),
    ...(origins?.discord !== undefined && { api: origins.discord }),
    warn,
  });
}

/** Every channel of the platform that Zapas may write to. */
function channelsOf(inventory: Inventory, platform: 'slack' | 'discord'): readonly string[] {
  const { ops, approvals } = inventory.platforms[platform]?.channels ?? {};
  const own = Object.values(inventory.sites).map(({ channels }) => channels[platform]);
  return [...new Set([ops, approvals, ...own].filter((channel) => channel !== undefined))];
}

/** Of what an adapter says itself to somebody whose language the platform does not know: that of the first site. */
function languageOf({ sites }: Inventory): Language {
  return Object.values(sites)[0]?.language ?? 'pl';
}
