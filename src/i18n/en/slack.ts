/** What only the Slack adapter says. */
export const slack = {
  'slack.form.cancel': 'Cancel',
  'slack.form.choose': 'Choose or type',
  'slack.form.type': 'Type exactly: {expected}',
  'slack.unproven': 'Slack did not say in time who you are, so nothing was done. Please try again.',
  'slack.failed': 'Zapas failed inside before anything was begun. Nothing was done; please tell the administrator.',
  'slack.unknown-outcome':
    'It was taken up, but something failed on the way. Look with /zapas runs at what became of it before you try again.',
  'slack.working': 'Taken up; it takes longer than usual. The answer will appear here.',
  'slack.form-late': 'The form could not be opened. Nothing was done; please try again.',
  'slack.not-ours': 'This button or form is of another version of Zapas. Nothing was done; please use a newer message.',
  'slack.health.fine': 'signed in to {team} as {user}',
  'slack.health.open': '{sockets, plural, one {# socket} other {# sockets}} open',
  'slack.health.unreachable': 'Slack does not answer: {detail}',
  'slack.health.refused': 'Slack refuses the bot token ({detail}); copy it again from OAuth & Permissions',
  'slack.health.team': 'the bot token is of workspace {found}, but the inventory says {team}',
  'slack.health.scopes': 'scopes are missing: {scopes}; apply the manifest again and reinstall the app',
  'slack.health.channel': 'channel {channel} is not there or the bot is not in it; type /invite @zapas there',
  'slack.health.archived': 'channel {channel} is archived',
  'slack.health.shared': 'channel {channel} is shared with another organisation; use one that is not',
  'slack.health.sockets': 'Slack opens no socket ({detail}); check the app-level token and its scope connections:write',
} as const;
