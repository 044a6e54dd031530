import type { Report } from '../../../domain/report.ts';
import type { Ask, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { promoteCopy, rehearsalPath, removeCopies, startCopy } from '../../acts/rehearsal.ts';
import { fileText } from '../../facts/files.ts';
import { type Rehearsals, rehearsals } from '../../facts/rehearsal.ts';
import { keyValues } from '../../facts/shell.ts';
import { joinPath } from '../../paths.ts';

interface Marks {
  readonly copy: string;
  /** What the copy was found to take, by name; undefined before. */
  readonly started: ReadonlyMap<string, string> | undefined;
  readonly proof: ReadonlyMap<string, string> | undefined;
}

async function askMarks(ask: Ask, { cluster, standby, run }: StepInput): Promise<Marks> {
  const { real } = await ask.fact(standby.id, rehearsals, { dataDir: cluster.dataDir });
  const copy = rehearsalPath(real, run);
  const [started, proof] = await Promise.all([
    ask.fact(standby.id, fileText, { path: joinPath(copy, 'zapas.started') }),
    ask.fact(standby.id, fileText, { path: joinPath(copy, 'zapas.rehearsed') }),
  ]);
  return { copy, started: started && keyValues(started.content), proof: proof && keyValues(proof.content) };
}

/** The copy recovers to where it is consistent, as the standby would after a restart; alone, and unable to act on anything else. */
export const rehearseStart = defineStep<Marks>({
  id: 'rehearse.start',
  manual: [],
  effect: 'reversible',
  gather: askMarks,
  check: ({ started }) => (started ? 'done' : 'needed'),
  apply: ({ copy }, { standby, cluster }) => [startCopy(standby, cluster, copy)],
});

/** The copy is promoted, takes an ordinary write in the product's database, is read from and checked. Timed. M23, M25. */
export const rehearsePromote = defineStep<Marks>({
  id: 'rehearse.promote',
  manual: [],
  effect: 'reversible',
  gather: askMarks,
  check({ proof }, { standby }): Check {
    if (!proof) return 'needed';
    if (proof.get('amcheck') !== 'damaged') return 'done';
    return { blocked: { code: 'rehearsal.damaged', params: { host: standby.id } } };
  },
  apply: ({ copy }, { standby, cluster }) => [promoteCopy(standby, cluster, copy)],
  report,
});

function report({ started, proof }: Marks, { standby }: StepInput): Report | undefined {
  const amcheck = proof?.get('amcheck');
  if (!started || !proof || amcheck === 'damaged') return undefined;
  const written = Number(proof.get('written'));
  return {
    kind: 'rehearsal',
    host: standby.id,
    at: new Date(written).toISOString(),
    milliseconds: written - Number(proof.get('began')),
    recoveryMilliseconds: Number(started.get('ready')) - Number(started.get('began')),
    timeline: Number.parseInt(proof.get('segment')?.slice(0, 8) ?? '', 16),
    amcheck: amcheck === 'sound' || amcheck === 'unfinished' ? amcheck : 'absent',
  };
}

/** Nothing of any rehearsal is left: no process, no file. Also how a rehearsal that failed or was stopped is put back. */
export const rehearseRemove = defineStep<Rehearsals>({
  id: 'rehearse.remove',
  manual: [],
  effect: 'reversible',
  gather: (ask, { cluster, standby }) => ask.fact(standby.id, rehearsals, { dataDir: cluster.dataDir }),
  // Needed in every plan: that there is nothing yet does not mean that there will be nothing then.
  check: () => 'needed',
  apply: (_, { standby, cluster }) => [removeCopies(standby, cluster)],
  verify: ({ copies }) => copies.length === 0,
});
