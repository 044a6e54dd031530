import type { AppsManifestCreateArguments } from '@slack/web-api';
import type { Command } from '../../commands.ts';

/** Every right the bot asks for, and what it could not do without it. The manifest and the health check both read this. */
export const SCOPES = {
  commands: 'to take /zapas',
  'chat:write': 'to post cards, edit them and answer one person alone',
  'files:write': 'to put plots and full logs into threads',
  'im:write': 'to hand a report to the one person who asked for it, as a direct message',
  'files:read': 'to see whether Slack really shared an uploaded file',
  'channels:history': 'to find its own card again after an answer of Slack got lost, so that nothing is posted twice',
  'groups:history': 'the same in private channels',
  'channels:read': 'to check that it is in its channels and that they are not shared with other organisations',
  'groups:read': 'the same for private channels',
  'users:read': 'to tell members from guests, bots and people of other workspaces, who may approve nothing',
} as const;

type Scope = keyof typeof SCOPES;

/** The one right of the app-level token, for Socket Mode. */
export const APP_SCOPE = 'connections:write';

/** Longest usage hint of a slash command (manifest schema: 1000), kept to what the composer shows. */
const HINT_LIMIT = 120;

type Manifest = AppsManifestCreateArguments['manifest'];

export type ManifestMode =
  | { readonly by: 'socket' }
  /** Where Slack reaches the bot from outside: `https://zapas.example.org/slack/events`. */
  | { readonly by: 'http'; readonly url: string };

/** The app as Slack's "create from a manifest" takes it. Pure. */
export function slackManifest(commands: readonly Command[], mode: ManifestMode): Manifest {
  const url = mode.by === 'http' ? { url: mode.url } : {};
  return {
    display_information: {
      name: 'Zapas',
      description: 'PostgreSQL replication of your customers: status, set-up and failover, approved by a second person',
      background_color: '#1f4e5f',
    },
    features: {
      bot_user: { display_name: 'zapas', always_online: true },
      slash_commands: [
        {
          command: '/zapas',
          description: 'Status, set-up and failover of a pair of servers',
          usage_hint: usageHint(commands),
          should_escape: false,
          ...url,
        },
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(SCOPES) as Scope[] } },
    settings: {
      interactivity: {
        is_enabled: true,
        ...(mode.by === 'http' && { request_url: mode.url, message_menu_options_url: mode.url }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: mode.by === 'socket',
      token_rotation_enabled: false,
    },
  };
}

/** As many names of commands as fit, `help` first. */
function usageHint(commands: readonly Command[]): string {
  const names = ['help', ...commands.map(({ name }) => name).filter((name) => name !== 'help')];
  const shown = names.filter((_, at) => names.slice(0, at + 1).join(' | ').length <= HINT_LIMIT - 4);
  return `${shown.join(' | ')}${shown.length < names.length ? ' | …' : ''}`;
}
