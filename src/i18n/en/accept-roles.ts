/** Texts of the roles that people have changed without Zapas. */
export const acceptRoles = {
  'runbook.accept-roles': 'Acceptance of new roles',
  'command.accept-roles': 'Take over a promotion made without Zapas: fence the old primary; a second person approves',
  'step.accept-roles.evidence.title': 'Look who takes writes, and what only the other server has',
  'step.accept-roles.fence.title': 'Stop the old primary and keep it from starting',
  'step.accept-roles.record.title': 'Record the promoted server as the primary',
  'step.accept-roles.writes.title': 'Find out what only the old primary has',
  'finding.roles.found.title': 'What this server is now',
  'finding.roles.found.detail':
    '{state, select, primary {takes writes, on timeline {timeline}, at {lsn}} standby {a standby, on timeline {timeline}, at {lsn}} stopped {stopped, on timeline {timeline}, at {lsn}} crashed {does not run, on timeline {timeline}} absent {has no data directory} other {cannot be asked ({state})}}',
  'finding.roles.found.next':
    '{verdict, select, unknown {Make sure that this server is off, and stays off.} other {It has to be stopped before the other one is recorded as the primary; the run does that.}}',
  'error.accept-roles.unproven.what':
    'It is not proven that {host} has taken the place of {other} ({detail}); no roles were recorded, and nothing was changed.',
  'error.accept-roles.unproven.hint':
    'See what both servers are: zapas status {cluster, select, absent {<cluster>} other {{cluster}}}',
  'value.action.accept-roles': 'NEW ROLES: the standby was promoted without Zapas, and is the primary from now on',
  'approval.text-accept-roles':
    '{person} says that {standby} was promoted without Zapas and is the primary of {cluster} at {site} from now on. What only {primary} has is given up: later runs may replace its data.',
  'approval.taken-alive':
    'Both servers take writes. {primary} will be stopped first; who works there is interrupted. What it took stays on its disk.',
  'approval.taken-down': 'can be reached, and takes no writes',
  'approval.loss-taken':
    '{kind, select, none {nothing: the old primary has nothing of its own} bounded {up to {bytes} of commits that only the old primary has} other {nobody knows what only the old primary has}}',
  'approval.taken-text':
    '{kind, select, none {No commit is given up.} bounded {Up to {bytes} of commits are on the old primary alone. They are given up.} other {Nobody can tell what is on the old primary alone. It is given up.}}',
  'result.accept-roles': '{standby} is the primary now, also for Zapas.',
  'result.next-accept-roles': 'Make {primary} the standby: {command}',
} as const;
