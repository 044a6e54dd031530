import type { WebClient } from '@slack/web-api';
import type { Translator } from '../../../i18n/translate.ts';
import type { Health } from '../../platform.ts';
import { codeOf } from './errors.ts';
import { SCOPES } from './manifest.ts';

export interface HealthDeps {
  readonly client: Pick<WebClient, 'auth' | 'conversations'>;
  readonly team: string;
  /** Where the bot has to be able to write. */
  readonly channels: readonly string[];
  readonly t: Translator;
  /** Open sockets; undefined without any, or before the start. */
  readonly sockets: number | undefined;
}

/** Asks Slack for everything that can be wrong, and says for each what mends it. Never throws. */
export async function checkHealth({ client, team, channels, t, sockets }: HealthDeps): Promise<Health> {
  const who = await signIn(client, t);
  if ('problem' in who) return { ok: false, detail: who.problem };
  const missing = who.scopes && Object.keys(SCOPES).filter((scope) => !who.scopes?.includes(scope));
  const problems = [
    ...(who.team === team ? [] : [t.say('slack.health.team', { found: who.team, team })]),
    ...(missing && missing.length > 0 ? [t.say('slack.health.scopes', { scopes: missing.join(', ') })] : []),
    ...(await Promise.all(channels.map((channel) => channelProblems(client, channel, t)))).flat(),
    ...(sockets === 0 ? [t.say('slack.health.sockets')] : []),
  ];
  if (problems.length > 0) return { ok: false, detail: problems.join('; ') };
  const params = { team: who.team, user: who.user };
  const fine =
    sockets === undefined
      ? t.say('slack.health.fine-http', params)
      : t.say('slack.health.fine', { ...params, sockets });
  return { ok: true, detail: fine };
}

type SignedIn = { readonly team: string; readonly user: string; readonly scopes: readonly string[] | undefined };

async function signIn(client: HealthDeps['client'], t: Translator): Promise<SignedIn | { readonly problem: string }> {
  try {
    const { team_id = '', user = '', response_metadata } = await client.auth.test();
    return { team: team_id, user, scopes: response_metadata?.scopes };
  } catch (error) {
    const code = codeOf(error);
    const problem =
      code === undefined
        ? t.say('slack.health.unreachable', { detail: error instanceof Error ? error.message : String(error) })
        : t.say('slack.health.refused', { detail: code });
    return { problem };
  }
}

async function channelProblems(
  client: HealthDeps['client'],
  channel: string,
  t: Translator,
): Promise<readonly string[]> {
  try {
    const { channel: found } = await client.conversations.info({ channel });
    return [
      ...(found?.is_member ? [] : [t.say('slack.health.channel', { channel })]),
      ...(found?.is_archived ? [t.say('slack.health.archived', { channel })] : []),
      ...(found?.is_ext_shared ? [t.say('slack.health.shared', { channel })] : []),
    ];
  } catch (error) {
    if (codeOf(error) === 'missing_scope') return [];
    if (codeOf(error) !== undefined) return [t.say('slack.health.channel', { channel })];
    return [t.say('slack.health.unreachable', { detail: String(error) })];
  }
}
