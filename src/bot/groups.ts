import type { CommandName } from './commands.ts';

/**
 * Commands that are rarely typed, by the word before them in a chat: `/zapas alert ack`. Discord counts a group as one of its 25
 * words, however many commands it has; everywhere else the word may be left away.
 */
export const COMMAND_GROUPS = {
  alert: ['ack', 'snooze'],
  decide: ['confirm', 'attest', 'settle'],
  roles: ['accept-roles', 'fence'],
} as const satisfies Readonly<Record<string, readonly CommandName[]>>;

export type CommandGroup = keyof typeof COMMAND_GROUPS;

/** The group of a command; absent for most. */
export function groupOf(name: string): CommandGroup | undefined {
  return GROUPS.find((group) => membersOf(group).some((member) => member === name));
}

/** The commands of a group; none when the word is no group. */
export function membersOf(word: string): readonly CommandName[] {
  const group = GROUPS.find((one) => one === word);
  return group ? COMMAND_GROUPS[group] : [];
}

/** A command as it is written in a chat: with its group. */
export function inChat(name: string): string {
  const group = groupOf(name);
  return group ? `${group} ${name}` : name;
}

const GROUPS = Object.keys(COMMAND_GROUPS) as readonly CommandGroup[];
