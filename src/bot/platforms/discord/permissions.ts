import type { APIChannel, APIGuildMember, APIRole } from 'discord.js';
import { OverwriteType, PermissionFlagsBits } from 'discord.js';

/** A right the bot needs in its channels, and why. */
export interface Permission {
  readonly name: string;
  readonly bit: bigint;
  readonly why: string;
}

/** Exactly what the invitation asks for and what the health check looks for; nothing else is ever used. */
export const PERMISSIONS: readonly Permission[] = [
  { name: 'ViewChannel', bit: PermissionFlagsBits.ViewChannel, why: 'to see the channels it writes to' },
  { name: 'SendMessages', bit: PermissionFlagsBits.SendMessages, why: 'to post the cards of runs and questions' },
  { name: 'EmbedLinks', bit: PermissionFlagsBits.EmbedLinks, why: 'so that pictures show inside of messages' },
  { name: 'AttachFiles', bit: PermissionFlagsBits.AttachFiles, why: 'to upload plots and whole logs' },
  {
    name: 'CreatePublicThreads',
    bit: PermissionFlagsBits.CreatePublicThreads,
    why: 'to keep the details of a run below its card',
  },
  {
    name: 'SendMessagesInThreads',
    bit: PermissionFlagsBits.SendMessagesInThreads,
    why: 'to post excerpts of pg_log and results there',
  },
  {
    name: 'ReadMessageHistory',
    bit: PermissionFlagsBits.ReadMessageHistory,
    why: 'to find its own cards again after a restart instead of posting them twice',
  },
];

const ALL = PERMISSIONS.reduce((bits, { bit }) => bits | bit, 0n);

/** The page on which an administrator of the server lets the bot in, with these rights and no others. */
export function discordInvite(application: string, guild: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: 'bot applications.commands',
    permissions: String(ALL),
    guild_id: guild,
    disable_guild_select: 'true',
  });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}

/** Names of the rights the member lacks in the channel; docs, permissions: computing them. */
export function lacking(
  guild: { readonly id: string; readonly owner_id: string; readonly roles: readonly APIRole[] },
  member: APIGuildMember,
  channel: APIChannel,
): readonly string[] {
  const bits = bitsOf(guild, member, channel);
  return PERMISSIONS.filter(({ bit }) => (bits & bit) !== bit).map(({ name }) => name);
}

function bitsOf(
  guild: { readonly id: string; readonly owner_id: string; readonly roles: readonly APIRole[] },
  member: APIGuildMember,
  channel: APIChannel,
): bigint {
  if (member.user.id === guild.owner_id) return ALL;
  const mine = new Set([guild.id, ...member.roles]);
  const base = guild.roles
    .filter(({ id }) => mine.has(id))
    .reduce((bits, { permissions }) => bits | BigInt(permissions), 0n);
  if (base & PermissionFlagsBits.Administrator) return ALL;
  const overwrites = ('permission_overwrites' in channel && channel.permission_overwrites) || [];
  // Everybody's first, then those of the roles together, then the member's own.
  const order = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id, type }) => type === OverwriteType.Role && id !== guild.id && mine.has(id)),
    overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === member.user.id),
  ];
  return order.reduce((bits, group) => {
    const deny = group.reduce((sum, overwrite) => sum | BigInt(overwrite.deny), 0n);
    const allow = group.reduce((sum, overwrite) => sum | BigInt(overwrite.allow), 0n);
    return (bits & ~deny) | allow;
  }, base);
}
