/** Texts of the recipes that lead the clients to the new primary. */
export const redirect = {
  'step.switchover.redirect-ready.title': 'See that the clients can be led to the new primary',
  'step.switchover.hold-clients.title': 'Let the clients wait, where they can',
  'step.switchover.release-clients.title': 'Let the waiting clients go on',
  'finding.redirect.move.title': 'Where the clients are led',
  'finding.redirect.move.detail':
    '{what}: {state, select, there {{to}} refused {leads to {from} now, so it stays as it is} other {{from} → {to}}}',
  'finding.redirect.move.next':
    'The recipe changes only what leads to one of the pair’s servers and can be asked. See what it leads to and who changed it, then ask again.',
  'error.redirect.changed-by-others.what':
    '{host}: {what} leads to {found}, neither to the old primary ({from}) nor to the new one ({to}). Somebody else changed it, so nothing was overwritten.',
  'error.redirect.changed-by-others.hint':
    'Ask who changed it and why. When it may go, have it lead to {to} yourself if the standby is the primary by now, else back to {from}; then: zapas settle {run, select, absent {<run>} other {{run}}} retry, or ask for the run again',
  'error.redirect.unusable.what':
    '{host}: the redirect recipe cannot use {what}{detail, select, absent {} other { ({detail})}}.',
  'error.redirect.unusable.hint':
    'See on that host whether the program runs and the recipe’s paths and names are right: zapas doctor. Then: zapas settle {run, select, absent {<run>} other {{run}}} retry, or ask for the run again',
  'error.redirect.config-rejected.what':
    '{host}: {file, select, absent {the configuration file} other {{file}}} was put back as it was, because the program refuses the new one{detail, select, absent {} other { ({detail})}}.',
  'error.redirect.config-rejected.hint':
    'Check the file on that host; probably it was refused before, too. Then: zapas settle {run, select, absent {<run>} other {{run}}} retry',
} as const;
