/** What a checklist says. `detail` is chosen by the verdict, `next` is what mends it. */
export const findings = {
  'finding.os.type.title': 'Type of operating system',
  'finding.os.type.detail': '{verdict, select, ok {{primary} on both} other {primary: {primary}, standby: {standby}}}',
  'finding.os.type.next':
    'Give the standby the same distribution and architecture as the primary; a copy does not run on another one.',
  'finding.os.version.title': 'Version of operating system',
  'finding.os.version.detail':
    '{verdict, select, ok {{primary} on both} other {primary: {primary}, standby: {standby}}}',
  'finding.os.version.next':
    'Bring both servers to the same version. Another version may sort text in another way, and then indexes give wrong answers.',
  'finding.link.speed.title': 'Line between the servers',
  'finding.link.speed.detail':
    '{verdict, select, unknown {not measurable: the primary does not answer echo requests{card, plural, =0 {} other {; the network card says # Mb/s}}} other {{measured, plural, =0 {network card: {card, number} Mb/s} other {about # Mb/s}}, recommended {wanted, number} Mb/s}}',
  'finding.link.speed.next':
    '{verdict, select, unknown {Have the network’s administrator confirm 1 Gb/s in both directions, or allow ICMP between the two servers and check again.} other {Look at cables, switch ports and cards: the manual recommends 1 Gb/s in both directions.}}',
  'finding.incremental-backup.title': 'Incremental backup',
  'finding.incremental-backup.detail':
    '{verdict, select, ok {none found} other {{summarizeWal, select, on {summarize_wal is on} other {summarize_wal is off}}{jobs, plural, =0 {} one {; # job: {paths}} other {; # jobs: {paths}}}}}',
  'finding.incremental-backup.next':
    'The vendor does not support incremental backup together with replication. Change to full backups and set summarize_wal to off.',
  'finding.disk.space.title': 'Free disk',
  'finding.disk.space.detail': '{path}: {free, number} MB free{needed, plural, =0 {} other {, # MB needed}}',
  'finding.disk.space.next': 'Make room on the volume of {path}, then check again.',
  'finding.walsenders.title': 'Connections for standbys (max_wal_senders)',
  'finding.walsenders.detail': '{used, number} of {limit, number} in use, {needed, number} more needed',
  'finding.walsenders.next': 'Setup raises max_wal_senders together with the restart of the primary.',
  'finding.slots.title': 'Replication slots (max_replication_slots)',
  'finding.slots.detail': '{used, number} of {limit, number} in use, {needed, number} more needed',
  'finding.slots.next': 'Setup raises max_replication_slots together with the restart of the primary.',
  'finding.parameters.title': 'Parameters the standby must have as high as its primary',
  'finding.parameters.detail': '{verdict, select, ok {high enough} other {too low on the standby: {names}}}',
  'finding.parameters.next':
    'Raise {names} on the standby to the primary’s values and restart the standby; until then it may stop replaying, and it must not be promoted.',
  'finding.version.minor.title': 'Version of PostgreSQL',
  'finding.version.minor.detail':
    '{verdict, select, ok {{primary} on both} unknown {primary: {primary}; the standby has no programs yet} other {primary: {primary}, standby: {standby}}}',
  'finding.version.minor.next':
    '{verdict, select, failed {PostgreSQL 17 is needed on both servers.} unknown {Setup fetches the programs from the archive of the inventory.} other {Bring both servers to the same minor version: read the release notes, then update the standby first.}}',
  'finding.certificate.files.title': 'Certificate and key',
  'finding.certificate.files.detail':
    '{problem, select, none {usable: {path}} unreadable {missing, or not readable for the service’s account: {path}} permissions {others may read the key, so PostgreSQL refuses it: {path}} otherKey {this key belongs to another certificate: {path}} otherRoot {not signed by the root certificate: {path}} sslOff {TLS is switched off on the primary (ssl = off)} noRoot {the primary names no root certificate (ssl_ca_file is empty)} other {{path}}}',
  'finding.certificate.files.next':
    '{problem, select, permissions {Give the key to the service’s account with mode 0600.} sslOff {Switch TLS on at the primary: ssl = on with ssl_cert_file, ssl_key_file and ssl_ca_file.} noRoot {Set ssl_ca_file on the primary to the root certificate that signed the client certificates.} other {Put the right file to {path}, readable for the service’s account.}}',
  'finding.certificate.expiry.title': 'Expiry of the certificate',
  'finding.certificate.expiry.detail':
    '{verdict, select, failed {{path} expired on {until}} other {{path}: valid until {until} ({days, plural, one {# day} other {# days}})}}',
  'finding.certificate.expiry.next': 'Issue a new certificate for {path} and put it on both servers before it ends.',
  'finding.backup-login.title': 'Login of the base backup',
  'finding.backup-login.detail':
    '{problem, select, none {{user}: may replicate, and its password is the one Zapas was given} role_missing {{user} does not exist on the primary} role_without_replication {{user} lacks the right REPLICATION} password_missing {{user} has no password on the primary} other {{user}: the password Zapas was given is not the one of the primary}}',
  'finding.backup-login.next':
    '{problem, select, password_refused {Put the right password where backupPassword of the inventory points.} other {On the primary, give {user} LOGIN, REPLICATION and the password that backupPassword of the inventory points at.}}',
  'finding.data-directory.title': 'Data directory of the standby',
  'finding.data-directory.detail':
    '{state, select, free {{path} is free} ours {{path} holds a standby of this primary} other {{path} holds something else}}{leftovers, plural, =0 {} one {; # unfinished copy of an earlier run beside it} other {; # unfinished copies of earlier runs beside it}}',
  'finding.data-directory.next':
    '{verdict, select, failed {Look what is in {path}. Zapas touches nothing there: move it away yourself, or correct dataDir in the inventory.} other {Setup clears its own unfinished copies away.}}',
  'finding.tablespaces.title': 'Tablespaces',
  'finding.tablespaces.detail':
    '{verdict, select, ok {{count, plural, =0 {none} one {# tablespace, its place is free} other {# tablespaces, their places are free}}} other {occupied on the standby: {paths}}}',
  'finding.tablespaces.next': 'Tablespaces are copied to the same paths: free {paths} on the standby.',
  'finding.port.reachable.title': 'Database port of the primary, seen from the standby',
  'finding.port.reachable.detail':
    '{state, select, open {{address}, port {port, number, ::group-off}: reached} refused {{address}, port {port, number, ::group-off}: nobody listens there yet} silent {{address}, port {port, number, ::group-off}: no answer, as behind a firewall} other {cannot be tried: the standby has neither bash nor python3}}',
  'finding.port.reachable.next':
    'Setup opens the port in the firewalls it knows (ufw, firewalld, nftables) and makes the primary listen. A firewall between the servers has to be opened by its administrator.',
  'finding.clock.skew.title': 'Clock',
  'finding.clock.skew.detail':
    '{verdict, select, ok {right} other {{seconds, plural, one {# second} other {# seconds}} off}}',
  'finding.clock.skew.next': 'Switch time synchronisation on (timedatectl set-ntp true).',
  'finding.rewind-possible.title': 'Return of the old primary without a new copy',
  'finding.rewind-possible.detail':
    '{verdict, select, ok {possible (data checksums: {checksums}, wal_log_hints: {hints})} other {not possible: neither data checksums nor wal_log_hints}}',
  'finding.rewind-possible.next':
    'Set wal_log_hints = on at the next restart of the primary. Without it the old primary has to be copied anew after a failover.',
  'finding.archiving.title': 'WAL archiving',
  'finding.archiving.detail': '{verdict, select, ok {off} other {archive_mode = {mode}}}',
  'finding.archiving.next':
    'Make sure that the two servers never archive to the same place; after a failover the new primary archives too.',
  'finding.sessions.title': 'Connected clients',
  'finding.sessions.detail':
    '{count, plural, =0 {nobody is connected} one {# session will be cut off by the restart} other {# sessions will be cut off by the restart}}',
  'finding.sessions.next': 'Choose a time when nobody works, or ask the people to log out.',
  'finding.primary.running.title': 'Primary server',
  'finding.primary.running.detail':
    '{verdict, select, ok {runs, PostgreSQL {version}} unknown {cannot be reached} other {{state, select, stopped {is stopped} crashed {is down and was not stopped properly} absent {has no data directory at the inventory’s path} starting {is starting} stopping {is stopping} hung {does not answer} running {runs, but does not let Zapas in} other {does not run}}}}',
  'finding.primary.running.next':
    '{verdict, select, unknown {Check the line to the primary and the machine itself.} other {Start PostgreSQL on the primary and look at its pg_log. If it cannot be started, run failover.}}',
  'finding.primary.role.title': 'Role of the primary',
  'finding.primary.role.detail':
    '{verdict, select, ok {it is the primary} other {it is in recovery, so it is a standby itself}}',
  'finding.primary.role.next': 'Check which of the two servers is the primary, and correct the inventory.',
  'finding.standby.role.title': 'Role of the standby',
  'finding.standby.role.detail':
    '{verdict, select, ok {it is a standby} unknown {cannot be reached} other {{state, select, absent {there is no standby yet} running {it is no standby: it accepts writes} stopped {it is stopped} crashed {it is down and was not stopped properly} starting {it is starting} other {it does not run}}}}',
  'finding.standby.role.next':
    '{state, select, absent {Run setup.} running {Do not write to it. Find out who promoted it, and which of the two servers has the right data.} unreachable {Check the line to the standby and the machine itself.} other {Start PostgreSQL on the standby and look at its pg_log.}}',
  'finding.streaming.title': 'Replication',
  'finding.streaming.detail':
    '{verdict, select, ok {the standby follows its primary} unknown {cannot be told} other {the standby does not follow its primary (receiver: {state})}}',
  'finding.streaming.next': 'Run logs for the standby: pg_log names the cause and which server to mend.',
  'finding.replay.title': 'Replay',
  'finding.replay.detail': '{verdict, select, ok {goes on} other {stands still ({state})}}',
  'finding.replay.next':
    'Find out why replay is paused: by hand (pg_wal_replay_resume ends that), or because a parameter is lower than on the primary. It must not be promoted like this.',
  'finding.lag.title': 'Lag of the standby',
  'finding.lag.detail':
    '{verdict, select, unknown {cannot be told} other {{megabytes, number} MB, {seconds, plural, one {# second} other {# seconds}}}}',
  'finding.lag.next': 'Look at the line between the servers and at the standby’s disks.',
  'finding.slot.state.title': 'Replication slot',
  'finding.slot.state.detail':
    '{status, select, none {there is none} lost {{slot}: lost, its WAL is gone} inactive {{slot}: nobody uses it, yet it keeps WAL back; {left, number} MB until it is lost} unused {{slot}: in use, keeps nothing back yet} unreserved {{slot}: about to be lost} other {{slot}: in use{left, plural, =0 {} other {, # MB to spare}}}}',
  'finding.slot.state.next':
    '{status, select, none {Run setup: without a slot a night offline can break the standby.} lost {The standby cannot catch up any more: it needs a new copy.} inactive {Bring the standby back; if it is gone for good, drop the slot.} other {Bring the standby back soon.}}',
  'finding.timeline.title': 'Timeline',
  'finding.timeline.detail': '{verdict, select, ok {{primary} on both} other {primary: {primary}, standby: {standby}}}',
  'finding.timeline.next': 'The servers have different histories. The standby needs pg_rewind or a new copy.',
  'finding.service.start-mode.title': 'Start with the machine',
  'finding.service.start-mode.detail':
    '{verdict, select, ok {{service} starts by itself} other {{service} does not start by itself}}',
  'finding.service.start-mode.next': 'systemctl enable {service}',
  'finding.hot-standby.title': 'Reading from the standby',
  'finding.hot-standby.detail': '{verdict, select, ok {possible} other {not possible (hot_standby = off)}}',
  'finding.hot-standby.next': 'Set hot_standby = on and restart the standby; otherwise nobody can see how far it is.',
  'finding.cascade.title': 'Standbys of the standby',
  'finding.cascade.detail':
    '{count, plural, =0 {none} one {# server follows this standby} other {# servers follow this standby}}',
  'finding.cascade.next': 'Zapas looks after one standby. Decide what happens to the others before a failover.',
} as const;
