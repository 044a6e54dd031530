import type { Language } from '../domain/inventory.ts';
import { acceptRoles as acceptRolesEn } from './en/accept-roles.ts';
import { cards as cardsEn } from './en/cards.ts';
import { commands as commandsEn } from './en/commands.ts';
import { delivery as deliveryEn } from './en/delivery.ts';
import { discord as discordEn } from './en/discord.ts';
import { errors as errorsEn } from './en/errors.ts';
import { findings as findingsEn } from './en/findings.ts';
import { incident as incidentEn } from './en/incident.ts';
import { logMessages as logMessagesEn } from './en/log-messages.ts';
import { people as peopleEn } from './en/people.ts';
import { redirect as redirectEn } from './en/redirect.ts';
import { rehearsal as rehearsalEn } from './en/rehearsal.ts';
import { slack as slackEn } from './en/slack.ts';
import { stepsFailover as stepsFailoverEn } from './en/steps-failover.ts';
import { stepsSetup as stepsSetupEn } from './en/steps-setup.ts';
import { switching as switchingEn } from './en/switching.ts';
import { watch as watchEn } from './en/watch.ts';
import { web as webEn } from './en/web.ts';
import { windows as windowsEn } from './en/windows.ts';
import { acceptRoles as acceptRolesPl } from './pl/accept-roles.ts';
import { cards as cardsPl } from './pl/cards.ts';
import { commands as commandsPl } from './pl/commands.ts';
import { delivery as deliveryPl } from './pl/delivery.ts';
import { discord as discordPl } from './pl/discord.ts';
import { errors as errorsPl } from './pl/errors.ts';
import { findings as findingsPl } from './pl/findings.ts';
import { incident as incidentPl } from './pl/incident.ts';
import { logMessages as logMessagesPl } from './pl/log-messages.ts';
import { people as peoplePl } from './pl/people.ts';
import { redirect as redirectPl } from './pl/redirect.ts';
import { rehearsal as rehearsalPl } from './pl/rehearsal.ts';
import { slack as slackPl } from './pl/slack.ts';
import { stepsFailover as stepsFailoverPl } from './pl/steps-failover.ts';
import { stepsSetup as stepsSetupPl } from './pl/steps-setup.ts';
import { switching as switchingPl } from './pl/switching.ts';
import { watch as watchPl } from './pl/watch.ts';
import { web as webPl } from './pl/web.ts';
import { windows as windowsPl } from './pl/windows.ts';

const english = {
  ...errorsEn,
  ...findingsEn,
  ...stepsSetupEn,
  ...stepsFailoverEn,
  ...switchingEn,
  ...redirectEn,
  ...rehearsalEn,
  ...cardsEn,
  ...commandsEn,
  ...logMessagesEn,
  ...deliveryEn,
  ...discordEn,
  ...peopleEn,
  ...slackEn,
  ...webEn,
  ...watchEn,
  ...incidentEn,
  ...windowsEn,
  ...acceptRolesEn,
} as const;

/** The name of a text. English is where names come from. */
export type Key = keyof typeof english;

const polish: Readonly<Record<Key, string>> = {
  ...errorsPl,
  ...findingsPl,
  ...stepsSetupPl,
  ...stepsFailoverPl,
  ...switchingPl,
  ...redirectPl,
  ...rehearsalPl,
  ...cardsPl,
  ...commandsPl,
  ...logMessagesPl,
  ...deliveryPl,
  ...discordPl,
  ...peoplePl,
  ...slackPl,
  ...webPl,
  ...watchPl,
  ...incidentPl,
  ...windowsPl,
  ...acceptRolesPl,
};

/** Every text in every language, as ICU messages. */
export const CATALOGUES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en: english, pl: polish };

/** Is there a text of that name? Ids of steps and findings come from data. */
export function isKey(name: string): name is Key {
  return Object.hasOwn(english, name);
}
