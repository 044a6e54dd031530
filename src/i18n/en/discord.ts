/** Words that only Discord needs. */
export const discord = {
  'discord.group.alert': 'Alerts: take one on, or let it rest for some hours',
  'discord.group.decide': 'Answer a run that waits for you',
  'discord.group.roles': 'When the primary has changed without Zapas, or the old one is back',
  'discord.command': 'PostgreSQL replication at our customers: set up, watch, fail over',
  'discord.working.title': 'Still working on it',
  'discord.working.text':
    'Your request arrived and is being worked on; it takes longer than usual. The answer will replace this message.',
  'discord.unanswered.title': 'No answer yet',
  'discord.unanswered.text':
    'Your request arrived, but there is no answer to show. Whether it was carried out: /zapas runs',
  'discord.broken.title': 'Not done',
  'discord.broken.text': 'Something went wrong inside Zapas before anything was done. Its log has the details.',
  'discord.form.title': 'One more thing',
  'discord.form.text': 'Discord shows a form only when a button is pressed: press it to go on.',
  'discord.form.gone': 'This form is no longer open. Give the command once more.',
  'discord.form.unknown':
    '{field} cannot be «{typed}»{nearest, select, absent {} other {; did you mean {nearest}?}}. Nothing was done.',
  'discord.button.form': 'Open the form',
  'discord.button.again': 'Open the form again',
  'discord.old-button.title': 'This button does nothing any more',
  'discord.old-button.text': 'It is of a message that Zapas does not know. See how things stand: /zapas runs',
  'discord.health.ok': 'the bot {bot} is on the server {guild}; all commands are registered',
  'discord.health.no-token':
    'Discord does not take the token. Reset it (Developer Portal → your application → Bot → Reset Token) and put the new one where platforms.discord.token points',
  'discord.health.other-application':
    'the token belongs to the application {found}, not to {application} (platforms.discord.application)',
  'discord.health.no-guild': 'the bot is not on the server {guild}. Let it in: {invite}',
  'discord.health.no-channel': 'the channel {channel} does not exist or the bot may not see it',
  'discord.health.permissions':
    'in the channel {channel} the bot lacks: {names}. Give it these rights there, or let it in anew: {invite}',
  'discord.health.commands':
    'the commands registered at Discord are not those of this version; starting Zapas registers them',
  'discord.health.no-commands': 'the bot may not register commands. Let it in anew: {invite}',
  'discord.health.no-gateway': 'the connection to Discord is interrupted; it is taken up again by itself',
  'discord.health.unreachable': 'Discord does not answer: {detail}',
} as const;
