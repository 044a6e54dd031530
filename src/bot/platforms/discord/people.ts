import type { APIGuildMember, APIUser, Interaction, REST } from 'discord.js';
import { GuildMember, GuildMemberFlags, Routes } from 'discord.js';
import type { Language } from '../../../domain/inventory.ts';
import type { Account, Place } from '../../platform.ts';
import { CODES, codeOf, toPlatformError } from './failures.ts';

const SNOWFLAKE = /^[1-9]\d{15,19}$/;

/** Who did something, as the gateway proves it. */
export function accountOf(interaction: Interaction, guild: string): Account {
  const { user, member, guildId, locale } = interaction;
  const who = { platform: 'discord', account: user.id, language: languageOf(locale) } as const;
  if (user.bot || user.system) return { ...who, kind: 'bot' };
  if (guildId !== guild || !member) return { ...who, kind: 'external' };
  const { flags, pending } = member;
  const bits = member instanceof GuildMember ? member.flags.bitfield : Number(flags);
  return { ...who, kind: isGuest(bits, pending ?? false) ? 'guest' : 'member' };
}

/** The channel; of a thread the one it belongs to. */
export function placeOf({ channel, channelId }: Interaction): Place {
  const parent = channel?.isThread() ? channel.parentId : undefined;
  return { platform: 'discord', channel: parent ?? channelId ?? '' };
}

/** What Discord knows of an account now. Throws a PlatformError where it cannot be asked. */
export async function lookUp(rest: REST, guild: string, account: string): Promise<Account> {
  const who = { platform: 'discord', account } as const;
  if (!SNOWFLAKE.test(account)) return { ...who, kind: 'gone' };
  try {
    const { user, flags, pending } = (await rest.get(Routes.guildMember(guild, account))) as APIGuildMember;
    if (user.bot) return { ...who, kind: 'bot' };
    return { ...who, kind: isGuest(flags, pending ?? false) ? 'guest' : 'member' };
  } catch (error) {
    const code = codeOf(error);
    if (code === CODES.unknownUser) return { ...who, kind: 'gone' };
    if (code !== CODES.unknownMember) throw toPlatformError(error);
  }
  try {
    const { bot } = (await rest.get(Routes.user(account))) as APIUser;
    return { ...who, kind: bot ? 'bot' : 'external' };
  } catch (error) {
    if (codeOf(error) === CODES.unknownUser) return { ...who, kind: 'gone' };
    throw toPlatformError(error);
  }
}

/** Let in for a voice channel only, or has not agreed to the server's rules yet. */
function isGuest(flags: number, pending: boolean): boolean {
  return pending || (flags & GuildMemberFlags.IsGuest) !== 0;
}

function languageOf(locale: string): Language {
  return locale.startsWith('pl') ? 'pl' : 'en';
}
