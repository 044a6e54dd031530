import type { APIApplication, APIChannel, APIGuild, APIGuildMember } from 'discord.js';
import { DiscordAPIError, REST, Routes } from 'discord.js';
import type { Language } from '../../../domain/inventory.ts';
import type { Key } from '../../../i18n/catalogue.ts';
import type { Params } from '../../../i18n/message.ts';
import { translate } from '../../../i18n/translate.ts';
import type { Health } from '../../platform.ts';
import { CODES, codeOf } from './failures.ts';
import type { DiscordOptions } from './options.ts';
import { discordInvite, lacking } from './permissions.ts';
import { isRegistered, registrationOf } from './registration.ts';

const PATIENCE_MS = 5_000;

/** Looks at everything the set-up guide asks for, and says what to mend. `connected`: undefined when it was never started. */
export async function examine(options: DiscordOptions, connected: boolean | undefined): Promise<Health> {
  const { language, token, api, application, guild } = options;
  const rest = new REST({ version: '10', retries: 1, timeout: PATIENCE_MS, ...(api !== undefined && { api }) });
  rest.setToken(token.reveal());
  const problems: string[] = [];
  const blame = (key: HealthKey, params: Params = {}): void => void problems.push(say(language, key, params));
  const invite = discordInvite(application, guild);
  try {
    const { id, name } = (await rest.get(Routes.currentApplication())) as APIApplication;
    if (id !== application) blame('other-application', { found: id, application });
    const server = (await rest.get(Routes.guild(guild))) as APIGuild;
    const me = (await rest.get(Routes.guildMember(guild, application))) as APIGuildMember;
    for (const channel of new Set(options.channels)) await examineChannel(channel, server, me);
    await examineCommands();
    if (connected === false) blame('no-gateway');
    if (problems.length === 0) return { ok: true, detail: say(language, 'ok', { bot: name, guild: server.name }) };
  } catch (error) {
    if (error instanceof DiscordAPIError && error.status === 401) blame('no-token');
    else if (NOT_THERE.includes(codeOf(error) ?? 0)) blame('no-guild', { guild, invite });
    else blame('unreachable', { detail: error instanceof Error ? error.message : String(error) });
  }
  return { ok: false, detail: problems.join('\n') };

  async function examineChannel(channel: string, server: APIGuild, me: APIGuildMember): Promise<void> {
    try {
      const names = lacking(server, me, (await rest.get(Routes.channel(channel))) as APIChannel);
      if (names.length > 0) blame('permissions', { channel, names: names.join(', '), invite });
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      blame('no-channel', { channel });
    }
  }

  async function examineCommands(): Promise<void> {
    try {
      const query = new URLSearchParams({ with_localizations: 'true' });
      const registered = await rest.get(Routes.applicationGuildCommands(application, guild), { query });
      if (!isRegistered(registered as readonly unknown[], registrationOf(options.commands))) blame('commands');
    } catch (error) {
      if (codeOf(error) !== CODES.missingAccess) throw error;
      blame('no-commands', { invite });
    }
  }
}

const NOT_THERE: readonly number[] = [CODES.unknownGuild, CODES.missingAccess, CODES.unknownMember, CODES.unknownUser];

type HealthKey = Extract<Key, `discord.health.${string}`> extends `discord.health.${infer Name}` ? Name : never;

function say(language: Language, key: HealthKey, params: Params): string {
  return translate(language, `discord.health.${key}`, params);
}
