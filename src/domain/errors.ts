/**
 * The closed registry of everything Zapas can refuse or fail with.
 *
 * `retry`: `safe` nothing was started, try again by itself; `after-verify` it may have happened, gather and check first;
 * `never` a person has to change something. `exit` is the exit code of the command line. Codes are never renamed: the
 * audit trail, the documents and the catalogues hang on them.
 */
export const ERRORS = {
  // the inventory and the command
  'config.invalid': { retry: 'never', exit: 2 },
  'config.secret-missing': { retry: 'never', exit: 2 },
  'input.invalid': { retry: 'never', exit: 2 },
  'input.unknown-command': { retry: 'never', exit: 2 },
  'input.unknown-cluster': { retry: 'never', exit: 2 },
  'input.unknown-run': { retry: 'never', exit: 2 },
  'input.unknown-person': { retry: 'never', exit: 2 },
  // secrets that people deliver
  'secret.seen': { retry: 'never', exit: 2 },
  'secret.unknown': { retry: 'never', exit: 2 },
  'secret.not-writable': { retry: 'never', exit: 2 },
  'secret.no-form': { retry: 'never', exit: 2 },
  // handing out a report
  'report.exists': { retry: 'never', exit: 2 },
  'report.unwritable': { retry: 'never', exit: 2 },
  'report.undelivered': { retry: 'never', exit: 2 },
  // reaching a host
  'host.unreachable': { retry: 'safe', exit: 12 },
  'host.key-changed': { retry: 'never', exit: 13 },
  'host.key-unknown': { retry: 'never', exit: 13 },
  'host.certificate-refused': { retry: 'never', exit: 13 },
  'host.not-winrm': { retry: 'never', exit: 13 },
  'host.auth-failed': { retry: 'never', exit: 13 },
  'host.access-denied': { retry: 'never', exit: 13 },
  'host.become-failed': { retry: 'never', exit: 13 },
  'host.busy': { retry: 'safe', exit: 14 },
  'host.quota': { retry: 'safe', exit: 14 },
  'host.refused': { retry: 'never', exit: 14 },
  'host.fenced': { retry: 'never', exit: 14 },
  'host.tool-missing': { retry: 'never', exit: 14 },
  // running something there
  'exec.outcome-unknown': { retry: 'after-verify', exit: 15 },
  'exec.failed': { retry: 'after-verify', exit: 16 },
  'exec.timeout': { retry: 'after-verify', exit: 16 },
  'exec.aborted': { retry: 'never', exit: 17 },
  'fact.unreadable': { retry: 'never', exit: 16 },
  'file.changed': { retry: 'after-verify', exit: 16 },
  'file.write-failed': { retry: 'after-verify', exit: 16 },
  'job.vanished': { retry: 'never', exit: 16 },
  'job.failed': { retry: 'never', exit: 16 },
  // the state of the servers
  'preflight.failed': { retry: 'never', exit: 20 },
  'primary.not-running': { retry: 'never', exit: 20 },
  'primary.not-primary': { retry: 'never', exit: 20 },
  'primary.alive': { retry: 'never', exit: 20 },
  'standby.not-running': { retry: 'never', exit: 20 },
  'standby.not-standby': { retry: 'never', exit: 20 },
  'standby.already-promoted': { retry: 'never', exit: 20 },
  'standby.not-streaming': { retry: 'never', exit: 20 },
  'standby.replay-paused': { retry: 'never', exit: 20 },
  'standby.hot-standby-off': { retry: 'never', exit: 20 },
  'standby.recovery-target': { retry: 'never', exit: 20 },
  'standby.synchronous': { retry: 'never', exit: 20 },
  'standby.not-consistent': { retry: 'never', exit: 20 },
  'standby.timeline-mismatch': { retry: 'never', exit: 20 },
  'standby.unexpected-signal-file': { retry: 'never', exit: 20 },
  'version.unsupported': { retry: 'never', exit: 20 },
  'os.mismatch': { retry: 'never', exit: 20 },
  'disk.full': { retry: 'never', exit: 20 },
  'data-directory.occupied': { retry: 'never', exit: 20 },
  'tablespace.occupied': { retry: 'never', exit: 20 },
  'certificate.missing': { retry: 'never', exit: 20 },
  'certificate.expired': { retry: 'never', exit: 20 },
  'binaries.missing': { retry: 'never', exit: 20 },
  'binaries.checksum': { retry: 'never', exit: 20 },
  'service.not-ours': { retry: 'never', exit: 20 },
  'service.needs-password': { retry: 'never', exit: 20 },
  'pg-hba.rejected': { retry: 'never', exit: 20 },
  'postgresql-conf.rejected': { retry: 'never', exit: 20 },
  'postgresql.format': { retry: 'never', exit: 20 },
  'replication.login-failed': { retry: 'never', exit: 20 },
  'replication.slot-lost': { retry: 'never', exit: 20 },
  'redirect.not-verified': { retry: 'never', exit: 20 },
  'redirect.changed-by-others': { retry: 'never', exit: 20 },
  'redirect.unusable': { retry: 'never', exit: 20 },
  'redirect.config-rejected': { retry: 'never', exit: 20 },
  'log.errors-found': { retry: 'never', exit: 20 },
  'switchover.lagging': { retry: 'never', exit: 20 },
  'switchover.not-clean': { retry: 'never', exit: 20 },
  'rebuild.newer-timeline': { retry: 'never', exit: 20 },
  'rebuild.own-volume': { retry: 'never', exit: 20 },
  'rebuild.still-primary': { retry: 'never', exit: 20 },
  'rebuild.not-rewindable': { retry: 'never', exit: 20 },
  'rebuild.half-rewound': { retry: 'never', exit: 20 },
  'rebuild.rewind-refused': { retry: 'never', exit: 20 },
  'rehearsal.damaged': { retry: 'never', exit: 20 },
  'rehearsal.torn-pages': { retry: 'never', exit: 20 },
  'accept-roles.unproven': { retry: 'never', exit: 20 },
  'fence.roles-unclear': { retry: 'never', exit: 20 },
  'verify.failed': { retry: 'never', exit: 21 },
  // runs
  'run.cluster-busy': { retry: 'never', exit: 30 },
  'run.lost-lease': { retry: 'safe', exit: 30 },
  'run.wrong-state': { retry: 'never', exit: 30 },
  'run.past-point-of-no-return': { retry: 'never', exit: 30 },
  'run.stopped': { retry: 'never', exit: 30 },
  'run.drifted': { retry: 'never', exit: 31 },
  'run.not-put-back': { retry: 'never', exit: 31 },
  // people and approvals
  'policy.denied': { retry: 'never', exit: 40 },
  'policy.reason-missing': { retry: 'never', exit: 40 },
  'approval.unlinked': { retry: 'never', exit: 41 },
  'approval.same-person': { retry: 'never', exit: 41 },
  'approval.not-approver': { retry: 'never', exit: 41 },
  'approval.nobody': { retry: 'never', exit: 41 },
  'approval.already-decided': { retry: 'never', exit: 41 },
  'approval.expired': { retry: 'never', exit: 41 },
  'approval.other-plan': { retry: 'never', exit: 41 },
  'approval.wrong-name': { retry: 'never', exit: 41 },
  'approval.reason-missing': { retry: 'never', exit: 41 },
  'approval.rejected': { retry: 'never', exit: 41 },
  'approval.forged': { retry: 'never', exit: 41 },
  'gate.not-open': { retry: 'never', exit: 41 },
  // linking accounts
  // alerts
  'alert.unknown': { retry: 'never', exit: 2 },
  'alert.over': { retry: 'never', exit: 40 },
  'link.wrong-code': { retry: 'never', exit: 41 },
  'link.taken': { retry: 'never', exit: 41 },
  'link.occupied': { retry: 'never', exit: 41 },
  'link.not-a-member': { retry: 'never', exit: 41 },
  'link.none': { retry: 'never', exit: 41 },
  // our own machinery
  'store.unavailable': { retry: 'safe', exit: 50 },
  'store.migration': { retry: 'never', exit: 50 },
  // the embedded database: {package}; {path}, {uid}; {log}, {detail}
  'store.binaries-missing': { retry: 'never', exit: 50 },
  'store.not-traversable': { retry: 'never', exit: 50 },
  'store.start-failed': { retry: 'never', exit: 50 },
  'queue.unavailable': { retry: 'safe', exit: 50 },
  'platform.not-ready': { retry: 'safe', exit: 52 },
  // the bot: nothing was heard within the time a platform gives
  'bot.slow': { retry: 'after-verify', exit: 50 },
  'audit.broken': { retry: 'never', exit: 51 },
  'internal.bug': { retry: 'never', exit: 70 },
} as const satisfies Readonly<Record<`${string}.${string}`, { retry: Retry; exit: number }>>;

