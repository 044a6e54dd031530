import type { Language } from '../../../domain/inventory.ts';
import type { Secret } from '../../../domain/secret.ts';
import type { Command } from '../../commands.ts';

export interface DiscordOptions {
  /** The bot's token. */
  readonly token: Secret;
  readonly application: string;
  /** The server whose members are the members. */
  readonly guild: string;
  /** Where the bot writes; health looks at its rights there. */
  readonly channels: readonly string[];
  readonly commands: readonly Command[];
  /** Of what health says. */
  readonly language: Language;
  readonly warn: (fields: object, message: string) => void;
  /** Instead of `https://discord.com/api`. */
  readonly api?: string;
}
