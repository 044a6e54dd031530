import { z } from 'zod';

/** Settings every look at a server brings along, as pg_settings has them: text, in the setting's own unit. */
export const SETTINGS = [
  'archive_mode',
  'config_file',
  'data_checksums',
  'data_directory',
  'hba_file',
  'hot_standby',
  'listen_addresses',
  'log_destination',
  'log_directory',
  'log_timezone',
  'logging_collector',
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_slot_wal_keep_size',
  'max_wal_senders',
  'max_worker_processes',
  'password_encryption',
  'port',
  'recovery_min_apply_delay',
  'recovery_target',
  'recovery_target_lsn',
  'recovery_target_name',
  'recovery_target_time',
  'recovery_target_xid',
  'ssl',
  'ssl_cert_file',
  'summarize_wal',
  'synchronous_standby_names',
  'unix_socket_directories',
  'wal_keep_size',
  'wal_level',
  'wal_log_hints',
  'wal_receiver_timeout',
] as const;
export type SettingName = (typeof SETTINGS)[number];

/**
 * Everything psql can tell about a running server, as one row of JSON. Times are milliseconds since 1970 by the server's
 * clock; nothing in it can hold a password. It answers on a primary and on a standby alike, 14 to 17.
 */
export const LIVE_QUERY = `
select jsonb_build_object(
  'version', split_part(current_setting('server_version'), ' ', 1),
  'versionNumber', current_setting('server_version_num')::int,
  'inRecovery', r,
  'systemIdentifier', (select system_identifier::text from pg_control_system()),
  'clock', extract(epoch from clock_timestamp()) * 1000,
  'startedAt', extract(epoch from pg_postmaster_start_time()) * 1000,
  'logOffsetMs', extract(epoch from (now() at time zone current_setting('log_timezone')) - (now() at time zone 'UTC')) * 1000,
  'currentWalFile', case when r then null else pg_walfile_name(pg_current_wal_insert_lsn()) end,
  'currentLsn', case when r then null else pg_current_wal_flush_lsn()::text end,
  'receiveLsn', pg_last_wal_receive_lsn()::text,
  'replayLsn', pg_last_wal_replay_lsn()::text,
  'replayPause', case when r then pg_get_wal_replay_pause_state() end,
  'lastReplayAt', extract(epoch from pg_last_xact_replay_timestamp()) * 1000,
  'receiver', (select jsonb_build_object(
      'status', status, 'timeline', received_tli, 'flushedLsn', flushed_lsn::text, 'latestEndLsn', latest_end_lsn::text,
      'lastMessageAt', extract(epoch from last_msg_receipt_time) * 1000,
      'slot', slot_name, 'host', sender_host, 'port', sender_port)
    from pg_stat_wal_receiver),
  'senders', (select coalesce(jsonb_agg(jsonb_build_object(
      'application', application_name, 'address', host(client_addr), 'user', usename, 'state', state,
      'sentLsn', sent_lsn::text, 'flushLsn', flush_lsn::text, 'replayLsn', replay_lsn::text,
      'replayLagMs', extract(epoch from replay_lag) * 1000, 'sync', sync_state) order by application_name, pid), '[]')
    from pg_stat_replication),
  'slots', (select coalesce(jsonb_agg(jsonb_build_object(
      'name', slot_name, 'type', slot_type, 'active', active, 'walStatus', wal_status,
      'safeWalBytes', safe_wal_size::text, 'restartLsn', restart_lsn::text) order by slot_name), '[]')
    from pg_replication_slots),
  'settings', (select jsonb_object_agg(name, setting) from pg_settings
    where name in (${SETTINGS.map((name) => `'${name}'`).join(', ')})),
  'sources', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'file', sourcefile, 'line', sourceline)
      order by seqno), '[]')
    from pg_file_settings where name in ('primary_conninfo', 'primary_slot_name')),
  'logFile', pg_current_logfile(),
  'sessions', (select count(*) from pg_stat_activity
    where backend_type = 'client backend' and application_name <> 'zapas'))
from (select pg_is_in_recovery() as r) as role;`;

const milliseconds = z.number();
const lsn = z.string();

/** The answer to {@link LIVE_QUERY}. */
export const liveAnswer = z.object({
  /** `17.11`. */
  version: z.string(),
  /** `170011`. */
  versionNumber: z.int(),
  inRecovery: z.boolean(),
  systemIdentifier: z.string(),
  clock: milliseconds,
  startedAt: milliseconds,
  /** What has to be taken from a time in the log to get UTC. */
  logOffsetMs: milliseconds,
  /** Of a primary: the segment it writes to, which names its timeline. */
  currentWalFile: z.string().nullable(),
  /** Of a primary: everything before is safe on its disk. */
  currentLsn: lsn.nullable(),
  /** Null when nothing was received since the start; kept after a promotion. */
  receiveLsn: lsn.nullable(),
  replayLsn: lsn.nullable(),
  replayPause: z.enum(['not paused', 'pause requested', 'paused']).nullable(),
  /** When the primary committed what was replayed last, by the primary's clock. */
  lastReplayAt: milliseconds.nullable(),
  /** There only while the WAL receiver is connected. */
  receiver: z
    .object({
      status: z.string(),
      timeline: z.int(),
      flushedLsn: lsn.nullable(),
      latestEndLsn: lsn.nullable(),
      lastMessageAt: milliseconds.nullable(),
      slot: z.string().nullable(),
      host: z.string().nullable(),
      port: z.int().nullable(),
    })
    .nullable(),
  senders: z.array(
    z.object({
      application: z.string(),
      address: z.string().nullable(),
      user: z.string(),
      state: z.string(),
      sentLsn: lsn.nullable(),
      flushLsn: lsn.nullable(),
      replayLsn: lsn.nullable(),
      /** Null when there was nothing to measure lately. */
      replayLagMs: milliseconds.nullable(),
      sync: z.string(),
    }),
  ),
  slots: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      active: z.boolean(),
      /** `reserved`, `extended`, `unreserved`, `lost`; null before it was used. */
      walStatus: z.string().nullable(),
      /** Bytes until the slot is lost; null without a bound, and when it is lost. */
      safeWalBytes: z.string().nullable(),
      restartLsn: lsn.nullable(),
    }),
  ),
  settings: z.partialRecord(z.enum(SETTINGS), z.string()),
  /** Every line that sets primary_conninfo or primary_slot_name, in any file the server reads (H11). */
  sources: z.array(z.object({ name: z.string(), file: z.string(), line: z.int() })),
  /** As pg_current_logfile() gives it: relative to the data directory, or absolute (H43). */
  logFile: z.string().nullable(),
  /** Clients that are connected, without Zapas itself. */
  sessions: z.int(),
});
export type LiveServer = z.infer<typeof liveAnswer>;
