/**
 * What every error of the registry says: `what` happened, and as `hint` what to do next. A value that an error may come without
 * is chosen by `select`, whose branch `absent` then says nothing.
 */
export const errors = {
  // the inventory and the command
  'error.config.invalid.what':
    'The configuration cannot be used: {file, select, absent {} other {{file}}}{line, plural, =0 {} other {, line #}}{key, select, absent {} other {, {key}}}: {detail}{more, plural, =0 {} one { (and # more problem)} other { (and # more problems)}}.',
  'error.config.invalid.hint': 'Correct it there, then run: zapas inventory check',
  'error.config.secret-missing.what': 'The secret {ref} cannot be read{detail, select, absent {} other { ({detail})}}.',
  'error.config.secret-missing.hint':
    'Set the variable or put the file in place, readable for the account of Zapas alone (chmod 600), then run: zapas doctor',
  'error.input.invalid.what':
    'That cannot be done as typed{field, select, absent {} other {: {field}{part, select, absent {} other { ({part})}}}}{detail, select, absent {} other {: {detail}}}{problem, select, absent {} other {: {problem}}}.',
  'error.input.invalid.hint':
    'See how the command is written: zapas help{command, select, absent {} other { {command}}}',
  'error.input.unknown-command.what': 'There is no command «{command}».',
  'error.input.unknown-command.hint':
    '{nearest, select, absent {See what there is: zapas help} other {Did you mean: {nearest}? All commands: zapas help}}',
  'error.input.unknown-cluster.what': 'The inventory has no cluster «{cluster}».',
  'error.input.unknown-cluster.hint':
    '{nearest, select, absent {See the clusters you may work with: zapas who} other {Did you mean: {nearest}?}}',
  'error.input.unknown-run.what': 'There is no run «{run}».',
  'error.input.unknown-run.hint': 'See the latest runs: zapas runs',
  'error.input.unknown-person.what': 'The inventory has nobody whose {platform} account is «{person}».',
  'error.input.unknown-person.hint':
    'Have the administrator add the account to a person under people in the inventory, then run: zapas inventory check',
  // reaching a host
  'error.host.unreachable.what':
    'Host {host} cannot be reached{address, select, absent {} other { at {address}{port, plural, =0 {} other {, port {port, number, ::group-off}}}}}: {detail}. Nothing was started there.',
  'error.host.unreachable.hint':
    'Check that the machine is on and the line to it works, then ask again. If it was the primary and it is lost: zapas failover {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.host.key-changed.what':
    'Host {host} shows another host key than the inventory knows. Known: {pinned}; shown: {presented}. It may be a different machine.',
  'error.host.key-changed.hint':
    'Find out why before anything else. Only if the server was really reinstalled, put its new key under hosts.{host}.transport.hostKeys and run: zapas inventory check',
  'error.host.key-unknown.what':
    'The inventory has no host key for {host}, so nobody can tell whether it is the right machine.',
  'error.host.key-unknown.hint':
    'Read the key on the server itself (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and put it under hosts.{host}.transport.hostKeys.',
  'error.host.certificate-refused.what':
    'The WinRM service of {host} cannot be trusted: {reason, select, certificate_expired {its certificate has expired} certificate_not_yet_valid {its certificate is not valid yet} certificate_name {its certificate is made out to another name} certificate_pin {it shows another certificate than the pinned one} certificate_untrusted {its certificate was signed by an authority that the inventory does not name} unsealed {it answered without encryption} other {it asks for less security than Zapas accepts}} ({detail}). Nothing was sent to it.',
  'error.host.certificate-refused.hint':
    '{reason, select, certificate_expired {Renew the certificate of the WinRM listener on the host.} certificate_not_yet_valid {Compare the clock of the host and the clock of this machine.} certificate_name {Use the name in the certificate as address under hosts.{host}, or renew the certificate.} certificate_pin {Find out why before anything else. Only if the certificate was really renewed, put its SHA-256 into the inventory.} certificate_untrusted {Put the authority under hosts.{host}.transport in the inventory.} other {Find out what stands between this machine and the host.}} Then run: zapas doctor',
  'error.host.not-winrm.what':
    'What answers{address, select, absent {} other { at {address}{port, plural, =0 {} other {, port {port, number, ::group-off}}}}} for host {host} is not WinRM: {detail}.',
  'error.host.not-winrm.hint':
    'Check address and port under hosts.{host} (5986 for HTTPS, 5985 for HTTP) and on the host: winrm enumerate winrm/config/listener',
  'error.host.auth-failed.what':
    'Host {host} does not let {user} log in{detail, select, absent {} other {: {detail}}}.',
  'error.host.auth-failed.hint':
    '{reason, select, clock_skew {Set the clock of the host or of this machine right: they differ by {seconds, number} s. Check the password too, then run: zapas doctor} method_refused {Allow this way to log in on the host (winrm get winrm/config/service/auth) or choose another one under hosts.{host}.transport, then run: zapas doctor} login_refused {Check user and password under hosts.{host}.transport in the inventory, then run: zapas doctor. Zapas does not try again by itself: that would lock the account.} other {Check user, privateKey or password under hosts.{host}.transport in the inventory, and authorized_keys on the host, then run: zapas doctor}}',
  'error.host.access-denied.what': 'Host {host} lets {user} log in but not run commands over WinRM: {detail}.',
  'error.host.access-denied.hint':
    'Give the account the right to it on the host (group Remote Management Users, and administrator rights for what Zapas changes), then run: zapas doctor',
  'error.host.become-failed.what':
    'On host {host} the account {login} cannot act {account, select, absent {as administrator} other {as {account}}}: {detail}.',
  'error.host.become-failed.hint':
    'Allow the account sudo without a password for the commands of Zapas, or set become in the inventory to what the host has; then run: zapas doctor',
  'error.host.busy.what': 'Another change of Zapas is still running on host {host}.',
  'error.host.busy.hint': 'Wait until it is over: zapas runs. It is tried again by itself.',
  'error.host.quota.what': 'Host {host} has no remote shell left for {user}: {detail}.',
  'error.host.quota.hint':
    "It is tried again by itself. If it stays so, end forgotten shells on the host or raise its quota: winrm set winrm/config/winrs @'{'MaxShellsPerUser=\"30\"'}'",
  'error.host.refused.what': 'Host {host} refused a command before it started: {detail}.',
  'error.host.refused.hint': 'Mend what the host names, then ask for the same again.',
  'error.host.fenced.what':
    'Host {host} refused the change: a newer worker has taken over since{token, select, absent {} other { (token {token})}}.',
  'error.host.fenced.hint': 'Nothing is to be done here; see how the run goes on: zapas runs',
  'error.host.tool-missing.what': 'Host {host} lacks a program that Zapas needs: {detail}.',
  'error.host.tool-missing.hint':
    'Install it with the package manager of the host (on Debian: apt-get install util-linux coreutils), then ask again.',
  // running something there
  'error.exec.outcome-unknown.what':
    'The link to host {host} was lost while a command ran there; it cannot be told whether the command did its work{detail, select, absent {} other { ({detail})}}.',
  'error.exec.outcome-unknown.hint':
    'When the host answers again, let Zapas look and go on: zapas settle {run, select, absent {<run>} other {{run}}} retry',
  'error.exec.failed.what':
    'A command{host, select, absent {} other { on host {host}}} failed with exit code {exit}: {detail}',
  'error.exec.failed.hint':
    'Mend what the output names, then ask for the same again: what is done already is left alone.',
  'error.exec.timeout.what':
    'A command on host {host} did not end in time and was given up{command, select, absent {} other {: {command}}}.',
  'error.exec.timeout.hint': 'See whether the host is overloaded or its disk hangs, then ask again.',
  'error.exec.aborted.what': 'The work on host {host} was broken off.',
  'error.exec.aborted.hint': 'Somebody stopped the run or the worker is shutting down. See how it stands: zapas runs',
  'error.fact.unreadable.what':
    'An answer{host, select, absent {} other { of host {host}}} could not be understood ({fact}): {detail}',
  'error.fact.unreadable.hint':
    'Look at the command by hand on the host. If its output is as usual there, report it with the line above.',
  'error.file.changed.what':
    'A file on host {host} was changed by somebody else since the plan was made, so it was left as it is{path, select, absent {} other {: {path}}}.',
  'error.file.changed.hint': 'Ask for the same again: the plan is then made on the file as it is now.',
  'error.file.write-failed.what': 'A file could not be written on host {host}: {detail}',
  'error.file.write-failed.hint':
    'Check free space, owner and rights of the directory, then ask again. The file is as it was before.',
  'error.job.vanished.what':
    'The long-running work «{job}» on host {host} is gone without a result{state, select, rebooted {: the host was restarted} other {}}.',
  'error.job.vanished.hint':
    'See whether the host was restarted or ran out of memory, then let Zapas look and go on: zapas settle {run, select, absent {<run>} other {{run}}} retry',
  'error.job.failed.what': 'The long-running work «{job}» failed with exit code {exit}: {detail}',
  'error.job.failed.hint': 'Mend what the output names, then ask for the same again.',
  // the state of the servers
  'error.preflight.failed.what': 'The check of {cluster} found what must be mended first.',
  'error.preflight.failed.hint': 'See the list with what to do for each line: zapas check {cluster}',
  'error.primary.not-running.what':
    'PostgreSQL on the primary {host} does not run{state, select, absent {} other { (state: {state})}}{detail, select, absent {} other {: {detail}}}.',
  'error.primary.not-running.hint':
    'Start it and look at its pg_log. If it cannot be started: zapas failover {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.primary.not-primary.what': 'Host {host} should be the primary, but its PostgreSQL follows another server.',
  'error.primary.not-primary.hint':
    'See who is the primary now: zapas status {cluster, select, absent {<cluster>} other {{cluster}}}. If people have promoted the other one: zapas accept-roles {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.primary.alive.what':
    'The primary {host} is alive. Promoting the standby now would make two primaries, and their data would part.',
  'error.primary.alive.hint':
    'If people cannot reach it although it runs, mend the network. If it really has to go, stop its PostgreSQL first and ask again.',
  'error.standby.not-running.what':
    'PostgreSQL on the standby {host} does not run{state, select, absent {} other { (state: {state})}}.',
  'error.standby.not-running.hint':
    'Start its service and look at its pg_log: zapas logs {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.standby.not-standby.what': 'Host {host} is no standby of this primary.',
  'error.standby.not-standby.hint':
    'See what both servers are: zapas status {cluster, select, absent {<cluster>} other {{cluster}}}. If there is no standby yet: zapas setup {cluster, select, absent {<cluster>} other {{cluster}}}. If people have promoted it: zapas accept-roles {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.standby.already-promoted.what':
    'The standby {host} was promoted already: it is on timeline {timeline} and accepts writes.',
  'error.standby.already-promoted.hint':
    'Find out who promoted it and which server has the right data, before anything is written: zapas status {cluster, select, absent {<cluster>} other {{cluster}}}. If it is to stay the primary: zapas accept-roles {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.standby.not-streaming.what': 'The standby {host} does not receive WAL from its primary.',
  'error.standby.not-streaming.hint':
    'Its pg_log says why: zapas logs {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.standby.replay-paused.what':
    'The standby {host} receives WAL but does not replay it{reason, select, absent {} other { (because of {reason})}}. Promoted like this, it would lose what it has not replayed or hang.',
  'error.standby.replay-paused.hint':
    'On the standby run: select pg_wal_replay_resume(); if a parameter is too low there, raise it and restart the standby. Then ask again.',
  'error.standby.hot-standby-off.what':
    'The standby {host} answers no questions (hot_standby = off), so its state cannot be judged.',
  'error.standby.hot-standby-off.hint': 'Set hot_standby = on in its postgresql.conf, restart it, and ask again.',
  'error.standby.recovery-target.what':
    'The standby {host} has {setting} = {value}: it holds back on purpose, and a promotion would lose what it holds back.',
  'error.standby.recovery-target.hint':
    'Remove {setting} on the standby, restart it, wait until it has caught up, and ask again.',
  'error.standby.synchronous.what':
    'The standby {host} has synchronous_standby_names = {value}: after a promotion every write would wait for a standby that does not exist.',
  'error.standby.synchronous.hint':
    'On the standby run: alter system reset synchronous_standby_names; select pg_reload_conf(); then ask again.',
  'error.standby.not-consistent.what':
    'The copy on {host} is not consistent yet (its base backup was never finished). It must not be promoted.',
  'error.standby.not-consistent.hint':
    'Let it catch up while the primary lives, or copy it anew: zapas setup {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.standby.timeline-mismatch.what': 'The histories of the servers do not fit together on {host}: {detail}.',
  'error.standby.timeline-mismatch.hint':
    'Somebody promoted one of them before. Find out which server has the right data: zapas status {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.standby.unexpected-signal-file.what':
    'On {host} there is a file {file}: the server is in another kind of recovery than a standby.',
  'error.standby.unexpected-signal-file.hint':
    'Find out who restores something there. Only when nobody does, move the file away and ask again.',
  'error.version.unsupported.what':
    'PostgreSQL on host {host} has version {version}; the procedure is for version 17{path, select, absent {} other { ({path})}}.',
  'error.version.unsupported.hint':
    'Set binDir in the inventory to the programs of PostgreSQL 17, or have the vendor update the server; then run: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.os.mismatch.what':
    'The servers run different operating systems: {primary} and {standby}. A copy would not work.',
  'error.os.mismatch.hint':
    'Give the standby the same system as the primary, then run: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.disk.full.what':
    'Too little disk space on host {host}{path, select, absent {} other { for {path}}}{needed, plural, =0 {} other {: # MB needed, {free, number} MB free}}{detail, select, absent {} other {: {detail}}}.',
  'error.disk.full.hint':
    'Make room on that volume or give it a larger one, then run: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.data-directory.occupied.what':
    'The data directory {path} on host {host} is not empty and is no copy made by Zapas for this pair{detail, select, absent {} other { ({detail})}}. It was not touched.',
  'error.data-directory.occupied.hint':
    'Look what is in there. Move it away yourself, or correct dataDir in the inventory; then run: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.tablespace.occupied.what': 'The place of a tablespace is taken on host {host}: {path}. It was not touched.',
  'error.tablespace.occupied.hint': 'Look what is in there and move it away yourself, then ask again.',
  'error.certificate.missing.what':
    '{detail, select, unreadable {A certificate or key is missing on host {host}, or the service’s account cannot read it: {path}} permissions {Others may read the key {path} on host {host}, so PostgreSQL refuses it} otherKey {The key {path} on host {host} belongs to another certificate} otherRoot {The certificate {path} on host {host} is not signed by the root certificate} sslOff {TLS is switched off on {host} (ssl = off)} noRoot {The primary {host} names no root certificate (ssl_ca_file is empty)} other {A certificate or key on host {host} cannot be used: {path}}}.',
  'error.certificate.missing.hint':
    '{detail, select, permissions {On the host run: chmod 600 {path}; chown <service account> {path}} sslOff {Set ssl = on with ssl_cert_file, ssl_key_file and ssl_ca_file on the primary, then ask again.} noRoot {Set ssl_ca_file on the primary to the root certificate that signed the client certificates, then ask again.} other {Put the right file to {path}, readable for the service’s account, then run: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}}}',
  'error.certificate.expired.what': 'The certificate {path} on host {host} expired on {expired}.',
  'error.certificate.expired.hint':
    'Have a new one issued, put it in its place, then run: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.binaries.missing.what':
    'The programs of PostgreSQL 17 are missing on host {host} in {path}{programs, select, absent {} other {: {programs}}}.',
  'error.binaries.missing.hint':
    'Give the cluster an archive (url and sha256) in the inventory, or unpack the vendor’s archive there by hand; then ask again.',
  'error.binaries.checksum.what':
    'The archive from {url} is not the one the inventory expects: SHA-256 {found} instead of {expected}. It was not unpacked.',
  'error.binaries.checksum.hint':
    'Ask the vendor for the right checksum. Only if the archive is genuine, correct archive.sha256 in the inventory.',
  'error.pg-hba.rejected.what':
    'The primary {host} does not accept its pg_hba.conf{file, select, absent {} other { ({file})}}: {detail, select, absent {it cannot be read} other {{detail}}}. The old file is back in place.',
  'error.pg-hba.rejected.hint':
    'Look at select * from pg_hba_file_rules where error is not null; on the primary, mend those lines, and ask again.',
  'error.postgresql-conf.rejected.what':
    'The configuration of PostgreSQL on {host} cannot be changed{file, select, absent {} other { ({file})}}: {detail, select, absent {the file cannot be read} other {{detail}}}. It is as it was before.',
  'error.postgresql-conf.rejected.hint':
    'Look at select * from pg_file_settings where error is not null; on that server, mend those lines, and ask again.',
  'error.postgresql.format.what': '{what} cannot be read{line, plural, =0 {} other {, line #}}: {problem}.',
  'error.postgresql.format.hint':
    'Mend that line by hand, then ask again. Zapas changes no file that it does not understand whole.',
  'error.replication.login-failed.what':
    'The standby {host} cannot log in at the primary{user, select, absent {} other { as {user}}}: {detail, select, no_hba_entry {pg_hba.conf has no line for it} hba_rejects {pg_hba.conf rejects it} password_refused {the password is refused} password_missing {there is no password for it} client_certificate_missing {its client certificate is missing or unreadable} certificate_refused {the primary does not accept its client certificate} server_certificate_unverified {the certificate of the primary cannot be verified} primary_unreachable {the primary’s port cannot be reached from there} otherSystem {what answers at that address is another database server} role_missing {the login does not exist} role_without_replication {the login lacks the right REPLICATION} too_many_standbys {the primary has no free WAL sender} too_many_connections {the primary has no free connection} other {the server says}}{message, select, absent {} other { («{message}»)}}.',
  'error.replication.login-failed.hint':
    'Mend it, then ask again. Addresses, certificates and logins of the pair are in the inventory: zapas check {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.replication.slot-lost.what':
    'The replication slot {slot} on {host} has lost WAL that the standby still needs.',
  'error.replication.slot-lost.hint':
    'The standby has to be copied anew: drop the slot, move the standby’s data directory away, and run: zapas setup {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.redirect.not-verified.what':
    'The traffic was redirected, but a connection made the clients’ way does not end on the new primary{detail, select, absent {} other { ({detail})}}.',
  'error.redirect.not-verified.hint':
    'Look at the redirect recipe in the inventory and at the hosts it names; then: zapas settle {run, select, absent {<run>} other {{run}}} retry',
  'error.log.errors-found.what': 'pg_log on host {host} shows a failure ({id}): {line}',
  'error.log.errors-found.hint':
    'See the excerpt with what it means and where to mend it: zapas logs {cluster, select, absent {<cluster>} other {{cluster}}}',
  'error.verify.failed.what': 'The step «{step}» was carried out, but its result is not there.',
  'error.verify.failed.hint':
    'See the state of both servers and pg_log: zapas status {cluster, select, absent {<cluster>} other {{cluster}}}; zapas logs {cluster, select, absent {<cluster>} other {{cluster}}}; then ask again.',
  // runs
  'error.run.cluster-busy.what': 'Another run is changing {cluster} now{run, select, absent {} other {: {run}}}.',
  'error.run.cluster-busy.hint': 'Wait for it, or stop it: zapas cancel {run, select, absent {<run>} other {{run}}}',
  'error.run.lost-lease.what': 'Another worker has taken over the run {run}.',
  'error.run.lost-lease.hint': 'Nothing is to be done; see how it goes on: zapas show {run}',
  'error.run.wrong-state.what':
    'The run {run} is in state «{state, select, queued {waiting for the cluster} ready {running} waiting {waiting for a person} attention {needs attention} succeeded {succeeded} failed {failed} cancelled {cancelled} other {{state}}}», so that cannot be done now.',
  'error.run.wrong-state.hint': 'See how it stands: zapas show {run}',
  'error.run.past-point-of-no-return.what':
    'The run {run} is past its point of no return: stopping now would leave the servers half changed.',
  'error.run.past-point-of-no-return.hint': 'Let it finish and watch it: zapas show {run}',
  'error.run.stopped.what': 'The run was stopped by {by}.',
  'error.run.stopped.hint': 'Ask for the same again whenever you like: what is done already is left alone.',
  'error.run.drifted.what':
    'Reality is no longer what was approved{what, select, absent {} other {: {what} was {approved}, now it is {now}}}.',
  'error.run.drifted.hint': 'The plan is made anew and has to be approved again. Compare both before you do.',
  // people and approvals
  'error.policy.denied.what': '{person} may not do that at {site}; it needs one of these roles: {needs}.',
  'error.policy.denied.hint': 'See who may do what: zapas who. Roles are given in the inventory, under people.',
  'error.approval.unlinked.what':
    'This account belongs to nobody Zapas knows, so it decides nothing{account, select, absent {} other { ({platform}: {account})}}.',
  'error.approval.unlinked.hint': 'Have the administrator link the account to a person in the inventory.',
  'error.approval.same-person.what':
    '{person} took part in this request, and approval needs a second person. Another account of the same person changes nothing.',
  'error.approval.same-person.hint': 'Ask one of those who could approve: zapas who',
  'error.approval.not-approver.what': '{person} is no approver for {site}.',
  'error.approval.not-approver.hint': 'Ask one of those who are: zapas who. The role is given in the inventory.',
  'error.approval.nobody.what':
    'Nobody could approve this for {cluster}: {site} has no approver besides those who take part.',
  'error.approval.nobody.hint':
    'Give somebody else the role approver for {site} in the inventory, then ask again. See who has it: zapas who',
  'error.approval.already-decided.what':
    '{by} has {verdict, select, granted {granted} rejected {rejected} other {decided}} this already{platform, select, absent {} other { ({platform}, {at})}}. The first decision stands.',
  'error.approval.already-decided.hint': 'See how the run stands.',
  'error.approval.expired.what': 'The time to decide on run {run} is over (until {expired}). Nothing was done.',
  'error.approval.expired.hint': 'If it is still wanted, ask for it again: the evidence is then gathered anew.',
  'error.approval.other-plan.what':
    'The plan of run {run} was made anew since this was shown; a decision on the old one does not count.',
  'error.approval.other-plan.hint': 'Read the new plan and decide on that: zapas show {run}',
  'error.approval.wrong-name.what': 'The name typed is not that of the cluster. Nothing was approved.',
  'error.approval.wrong-name.hint': 'To approve, type the cluster’s name exactly: {expected}',
  'error.approval.reason-missing.what': 'A rejection needs a reason, so that whoever asked knows what to change.',
  'error.approval.reason-missing.hint': 'zapas reject {run} --note "…"',
  'error.approval.rejected.what': '{by} has rejected it{note, select, absent {} other {: {note}}}.',
  'error.approval.rejected.hint': 'Nothing was changed. Clear it up with them, then ask again.',
  'error.approval.forged.what': 'The approval of run {run} is not genuine ({detail}). Nothing was done.',
  'error.approval.forged.hint':
    'Treat this as an attack until you know better: keep the machine as it is, and run: zapas audit verify',
  'error.gate.not-open.what': 'Run {run} is not waiting for this decision now.',
  'error.gate.not-open.hint': 'See how it stands: zapas show {run}',
  // linking accounts
  'error.link.wrong-code.what': 'This code is not good: it was never given out, was used, or its ten minutes are over.',
  'error.link.wrong-code.hint': 'Get a new one with an account that is linked: zapas link',
  'error.link.taken.what': 'This account on {platform} belongs to somebody already.',
  'error.link.taken.hint': 'See whose: zapas who. The administrator changes accounts in the inventory.',
  'error.link.occupied.what': 'That person already has an account on {platform}.',
  'error.link.occupied.hint': 'Remove the old one first: zapas unlink {platform}',
  'error.link.not-a-member.what': 'Guests, bots and people of another workspace cannot be linked.',
  'error.link.not-a-member.hint': 'Use an account that is a full member.',
  'error.link.none.what': 'You have no account on {platform} that you linked yourself.',
  'error.link.none.hint': 'Accounts that the inventory names are removed there, by the administrator.',
  // our own machinery
  'error.store.unavailable.what':
    'The database of Zapas does not answer: {detail}. Nothing is lost; it goes on when it is back.',
  'error.store.unavailable.hint': 'Check DATABASE_URL and the server behind it: zapas doctor',
  'error.store.migration.what': 'The database of Zapas could not be brought up to date: {detail}.',
  'error.store.migration.hint':
    'Check that its account may create schemas and tables, and that no newer Zapas has used it; then start again.',
  'error.store.binaries-missing.what': 'The embedded database is not installed on this machine ({package}).',
  'error.store.binaries-missing.hint':
    'Run: npm install --include=optional. Or set DATABASE_URL to a PostgreSQL of your own.',
  'error.store.not-traversable.what': 'The embedded database runs as user {uid}, which cannot enter {path}.',
  'error.store.not-traversable.hint': 'Run: chmod o+x {path}. Or set ZAPAS_DATA to a directory elsewhere.',
  'error.store.start-failed.what': 'The embedded database could not be started: {detail}.',
  'error.store.start-failed.hint': 'Its log says more: {log}',
  'error.queue.unavailable.what':
    'The queue does not answer{detail, select, absent {} other {: {detail}}}. Runs are still found by the workers within seconds.',
  'error.queue.unavailable.hint': 'Check REDIS_URL and the server behind it: zapas doctor',
  'error.platform.not-ready.what': '{platform} cannot be used as it is: {detail}',
  'error.platform.not-ready.hint': 'Mend what it names; docs/setup has each step. Then: zapas doctor',
  'error.audit.broken.what':
    'The audit trail is broken at entry {at} ({reason, select, hash {its content was changed} link {it does not follow the entry before it} gap {entries are missing} other {{reason}}}).',
  'error.audit.broken.hint':
    'Treat this as an attack until you know better: keep a copy of the database, and compare with the heads you noted elsewhere.',
  'error.internal.bug.what': 'Zapas made a mistake of its own: {detail}',
  'error.internal.bug.hint':
    'Report it with this line and the log of the time. What is done already is left alone when you ask again.',
} as const;
