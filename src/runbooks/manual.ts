import type { ManualRow } from '../domain/step.ts';

/**
 * What the vendor's manual of the Replication module asks for, one row per thing, with the chapter it stands in. Every row is
 * realised by at least one step, or `elsewhere` says why none does. `onWindows` says what is a person's there.
 */
export const MANUAL: Readonly<
  Record<
    ManualRow,
    { readonly asks: string; readonly chapter: string; readonly elsewhere?: string; readonly onWindows?: string }
  >
> = {
  M01: {
    asks: 'A licence with the Replication module is loaded on the primary and the module is switched on.',
    chapter: '1, 3.3, 3.4-2',
    onWindows: 'a person sees to it and says so, as on Linux',
  },
  M02: { asks: 'The standby runs Windows (Vista, 2008 Server and later) or Linux/UNIX.', chapter: '2' },
  M03: { asks: 'Primary and standby run the same type and version of operating system.', chapter: '2, 3.1' },
  M04: { asks: 'Recommended link between the two: 1 Gb/s, symmetric.', chapter: '2' },
  M05: { asks: 'Incremental backup is not used together with replication.', chapter: '2' },
  M06: { asks: 'PostgreSQL 17 binaries from the vendor are unpacked on the standby.', chapter: '3.1, 3.4-3, 3.4-4' },
  M07: {
    asks: 'Windows: the service is registered by pg_ctl register and removed by pg_ctl unregister.',
    chapter: '3.1, 3.4-11',
    onWindows: 'an account with a password of its own: a person registers the service and enters it',
  },
  M08: {
    asks: "Linux/UNIX: the service is installed the distribution's way, or started once by postgres -D.",
    chapter: '3.1',
    onWindows: 'M07 is its counterpart there',
  },
  M09: {
    asks: "Firewalls of both servers allow the database's port.",
    chapter: '3.4-1',
    onWindows: "Windows' own firewall; one of another maker is opened by a person",
  },
  M10: {
    asks: 'The primary is stopped, configured to listen (listen_addresses) and accept the standby, and started.',
    chapter: '3.4-5…8',
  },
  M11: {
    asks: "pg_hba.conf: hostssl replication replication,<user> <standby's address> md5 clientcert=verify-ca.",
    chapter: '3.4-7',
  },
  M12: {
    asks: 'The replication command is generated on the primary, with a new replication password.',
    chapter: '3.2-1, 3.4-9',
  },
  M13: {
    asks: 'eRejestracja / eArchiwum: it is generated in the mModuły installer, per product; licence per product.',
    chapter: '3.3',
    onWindows: "in the vendor's installer, by a person who says so, as on Linux",
  },
  M14: { asks: 'pg_basebackup copies the primary with the given options.', chapter: '3.2-2, 3.3, 3.4-10' },
  M15: {
    asks: 'It logs in as the mMedica user, or as the owner of the eRejestracja / eArchiwum database.',
    chapter: '3.2-2, 3.3-3',
  },
  M16: { asks: 'The standby is started.', chapter: '3.2-3, 3.3-4, 3.4-11d' },
  M17: { asks: 'pg_log on the standby shows no errors about the replication.', chapter: '3.2-4, 3.3-4' },
  M18: { asks: 'The standby is read-only and follows the primary continuously.', chapter: 'Introduction' },
  M19: { asks: 'Failover 1: the standby is stopped.', chapter: '3.2, 3.3' },
  M20: { asks: 'Failover 2: primary_conninfo is removed from postgresql.auto.conf.', chapter: '3.2, 3.3' },
  M21: { asks: 'Failover 3: standby.signal is removed.', chapter: '3.2, 3.3' },
  M22: { asks: 'Failover 4: the files whose names begin with backup_ are removed.', chapter: '3.2, 3.3' },
  M23: { asks: 'Failover 5: it is started again, now as the primary.', chapter: '3.2, 3.3' },
  M24: { asks: 'Failover 6: the network traffic is redirected to it.', chapter: 'Introduction, 3.2, 3.3' },
  M25: { asks: 'All this happens relatively quickly after the failure.', chapter: 'Introduction' },
};
