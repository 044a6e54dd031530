import type { WebClient } from '@slack/web-api';
import type { Account } from '../../platform.ts';
import { Bounded } from './bounded.ts';
import { codeOf } from './errors.ts';

/** So long an account is taken for what it was: somebody who was just made a guest stays a member that much longer. */
const FRESH_MS = 60_000;
const REMEMBERED = 2_000;

/** Slack's answers that mean: nobody that could be anybody here. */
const NOBODY: ReadonlySet<string> = new Set(['user_not_found', 'users_not_found', 'user_not_visible']);

/** Proves accounts: what kind of member somebody is, by Slack's word and never by the event's alone. */
export interface Accounts {
  /** Remembered for a minute. Rejects when Slack does not answer. `team` is where the event says that the person is from. */
  of(user: string, team?: string): Promise<Account>;
  /** Asks Slack now. */
  fresh(user: string): Promise<Account>;
}

/** `team`: the workspace whose members are members. */
export function createAccounts(client: Pick<WebClient, 'users'>, team: string): Accounts {
  const known = new Bounded<{ readonly account: Promise<Account>; readonly at: number }>(REMEMBERED);
  const fresh = async (user: string): Promise<Account> => {
    const kind = await kindOf(client, user, team);
    return { platform: 'slack', account: user, ...kind };
  };
  return {
    fresh,
    async of(user, from) {
      if (from !== undefined && from !== team) return { platform: 'slack', account: user, kind: 'external' };
      const found = known.get(user);
      if (found && Date.now() - found.at < FRESH_MS) return await found.account;
      const account = fresh(user);
      known.set(user, { account, at: Date.now() });
      try {
        return await account;
      } catch (error) {
        known.delete(user);
        throw error;
      }
    },
  };
}

async function kindOf(
  client: Pick<WebClient, 'users'>,
  id: string,
  team: string,
): Promise<Pick<Account, 'kind' | 'language'>> {
  try {
    const { user } = await client.users.info({ user: id, include_locale: true });
    if (!user || user.deleted) return { kind: 'gone' };
    if (user.is_bot || user.is_workflow_bot || user.is_connector_bot || id === 'USLACKBOT') return { kind: 'bot' };
    const teams = [user.team_id, ...(user.enterprise_user?.teams ?? [])];
    if (user.is_stranger || !teams.includes(team)) return { kind: 'external' };
    if (user.is_restricted || user.is_ultra_restricted) return { kind: 'guest' };
    return { kind: 'member', ...languageOf(user.locale) };
  } catch (error) {
    if (NOBODY.has(codeOf(error) ?? '')) return { kind: 'gone' };
    throw error;
  }
}

/** `pl-PL` and `en-GB`; another language says nothing about which of ours is wanted. */
function languageOf(locale: string | undefined): Pick<Account, 'language'> {
  const language = (['pl', 'en'] as const).find((one) => locale?.startsWith(one));
  return language ? { language } : {};
}
