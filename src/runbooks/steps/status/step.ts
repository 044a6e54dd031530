import type { Cluster } from '../../../domain/inventory.ts';
import type { StatusReport } from '../../../domain/report.ts';
import { defineStep } from '../../../domain/step.ts';
import { judge } from './judge.ts';
import { isStreaming, lagOf, type Picture, slotOf, stateOf, takePicture } from './picture.ts';

/**
 * The pair as it is now: who is primary and who follows (by what the servers say, not by the inventory), lag, slot, timeline, and
 * what needs attention. A host that does not answer is a state of it, never a failure of the run. M18; H13, H14, H16, H40–H42.
 */
export const statusPair = defineStep<Picture>({
  id: 'status.pair',
  manual: ['M18'],
  effect: 'read',
  gather: takePicture,
  check: () => 'done',
  findings: (picture, { cluster }) => judge(picture, cluster),
  report: (picture, { cluster }) => statusReport(picture, cluster),
});

function statusReport(picture: Picture, cluster: Cluster): StatusReport {
  const { rehearsal } = picture;
  const { receiveBytes, replayBytes, replaySeconds } = lagOf(picture);
  return {
    kind: 'status',
    at: picture.at.toISOString(),
    primary: stateOf(picture.primary),
    standby: stateOf(picture.standby),
    streaming: isStreaming(picture),
    receiveLagBytes: receiveBytes === undefined ? null : String(receiveBytes),
    replayLagBytes: replayBytes === undefined ? null : String(replayBytes),
    replayLagSeconds: replaySeconds ?? null,
    slot: slotOf(picture),
    ...(rehearsal !== undefined && {
      rehearsed: rehearsal && { at: rehearsal.at, milliseconds: rehearsal.milliseconds },
    }),
    findings: judge(picture, cluster),
  };
}