export type Retry = 'safe' | 'after-verify' | 'never';
export type ErrorCode = keyof typeof ERRORS;

/** Values an error's text names: host, step, file, line, key … Never a secret. */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** An error as it is stored and shown; its texts come from the catalogue in the reader's language. */
export interface ErrorRef {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}

/** The one error class people see. `code` picks the text (what / hint), `params` fill it, `cause` stays in the log. */
export class OpsError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, cause?: unknown) {
    super(describe(code, params), cause === undefined ? undefined : { cause });
    this.name = 'OpsError';
    this.code = code;
    this.params = params;
  }

  get retry(): Retry {
    return ERRORS[this.code].retry;
  }

  ref(): ErrorRef {
    return { code: this.code, params: this.params };
  }
}

function describe(code: ErrorCode, params: ErrorParams): string {
  const details = Object.entries(params).map(([key, value]) => `${key}=${value}`);
  return details.length === 0 ? code : `${code} (${details.join(', ')})`;
}

/** The error as a reference, whatever was thrown; anything that is no {@link OpsError} is a bug of ours. */
export function errorRef(thrown: unknown): ErrorRef {
  if (thrown instanceof OpsError) return thrown.ref();
  return { code: 'internal.bug', params: { detail: thrown instanceof Error ? thrown.message : String(thrown) } };
}
