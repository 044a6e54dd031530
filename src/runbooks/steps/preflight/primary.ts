import { defineStep } from '../../../domain/step.ts';
import { type PostgresServer, postgresServer, serverArgs } from '../../facts/postgres.ts';
import { finding } from '../findings.ts';
import { primaryProblem } from '../pair.ts';

interface Facts {
  readonly primary: PostgresServer;
}

/** The primary runs, is a primary, and is PostgreSQL 17. Everything else rests on it. */
export const preflightPrimary = defineStep<Facts>({
  id: 'preflight.primary',
  manual: [],
  effect: 'read',
  async gather(ask, { cluster, primary }) {
    return { primary: await ask.fact(primary.id, postgresServer, serverArgs(cluster)) };
  },
  check({ primary }, input) {
    const problem = primaryProblem(primary, input);
    return problem ? { blocked: problem } : 'done';
  },
  findings({ primary }, input) {
    const { live, state } = primary;
    const host = input.primary.id;
    const running = finding('primary.running', live ? 'ok' : 'failed', { state, version: live?.version ?? '' }, host);
    if (!live) return [running];
    return [running, finding('primary.role', live.inRecovery ? 'failed' : 'ok', {}, host)];
  },
});
