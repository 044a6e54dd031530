/** What the bot says about its own messages. */
export const delivery = {
  'error.bot.slow.what': 'There is no answer yet. It may well have been accepted all the same.',
  'error.bot.slow.hint': 'Look before you ask again: zapas runs. The answer is told here as soon as there is one.',
  'expiry.title': 'Not decided yet: {runbook} of {cluster}',
  'expiry.text': 'The question stands above and nobody has answered it. It is open until {at}; then the run ends.',
  'attention.title': 'Somebody has to look: {runbook} of {cluster}',
  'gone.title': 'A message of Zapas is gone',
  'gone.text':
    'Run {run}, {runbook} of {cluster}: its message on {platform} was deleted, or Zapas may not write there. The run itself is not touched by that.',
  'gone.hint': 'To see how it stands: {command}. Where Zapas may not write, invite it into the channel.',
  'file.log': 'Excerpt of {file} on {host}: {lines, plural, one {# line} other {# lines}}',
} as const;
