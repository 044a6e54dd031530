import { DatabaseError } from 'pg';
import { OpsError } from '../../domain/errors.ts';

/**
 * SQLSTATE classes and codes that say something about the server or the moment, not about the statement: connection, resources,
 * shutdown, conflict with another transaction, timeouts, login.
 */
const PASSING = /^(08|28|3D000|40|53|55P03|57|25P03|25P04)/;

/** What a failed statement or connection means to callers. Nothing is concluded about a commit that was under way. */
export function storeFailure(thrown: unknown): unknown {
  if (thrown instanceof OpsError) return thrown;
  if (thrown instanceof DatabaseError && !PASSING.test(thrown.code ?? '')) return thrown;
  const detail = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return new OpsError('store.unavailable', { detail }, thrown);
}

/** Was this constraint or index what refused the statement? */
export function refusedBy(thrown: unknown, constraint: string): boolean {
  return thrown instanceof DatabaseError && thrown.constraint === constraint;
}
