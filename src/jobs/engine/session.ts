import type { ErrorRef } from '../../domain/errors.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Cluster, Host } from '../../domain/inventory.ts';
import { findHost } from '../../domain/inventory.ts';
import type { Fence, HostGateway } from '../../domain/ports.ts';
import type { Redactor } from '../../domain/redact.ts';
import { redirectHosts } from '../../domain/redirect.ts';
import type { Run, RunEventBody } from '../../domain/run.ts';
import { SYSTEM } from '../../domain/run.ts';
import type { Runbook } from '../../domain/runbook.ts';
import type { Finding, StepInput } from '../../domain/step.ts';
import type { Asker } from './ask.ts';
import type { EngineDeps, ProbePoint } from './deps.ts';
import type { Lease } from './lease.ts';
import { Leave } from './leave.ts';

export interface Roles {
  readonly primary: string;
  readonly standby: string;
}

/** Everything one claim on one run works with. */
export interface Session {
  readonly deps: EngineDeps;
  readonly runbook: Runbook;
  /** Of the request, as the runbook reads them. */
  readonly options: StepInput['options'];
  readonly cluster: Cluster;
  /** At the start of the run. */
  readonly roles: Roles;
  readonly fence: Fence;
  readonly lease: Lease;
  readonly redactor: Redactor;
  readonly asker: Asker;
  /** Ends changes: the lease is lost or somebody stopped the run. */
  readonly acts: AbortSignal;
  /** Ends questions and waits: as `acts`, and when this process wants to stop. */
  readonly questions: AbortSignal;
  /** Detached jobs this claim started or found, by id, with their host. */
  readonly jobs: Map<string, string>;
  /** As the store last gave it; only {@link record} changes it. */
  run: Run;
  /** Was the plan made under this claim, after everything that has changed since? */
  planned: boolean;
  /** When (by `deps.now`) the approval was last checked against reality under this claim. */
  approvalCheckedAt: Date | undefined;
}

/** Appends an event to the run, redacted. Throws {@link Leave} when the store does not take it. */
export async function record(session: Session, body: RunEventBody): Promise<void> {
  const { deps, run, fence } = session;
  const event = { ...redactBody(session.redactor, body), at: deps.now().toISOString(), by: SYSTEM };
  session.run = await stored(() => deps.runs.apply(run.id, event, fence.token));
}

/** Asks the store; whatever goes wrong there ends the advance by a {@link Leave}. */
export async function stored<Value>(question: () => Promise<Value>): Promise<Value> {
  try {
    return await question();
  } catch (error) {
    throw leaveOf(error);
  }
}

/** Nothing can be concluded from a store that failed: the commit may have happened. Only the row tells, at the next claim. */
function leaveOf(error: unknown): Leave {
  if (error instanceof OpsError && error.code === 'run.lost-lease') return new Leave('lost-lease', error);
  if (error instanceof OpsError && error.code === 'run.stopped') return new Leave('stopped', error);
  return new Leave('store', error);
}

function redactBody(redactor: Redactor, body: RunEventBody): RunEventBody {
  switch (body.type) {
    case 'drifted':
      return { ...body, reasons: body.reasons.map((reason) => redactError(redactor, reason)) };
    case 'step-finished':
      return {
        ...body,
        findings: redactFindings(redactor, body.findings),
        ...(body.report && { report: redactor.deep(body.report) }),
      };
    case 'step-failed':
    case 'attention':
      return { ...body, error: redactError(redactor, body.error) };
    case 'undo-started':
    case 'finished':
      return { ...body, ...(body.error && { error: redactError(redactor, body.error) }) };
    case 'requested':
    case 'admitted':
    case 'planned':
    case 'gate-opened':
    case 'gate-decided':
    case 'gate-expired':
    case 'refused':
    case 'step-started':
    case 'undone':
    case 'stop-asked':
    case 'settled':
    case 'report-taken':
      return body;
  }
}

export function redactError(redactor: Redactor, error: ErrorRef): ErrorRef {
  return { code: error.code, params: redactor.deep(error.params) };
}

export function redactFindings(redactor: Redactor, findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, params: redactor.deep(finding.params) }));
}

/** Tells the probe. */
export async function reached(session: Session, point: ProbePoint, step?: string, change?: number): Promise<void> {
  await session.deps.probe(point, {
    run: session.run.id,
    ...(step !== undefined && { step }),
    ...(change !== undefined && { change }),
  });
}

/** What the steps of this run are told; `options` are those of another runbook for a preview. */
export function stepInput(session: Session, options = session.options): StepInput {
  const { run, cluster, roles } = session;
  return {
    run: run.id,
    cluster,
    primary: hostOf(session, roles.primary),
    standby: hostOf(session, roles.standby),
    others: Object.fromEntries(redirectHosts(cluster.redirect).map((id) => [id, hostOf(session, id)])),
    options,
    attested: run.attested,
    requestedAt: run.requestedAt,
    approved: run.granted?.kind === 'approve',
  };
}

/** The connection to a host of the inventory. Throws `config.invalid` for any other. */
export function gatewayOf(session: Pick<Session, 'deps'>, host: string): HostGateway {
  return session.deps.hosts.gateway(hostOf(session, host));
}

function hostOf(session: Pick<Session, 'deps'>, id: string): Host {
  const host = findHost(session.deps.inventory, id);
  if (host) return host;
  throw new OpsError('config.invalid', { file: '', line: 0, key: `hosts.${id}`, detail: 'no such host', more: 0 });
}
