import { z } from 'zod';
import type { Runbook } from '../domain/runbook.ts';
import { rehearseCopy, rehearsePrepare, rehearseRoom } from './steps/rehearse/copy.ts';
import { rehearsePromote, rehearseRemove, rehearseStart } from './steps/rehearse/prove.ts';

/**
 * Would a failover work, and how long would it take? A throw-away copy of the standby, on its own host and reachable from nowhere else, is
 * promoted, written to, checked, timed and removed. The pair goes on as if nothing were there.
 */
export const rehearse: Runbook = {
  id: 'rehearse',
  options: z.strictObject({ reason: z.string().max(200).optional() }),
  steps: [rehearseRoom, rehearsePrepare, rehearseCopy, rehearseStart, rehearsePromote, rehearseRemove],
  putBack: [rehearseRemove],
  planned: true,
};
