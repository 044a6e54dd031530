import { createHash } from 'node:crypto';
import type { Card } from '../../../domain/card.ts';

/** Equal for what looks equal: the script replaces only what changed, so that focus and open threads stay. */
export function digest(card: Card, more: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...card, rev: 0 }))
    .update(more)
    .digest('base64url')
    .slice(0, 16);
}
