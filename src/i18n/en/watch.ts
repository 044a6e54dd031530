/** Alerts, the fleet board, readiness, summaries and plots. `cause` says what is wrong, `next` what to do about it. */
export const watch = {
  'watch.primary.twice.title': 'two servers take writes',
  'watch.primary.twice.cause':
    '{host} and {other} both take writes (timelines {primary} and {standby}). With every minute they grow further apart.',
  'watch.primary.twice.next':
    'Decide which of them is right. If it is {other}, which was promoted: zapas accept-roles {cluster} stops the other one as soon as a second person approves. If it is {host}, stop PostgreSQL on {other} at once: systemctl disable --now {service}. Throw nothing away: what it took may be wanted.',
  'watch.primary.old.title': 'the old primary is back and takes writes',
  'watch.primary.old.cause':
    '{host} takes writes on timeline {standby}, beside the new primary on timeline {primary}. Who still works there works into nothing.',
  'watch.primary.old.next':
    'Stop it now: systemctl disable --now {service} on {host}. Throw nothing away. Then make it the standby: zapas rebuild {cluster}',
  'watch.primary.moved.title': 'the standby was promoted without Zapas',
  'watch.primary.moved.cause':
    '{host} takes writes on timeline {timeline}. {state, select, standby {{other}, the primary that Zapas knows, is a standby.} unreachable {{other}, the primary that Zapas knows, cannot be reached.} other {{other}, the primary that Zapas knows, does not run.}}',
  'watch.primary.moved.next':
    'If that is right, let Zapas know, or its procedures act on the wrong server: zapas accept-roles {cluster}',
  'watch.site.unreachable.title': 'neither server can be reached',
  'watch.site.unreachable.cause':
    'Neither the primary nor the standby answers Zapas, so nobody here can tell whether they work. {problem}',
  'watch.site.unreachable.next':
    'Ask the customer about line, power and VPN. As soon as one of the servers answers, this says more.',
  'watch.primary.silent.title': 'the primary does not answer',
  'watch.primary.silent.cause':
    '{state, select, unreachable {Nobody reaches {host}: neither Zapas nor its standby.} stopped {PostgreSQL on {host} was stopped.} crashed {PostgreSQL on {host} has died.} hung {PostgreSQL on {host} hangs.} starting {PostgreSQL on {host} is recovering and takes no connections yet.} stopping {PostgreSQL on {host} is being stopped.} absent {{host} has no data directory.} other {PostgreSQL on {host} does not answer.}} Nothing can be written.',
  'watch.primary.silent.next':
    'See to {host}. If it will not be back in time: Failover, or zapas failover {cluster}; a second person approves before anything is promoted.',
  'watch.primary.none.title': 'no server takes writes',
  'watch.primary.none.cause': 'Both servers run as standbys.',
  'watch.primary.none.next': 'Look which of them is to be the primary: zapas status {cluster}',
  'watch.primary.unreachable.title': 'Zapas cannot reach the primary’s host',
  'watch.primary.unreachable.cause':
    'Its PostgreSQL lives, as others see it, but Zapas gets no login on {host}: no failover could fence it. {problem}',
  'watch.primary.unreachable.next': 'Mend the way to {host}: line, firewall, account. Then: zapas status {cluster}',
  'watch.disk.full.title': 'the disk of {host} is full',
  'watch.disk.full.cause': 'Only {free} are left. PostgreSQL stops when it cannot write.',
  'watch.disk.full.next': 'Make room on {host} now, never in pg_wal. Then: zapas status {cluster}',
  'watch.disk.low.title': 'little room on {host}',
  'watch.disk.low.cause': 'Only {free} are left on the volume of the database.',
  'watch.disk.low.next': 'Make room on {host}, never in pg_wal. Then: zapas status {cluster}',
  'watch.disk.filling.title': 'the disk of {host} fills up',
  'watch.disk.filling.cause':
    '{free} are left; as it went this week, the volume is full in {days, plural, =0 {less than a day} one {# day} other {# days}}.',
  'watch.disk.filling.next': 'See what grows on {host} and make room in time. Then: zapas status {cluster}',
  'watch.standby.unreachable.title': 'Zapas cannot reach the standby’s host',
  'watch.standby.unreachable.cause': 'Nobody knows whether {host} still follows. {problem}',
  'watch.standby.unreachable.next': 'Mend the way to {host}: power, line, firewall. Then: zapas status {cluster}',
  'watch.standby.absent.title': 'there is no standby',
  'watch.standby.absent.cause': '{host} has no data directory: if the primary fails, nothing is there to take over.',
  'watch.standby.absent.next': 'Set it up: zapas setup {cluster}',
  'watch.slot.lost.title': 'the standby can never catch up',
  'watch.slot.lost.cause':
    'Its slot {slot} is lost: the primary had to keep more WAL for it than its bound allows, and threw it away.',
  'watch.slot.lost.next': 'Copy the standby anew: zapas rebuild {cluster}',
  'watch.standby.down.title': 'the standby does not run',
  'watch.standby.down.cause':
    '{state, select, stopped {PostgreSQL on {host} was stopped.} crashed {PostgreSQL on {host} has died.} hung {PostgreSQL on {host} hangs.} starting {PostgreSQL on {host} is recovering and takes no connections yet.} stopping {PostgreSQL on {host} is being stopped.} other {PostgreSQL on {host} does not answer.}} Until it runs, the pair has no reserve.',
  'watch.standby.down.next':
    'Start it: systemctl start {service} on {host}. Why it went down: zapas logs {cluster} --host standby',
  'watch.timeline.differs.title': 'the standby is on another timeline',
  'watch.timeline.differs.cause':
    'The primary writes timeline {primary}, {host} is on timeline {standby}: it does not follow any more.',
  'watch.timeline.differs.next': 'Make it a standby again: zapas rebuild {cluster}',
  'watch.parameters.low.title': 'replay stands still: a parameter is too low',
  'watch.parameters.low.cause':
    '{names}: lower on {host} than on the primary. {paused, select, yes {Replay is paused, though the primary still says streaming.} other {At its next restart the standby will not come up.}} A promotion would end in a server that does not start.',
  'watch.parameters.low.next':
    'Raise {names} on {host} to the primary’s value and restart the standby: systemctl restart {service}. Then: zapas status {cluster}',
  'watch.replay.paused.title': 'replay is paused on the standby',
  'watch.replay.paused.cause': '{host} receives WAL but does not replay it.',
  'watch.replay.paused.next':
    'On {host}, as the database’s superuser: select pg_wal_replay_resume(). Who paused it: zapas logs {cluster} --host standby',
  'watch.link.cut.title': 'the servers do not see each other',
  'watch.link.cut.cause': 'Both run, but {host} does not reach {primary}: nothing is replicated.',
  'watch.link.cut.next':
    'Mend the line between them: cable, switch, firewall, port of the database. Then: zapas status {cluster}',
  'watch.standby.not-streaming.title': 'the standby does not follow',
  'watch.standby.not-streaming.cause': '{host} runs and reaches its primary, but no WAL is streamed.',
  'watch.standby.not-streaming.next': 'Why: zapas logs {cluster} --host standby',
  'watch.hot-standby.off.title': 'the standby takes no connections',
  'watch.hot-standby.off.cause':
    'hot_standby is off on {host}: it may follow, but nobody can see how far, and a failover would be blocked.',
  'watch.hot-standby.off.next': 'Set hot_standby = on on {host} and restart the standby. Then: zapas status {cluster}',
  'watch.slot.bound.title': 'the standby may soon be lost',
  'watch.slot.bound.cause':
    'The primary keeps WAL for the slot {slot}; {left} are left of {bound}. After that the standby has to be copied anew.',
  'watch.slot.bound.next':
    'Let the standby catch up, or raise max_slot_wal_keep_size while there is room: zapas status {cluster}',
  'watch.lag.replay.title': 'the standby lags behind',
  'watch.lag.replay.cause': 'It has {bytes} to replay and is {seconds} behind.',
  'watch.lag.replay.next': 'Look for long queries on the standby and for its disk: zapas status {cluster}',
  'watch.lag.receive.title': 'the line to the standby is too slow',
  'watch.lag.receive.cause': '{bytes} have not arrived yet: so much could be lost.',
  'watch.lag.receive.next': 'Look at the line between the servers: zapas check {cluster}',
  'watch.certificate.expires.title': 'a certificate on {host} ends',
  'watch.certificate.expires.cause':
    '{path} is valid until {until}{days, plural, =0 {: today} one {: # day} other {: # days}}. After that the standby cannot connect any more.',
  'watch.certificate.expires.next': 'Issue a new one and put it on {host}. Then: zapas check {cluster}',
  'watch.service.disabled.title': 'PostgreSQL on {host} does not start with its host',
  'watch.service.disabled.cause': 'The service {service} is not enabled: after a power cut it stays down.',
  'watch.service.disabled.next': 'On {host}: systemctl enable {service}',
  'watch.version.minor.title': 'two versions of PostgreSQL',
  'watch.version.minor.cause': 'The primary runs {primary}, the standby {standby}.',
  'watch.version.minor.next': 'Bring both to the newer one, the standby first: zapas check {cluster}',
  'alert.title': '{cluster}: {what}',
  'alert.title.closed': '{cluster}: over – {what}',
  'alert.why.worsened': 'It got worse.',
  'alert.why.returned': 'It is back after it seemed over.',
  'alert.why.reminded': 'It is still so.',
  'alert.also': 'And beside it',
  'alert.closed.text': 'Well again since {at}. It lasted {for}.',
  'alert.held.taken': '{person} has taken it ({at}).',
  'alert.held.later': '{person} has put it off until {until}.',
  'alert.footer': 'Alert {alert}',
  'alert.evidence': 'Who sees {primary}',
  'field.mend': 'To mend',
  'field.since': 'Since',
  'value.mend':
    '{mend, select, primary {the primary, {host}} standby {the standby, {host}} other {the link to {host}}}',
  'button.failover': 'Failover',
  'button.ack': 'I take it',
  'button.snooze': 'Later (1 h)',
  'button.board': 'Next page',
  'button.board-back': 'Previous page',
  'command.ack': 'Take an alert: it is told no more unless it gets worse',
  'command.snooze': 'Put an alert off for some hours',
  'option.alert': 'alert',
  'option.hours': 'for how many hours',
  'option.site': 'only this site',
  'option.state': 'only pairs in this state',
  'option.page': 'page',
  'error.alert.unknown.what': 'There is no alert {alert}.',
  'error.alert.unknown.hint': 'Alerts are kept for some weeks. What is wrong now: zapas status',
  'error.alert.over.what': 'Alert {alert} is over, or its cause is another one meanwhile.',
  'error.alert.over.hint': 'Look at the pair first: zapas status {cluster}',
  'ack.alert':
    '{verb, select, ack {Alert {alert} is yours; the channel sees it.} other {Alert {alert} is put off until {until}.}}',
  'board.title': 'All pairs',
  'board.title.site': 'Pairs of {site}',
  'board.summary':
    '{total, plural, one {# pair} other {# pairs}}: {failed, plural, =0 {} one {# needs somebody now, } other {# need somebody now, }}{warning, plural, =0 {} one {# is not as it should be, } other {# are not as they should be, }}{unknown, plural, =0 {} one {of # nothing is known, } other {of # nothing is known, }}{ok, number} well.',
  'board.none': 'No pair is like that.',
  'board.item': '{cluster} – {site}',
  'board.well': '{lag}{stale, select, yes {; last seen {at}} other {}}',
  'board.unseen': 'not looked at yet',
  'board.ready':
    'failover: {verdict, select, yes {would work} limited {would work, at a price} no {WOULD NOT WORK} other {nobody knows}}',
  'board.held': '{person} is on it',
  'board.page': 'Page {page} of {pages}; the worst first.',
  'readiness.title':
    'Would a failover work now? {verdict, select, yes {Yes} limited {Yes, at a price} no {NO} other {Nobody knows}} ({fine} of {all})',
  'summary.title': 'Pairs this morning',
  'summary.well':
    'All {count, plural, one {# pair is} other {# pairs are}} well; a failover would work for each of them.',
  'summary.trouble': 'What wants somebody today',
  'summary.more': '{count, plural, one {and # more pair} other {and # more pairs}}: zapas status',
  'plot.lag.title': 'Lag of {cluster}, last {hours, plural, one {# hour} other {# hours}}',
  'plot.lag.receive': 'to receive',
  'plot.lag.replay': 'to replay',
  'plot.lag.alt':
    'Lag of {cluster} from {from} to {to}: now {now} to replay, at most {most}{gaps, plural, =0 {} one {; # gap without a sample} other {; # gaps without a sample}}.',
  'plot.backup.title': 'Base backup of {cluster}',
  'plot.backup.alt': 'Base backup of {cluster}: {done} of {total} after {for}, about {rate} a second.',
  'plot.backup.done': 'copied',
} as const;
