/** Texts of the planned switchover, of the fence and of the rebuild. */
export const switching = {
  'runbook.switchover': 'Switchover',
  'runbook.fence': 'Fence',
  'runbook.rebuild': 'Rebuild',
  'command.switchover': 'Swap primary and standby in order, without loss; a second person approves',
  'command.fence': 'Stop an old primary that came back after a failover, and keep it from starting',
  'command.rebuild': 'Make a failed or stale server the standby again: by pg_rewind, or by a new copy',
  'option.reason': 'reason, needed in a freeze or outside the maintenance windows',
  'option.method': 'auto: pg_rewind where it is sound, else a new copy',
  'option.discardOld': 'remove the data directory that an earlier rebuild has kept aside',
  // steps
  'step.switchover.evidence.title': 'Look at both servers: may they swap?',
  'step.switchover.way-back.title': 'Prepare the way back: what the old primary needs to follow the new one',
  'step.switchover.checkpoint.title': 'Make the stop short (checkpoint)',
  'step.switchover.stop.title': 'Stop the primary in order and keep it from starting',
  'step.switchover.caught-up.title': 'Prove that the standby has everything, up to the shutdown checkpoint',
  'step.switchover.promote.title': 'Make the standby the primary',
  'step.switchover.first-write.title': 'Prove that the new primary accepts writes',
  'step.switchover.slot.title': 'Slot for the new standby',
  'step.switchover.follow.title': 'Make the old primary the standby and start it',
  'step.switchover.streaming.title': 'Prove on both sides that the new standby follows',
  'step.switchover.old-slot.title': 'Drop the slot that nobody reads any more',
  'step.switchover.put-back.title': 'Start the old primary again, as the primary it was',
  'step.fence.ghost.title': 'Look who is the primary',
  'step.fence.stop.title': 'Stop the old primary and keep it from starting',
  'step.fence.writes.title': 'Find out what it has accepted',
  'step.rebuild.assess.title': 'Decide how the server becomes a standby again',
  'step.rebuild.stop.title': 'Stop what still runs on the server to be rebuilt',
  'step.rebuild.rewind-access.title': 'Let pg_rewind read from the primary',
  'step.rebuild.disk.title': 'Room for the copy beside the old data',
  'step.rebuild.slot.title': 'Slot on the primary, with a bound',
  'step.rebuild.set-aside.title': 'Set the old data directory aside',
  'step.rebuild.clone-directory.title': 'Make an empty directory for the copy',
  'step.rebuild.clone.title': 'Copy the primary (pg_basebackup)',
  'step.rebuild.verify-clone.title': 'Verify the copy against its manifest',
  'step.rebuild.configure-clone.title': 'Make the copy a standby',
  'step.rebuild.put-in-place.title': 'Put the copy in place',
  'step.rebuild.rewind.title': 'Rewind the server to where the two parted (pg_rewind)',
  'step.rebuild.configure.title': 'Make the rewound server a standby',
  'step.rebuild.old-slot.title': 'Drop the slot of the time when it was the primary',
  'step.rebuild.old-data.title': 'Remove the old data directory that was kept aside',
  // findings
  'finding.zero-loss.title': 'Nothing is lost',
  'finding.zero-loss.detail':
    '{verdict, select, ok {the primary ended at {checkpoint}; the standby has received {received} and replayed {replayed}} other {the primary ended at {checkpoint}; the standby has received {received} and replayed only {replayed}}}',
  'finding.zero-loss.next': 'Nothing was promoted. See why the standby does not replay: call logs for it.',
  'finding.ghost.writes.title': 'What the old primary has accepted after it lost its role',
  'finding.ghost.writes.detail':
    '{verdict, select, ok {nothing} unknown {cannot be told ({reason})} other {{transactions, plural, one {# transaction} other {# transactions}}, {bytes, number} bytes of WAL, from {fork} on timeline {timeline}}}',
  'finding.ghost.writes.next':
    'Nothing was thrown away. Before that server is rebuilt, have somebody look whether what was entered there is to be entered again on the new primary.',
  'finding.rebuild.way.title': 'How the server becomes a standby again',
  'finding.rebuild.way.detail':
    '{way, select, rewind {pg_rewind} clone {a new copy} other {it only has to be started}}: {reason, select, forked {it left the common way at {fork}, and that can be rewound} behind {it never left the common way} same_timeline {both are on the same timeline, so pg_rewind could not see where they parted} no_hints {it has neither checksums nor wal_log_hints} no_ancestor {the primary does not descend from its timeline} wal_recycled {its WAL since then is gone, which pg_rewind would need} no_program {pg_rewind is missing there} no_data {it has no data directory} other_system {its data is of another database system} half_rewound {an earlier pg_rewind did not end} asked {so it was asked for} unreadable {its data cannot be read} begun {this was begun already} slot_lost {its slot on the primary is lost} other {it is a standby of this primary}}',
  'finding.rebuild.way.next': 'Nothing has to be mended here.',
  'finding.old-data.title': 'Old data directory, kept aside',
  'finding.old-data.detail': '{path}: {megabytes, number} MB',
  'finding.old-data.next': 'When nobody needs it any more: zapas rebuild {cluster} --discard-old',
  // errors
  'error.switchover.lagging.what':
    'The standby {host} is {megabytes, number} MB behind; a switchover would keep the office waiting.',
  'error.switchover.lagging.hint': 'Wait until it has caught up (zapas status), or choose a quieter hour.',
  'error.switchover.not-clean.what':
    'The primary {host} did not stop in order ({state}), so it is not proven that the standby has everything.',
  'error.switchover.not-clean.hint':
    'It was started again as the primary. Read its pg_log; if it cannot be stopped in order, plan a failover instead.',
  'error.rebuild.newer-timeline.what':
    '{host} is on timeline {timeline}, newer than the primary’s {primary}: it was promoted after it. Rebuilding it would throw away the newer data.',
  'error.rebuild.newer-timeline.hint':
    'Find out which of the two the office works on, before anything else. When that is the primary: zapas rebuild {cluster, select, absent {<cluster>} other {{cluster}}} --method clone; the other data is kept aside. When it is {host}: zapas accept-roles {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.rebuild.own-volume.what':
    '{path} on {host} is a volume of its own: a mount point cannot be renamed, so no new copy can be put in its place and the old data cannot be kept beside it.',
  'error.rebuild.own-volume.hint':
    'Make the data directory a folder of that volume: stop PostgreSQL on {host}, mount the volume as {path}.volume (in /etc/fstab, too), move what is in it to {path}.volume/data, remove the empty {path}, then: ln -s {path}.volume/data {path}; and again: zapas rebuild {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.rebuild.still-primary.what': '{host} runs as a primary of its own and accepts writes.',
  'error.rebuild.still-primary.hint':
    'Fence it first: zapas fence {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.rebuild.not-rewindable.what': '{host} cannot be rewound ({reason}).',
  'error.rebuild.not-rewindable.hint': 'Rebuild it by a new copy: the option --method clone.',
  'error.rebuild.half-rewound.what':
    'An earlier pg_rewind on {host} did not end. Its data directory must never be started.',
  'error.rebuild.half-rewound.hint':
    'Rebuild it by a new copy: the option --method clone. The directory is kept aside.',
  'error.rebuild.rewind-refused.what':
    'pg_rewind says that it cannot take {host} back (exit code {exit}): {detail}. Its data was not touched.',
  'error.rebuild.rewind-refused.hint':
    'Rebuild it by a new copy: zapas rebuild {cluster, select, absent {<cluster>} other {{cluster}}} --method clone. The old data is kept aside.',
  'error.fence.roles-unclear.what':
    'It cannot be told whether {host} has lost its role ({detail}); nothing was stopped.',
  'error.fence.roles-unclear.hint':
    'Compare the timelines of both servers (zapas status). If people have promoted {host}, and it is right: zapas accept-roles {cluster, select, absent {<cluster>} other {{cluster}}}. Else stop the wrong one by hand.',
  'error.run.not-put-back.what':
    '{step}: this could not be done{host, select, absent {} other { on {host}}} ({code}). The primary may still be STOPPED.',
  'error.run.not-put-back.hint':
    'Mend what stands in the way, then settle the run with «retry»: it goes on putting things back.',
  'error.policy.reason-missing.what':
    '{kind, select, freeze {Nothing may be changed at {site} now: {freeze} (until {until}).} other {This is outside the maintenance windows of {cluster}.}}',
  'error.policy.reason-missing.hint':
    'If it has to be now, say why with the option --reason; the approver will see it.',
  // cards
  'value.action.switchover': 'SWITCHOVER: both servers are well, they swap their roles in order',
  'field.reason': 'Reason',
  'approval.loss-planned':
    'nothing: the standby is promoted only after it has everything, up to the shutdown checkpoint',
  'approval.planned':
    'The primary is stopped in order first. Whatever goes wrong until the promotion, {primary} is started again as the primary.',
  'confirm.title-rebuild': 'Confirm: {runbook} of {cluster} changes what is on {standby}',
  'confirm.text-rebuild':
    '{person} asked for this. The office goes on working on {primary}; on {standby} this will be done:',
  'result.switchover': '{standby} is the primary now, and {primary} follows it as its standby.',
  'result.rebuild': '{standby} follows {primary} again. Both servers were asked, and both say so.',
  'result.rebuild-unchanged': 'Nothing had to be changed: {standby} follows {primary} already.',
  'result.fence': '{standby} is stopped and kept from starting.',
  'result.fence-unchanged': 'Nothing had to be stopped: {standby} does not act as a primary.',
  'result.undone': 'Put back: {steps}',
  'result.next-fence': 'When it is known what it accepted, make it the standby again: {command}',
} as const;
