/** Linking accounts, commands that open a form, and commands pasted from the vendor's program. */
export const people = {
  'platform.web': 'web console',
  'command.link': 'Link another account of yours: get a code here, type it there',
  'command.unlink': 'Remove an account that you linked yourself',
  'command.import': 'Turn the vendor’s replication command into settings for the inventory; opens a form',
  'cli.import': 'Read the vendor’s replication command from standard input and print settings for the inventory',
  'option.code': 'the code that your other account was shown',
  'option.platform': 'where the account to remove is',
  'link.title': 'Your code for another account',
  'link.how':
    'On the other platform, with the account you want to link, type this within {minutes, plural, one {# minute} other {# minutes}}. It works once.',
  'link.warning': 'Give it to nobody: who types it acts in your name from then on.',
  'link.made': 'Linked: this account on {platform} now belongs to {person}.',
  'link.removed': 'Removed: your linked account on {platform} is nobody’s any more.',
  'form.command.title': 'zapas {command}',
  'form.command.submit': 'Go on',
  'form.optional': '{label} (optional)',
  'form.import.title': 'Vendor’s command',
  'form.import.intro':
    'Paste the whole pg_basebackup command that mMedica or the mModuły installer generated. A password in it is thrown away at once.',
  'form.import.text': 'Command',
  'form.import.submit': 'Read it',
  'import.title': 'Settings from the vendor’s command',
  'import.yaml': 'For the cluster in the inventory',
  'import.password': 'The command holds a replication password. Zapas did not keep it: a setup makes its own.',
  'import.unknown': 'Not understood and left out: {words}',
  'import.relative': 'The vendor writes the data directory relative to the bin directory; put the whole path.',
} as const;
