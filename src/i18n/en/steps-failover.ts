/** Titles of the steps of failover, status and logs; a title says what the step does. */
export const stepsFailover = {
  'step.failover.evidence.title': 'Gather the evidence: who sees the primary, what could be lost',
  'step.failover.fence.title': 'Fence the old primary: stop it and keep it from starting again',
  'step.failover.promote.title': 'Make the standby the primary',
  'step.failover.first-write.title': 'Prove that the new primary accepts writes',
  'step.failover.redirect.title': 'Redirect the traffic to the new primary',
  'step.failover.clean-up.title': 'Clear away what made it a standby',
  'step.failover.redirect-by-hand.title': 'Have the traffic redirected by hand',
  'step.failover.redirect-by-hand.ask':
    'Redirect the traffic to the new primary, every point of the checklist in the inventory. Confirm when all of it is done.',
  'step.failover.checkpoint.title': 'Fix the new timeline on disk (checkpoint)',
  'step.failover.log.title': 'Judge pg_log since the promotion',
  'step.status.pair.title': 'Look at both servers',
  'step.logs.read.title': 'Read and judge pg_log',
} as const;
