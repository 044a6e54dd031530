/** Texts of the rehearsal of a failover. */
export const rehearsal = {
  'runbook.rehearse': 'Rehearsal',
  'command.rehearse': 'Rehearse a failover on a throw-away copy of the standby, and time it',
  'step.rehearse.room.title': 'Room for a copy beside the standby',
  'step.rehearse.prepare.title': 'Clear away what earlier rehearsals left; make an empty directory for the copy',
  'step.rehearse.copy.title': 'Copy the standby as it runs, at low priority (pg_backup_start, pg_backup_stop)',
  'step.rehearse.start.title': 'Start the copy, alone: no archive, no stream, no network',
  'step.rehearse.promote.title': 'Promote the copy, write to it, check it',
  'step.rehearse.remove.title': 'Stop and remove the copy',
  'error.rehearsal.damaged.what':
    'In the copy of {host} pg_amcheck has found damaged tables or indexes. After a failover the office would work with these.',
  'error.rehearsal.damaged.hint':
    'Run pg_amcheck on the primary, too. When it is sound there, make the standby anew: zapas rebuild {cluster, select, absent {<cluster>} other {{cluster}}} --method clone. When it is not, call the vendor.',
  'error.rehearsal.torn-pages.what':
    'The primary writes WAL without whole pages (full_page_writes = off), so a copy of {host} made while it runs could be damaged. Nothing was copied.',
  'error.rehearsal.torn-pages.hint':
    'Set full_page_writes = on on the primary, reload it, run CHECKPOINT there, then: zapas rehearse {cluster, select, absent {<cluster>} other {{cluster}}}',
  'finding.rehearsal.left-over.title': 'Left over from an earlier rehearsal',
  'finding.rehearsal.left-over.detail': '{paths}',
  'finding.rehearsal.left-over.next': 'Nothing is to be done: this rehearsal removes it.',
  'field.rehearsal': 'Promotion to first write',
  'field.rehearsal-recovery': 'Recovery of the copy',
  'field.rehearsal-check': 'pg_amcheck',
  'value.amcheck':
    '{amcheck, select, sound {no damage found} unfinished {no damage found in five minutes, then broken off} other {could not be run}}',
  'field.expected': 'Expected to take',
  'value.expected':
    '{took} from promotion to first write (rehearsed {days, plural, =0 {today} one {# day ago} other {# days ago}}, {at})',
  'readiness.rehearsal':
    '{state, select, never {Never rehearsed. Next: {command}} stale {Last rehearsed {at}, {days, plural, one {# day} other {# days}} ago: too long. Next: {command}} other {Rehearsed {at}: first write {took} after the promotion}}',
  'result.rehearse':
    'A failover would work: a copy of {standby} was promoted, took a write in the product’s database and was removed. The pair was not touched.',
} as const;
