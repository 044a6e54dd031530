import { defineStep } from '../../../domain/step.ts';
import { moveAside } from '../../acts/leftovers.ts';
import { statements } from '../../acts/server.ts';
import { type PostgresServer, postgresServer, serverArgs, timelineOf } from '../../facts/postgres.ts';
import { isPrimary, isStripped } from './promote.ts';

/**
 * The end state of M19–M23, file by file: no primary_conninfo and no primary_slot_name in postgresql.auto.conf (H12), no
 * standby.signal, no file whose name begins with backup_. Moved aside, not deleted. The manual's way has done it already.
 */
export const failoverCleanUp = defineStep<PostgresServer>({
  id: 'failover.clean-up',
  manual: ['M20', 'M21', 'M22'],
  effect: 'reversible',
  gather: (ask, { cluster, standby }) => ask.fact(standby.id, postgresServer, serverArgs(cluster)),
  check: (server) => (isPrimary(server) && isStripped(server) ? 'done' : 'needed'),
  apply: (server, input) => [
    statements(input.standby.id, input.cluster, server, [
      'alter system reset primary_conninfo',
      'alter system reset primary_slot_name',
      'select pg_reload_conf()',
    ]),
    ...moveAside(input),
  ],
});

/**
 * The new timeline is in the control file, where tools that look at the files only (pg_rewind) see it: without this they take
 * the new primary for one on the old timeline until its first checkpoint is over.
 */
export const failoverCheckpoint = defineStep<PostgresServer>({
  id: 'failover.checkpoint',
  manual: [],
  effect: 'reversible',
  gather: (ask, { cluster, standby }) => ask.fact(standby.id, postgresServer, serverArgs(cluster)),
  check: (server) => (isPrimary(server) && server.control?.timeline === timelineOf(server) ? 'done' : 'needed'),
  apply: (server, { cluster, standby }) => [
    statements(standby.id, cluster, server, ['checkpoint'], { timeoutMs: 3_600_000 }),
  ],
});
