import type { Block, Field } from '../../domain/card.ts';
import type { FindingId } from '../../domain/findings.ts';
import type { Run } from '../../domain/run.ts';
import type { RunbookId } from '../../domain/runbook.ts';
import type { Finding } from '../../domain/step.ts';
import type { CardContext } from './context.ts';
import { command, rolesOf, stepTitle } from './context.ts';
import { checklistItem, findingsOf } from './findings.ts';

/** Procedures whose findings decide what people think of them; those of a setup are the check's. */
const TELLING: readonly RunbookId[] = ['switchover', 'accept-roles', 'fence', 'rebuild', 'rehearse'];
/** Worth a line also when all is well. */
const ALWAYS: readonly FindingId[] = ['zero-loss', 'roles.found', 'ghost.writes', 'rebuild.way', 'old-data'];

/** What was found that a person should know before deciding, and afterwards: the way of a rebuild, what a ghost took, warnings. */
export function tellingBlocks(context: CardContext, run: Run): readonly Block[] {
  if (!TELLING.includes(run.runbook)) return [];
  const items = findingsOf(run).filter(worth);
  const unique = items.filter(
    (one, index) => items.findLastIndex(({ id, host }) => id === one.id && host === one.host) === index,
  );
  if (unique.length === 0) return [];
  return [
    { kind: 'checklist', title: context.t.say('check.list'), items: unique.map((one) => checklistItem(context, one)) },
  ];
}

function worth({ id, verdict }: Finding): boolean {
  return verdict !== 'ok' || ALWAYS.includes(id);
}

/** Why it has to be now, in the requester's words; empty when nobody had to say. */
export function reasonField({ t }: CardContext, { options }: Run): readonly Field[] {
  const { reason } = options;
  return typeof reason === 'string' && reason !== '' ? [{ label: t.say('field.reason'), value: reason }] : [];
}

/** What such a run has reached; undefined for other procedures. */
export function reachedText(context: CardContext, run: Run, changed: boolean): string | undefined {
  const { t } = context;
  const roles = rolesOf(context, run);
  if (run.runbook === 'switchover') return t.say('result.switchover', roles);
  if (run.runbook === 'rebuild') return t.say(changed ? 'result.rebuild' : 'result.rebuild-unchanged', roles);
  if (run.runbook === 'accept-roles') return t.say('result.accept-roles', roles);
  if (run.runbook === 'fence') return t.say(changed ? 'result.fence' : 'result.fence-unchanged', roles);
  if (run.runbook === 'rehearse') return t.say('result.rehearse', roles);
  return undefined;
}

/** What to do after a fence. */
export function afterFence(context: CardContext, run: Run): readonly Block[] {
  const text = context.t.say('result.next-fence', { command: command(context, 'rebuild', run.cluster) });
  return [{ kind: 'text', style: 'hint', text }];
}

/** What was put back when the run ended before its point of no return. */
export function undoneBlocks(context: CardContext, { undone = [] }: Run): readonly Block[] {
  if (undone.length === 0) return [];
  const steps = undone.map((id) => stepTitle(context, id)).join('; ');
  return [{ kind: 'text', style: 'strong', text: context.t.say('result.undone', { steps }) }];
}
