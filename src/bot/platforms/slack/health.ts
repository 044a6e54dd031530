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
  /** Looks at the way in and gives the open sockets; rejects when there is none. Undefined where Slack comes to us. */
  readonly sockets?: () => Promise<number>;
}

/** Asks Slack for everything that can be wrong, and says for each what mends it. Never throws. */
export async function checkHealth(deps: HealthDeps): Promise<Health> {
  const { client, team, channels, t } = deps;
  const who = await signIn(client, t);
  if ('problem' in who) return { ok: false, detail: who.problem };
  const missing = who.scopes && Object.keys(SCOPES).filter((scope) => !who.scopes?.includes(scope));
  const wayIn = await lookAtWayIn(deps);
  const problems = [
    ...(who.team === team ? [] : [t.say('slack.health.team', { found: who.team, team })]),
    ...(missing && missing.length > 0 ? [t.say('slack.health.scopes', { scopes: missing.join(', ') })] : []),
    ...(await Promise.all(channels.map((channel) => channelProblems(client, channel, t)))).flat(),
    ...('problem' in wayIn ? [wayIn.problem] : []),
  ];
  if (problems.length > 0) return { ok: false, detail: problems.join('; ') };
  const sockets = 'open' in wayIn && wayIn.open > 0 ? [t.say('slack.health.open', { sockets: wayIn.open })] : [];
  return { ok: true, detail: [t.say('slack.health.fine', { team: who.team, user: who.user }), ...sockets].join('; ') };
}

async function lookAtWayIn({
  sockets,
  t,
}: HealthDeps): Promise<{ readonly open: number } | { readonly problem: string }> {
  try {
    return { open: (await sockets?.()) ?? 0 };
  } catch (error) {
    return { problem: t.say('slack.health.sockets', { detail: detailOf(error) }) };
  }
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
        ? t.say('slack.health.unreachable', { detail: detailOf(error) })
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
    return [t.say('slack.health.unreachable', { detail: detailOf(error) })];
  }
}

function detailOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : String(error));
}
