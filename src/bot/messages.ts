import { Buffer } from 'node:buffer';
import type { Card } from '../domain/card.ts';
import type { Progress } from '../domain/ports.ts';
import type { LogReport } from '../domain/report.ts';
import type { Gate, Run } from '../domain/run.ts';
import { isFinal, openGate } from '../domain/run.ts';
import type { CardContext } from './cards/context.ts';
import { gateCard } from './cards/gates.ts';
import { logCard } from './cards/log.ts';
import { attentionCard, expiryCard } from './cards/notices.ts';
import { cardsOf } from './cards/of-run.ts';
import { planCard } from './cards/plan.ts';
import type { Layout, Wanted } from './layout.ts';
import type { Role, Spot } from './places.ts';

/** Parts of a gate's time after which its card is drawn anew: it says how long there is left. */
const MARKS = [1 / 2, 2 / 3, 9 / 10] as const;
/** From that part on, people are called once more. */
const WARNING = MARKS[1];
/** A run that ended so long ago is no news: what stands is kept right, nothing new is said. */
export const NEWS_MS = 3_600_000;
/** Lines of a log that a card shows well; of more, the thread gets a file. */
const CARD_LINES = 20;

/** A message without its place, and for whom it is. */
interface Part {
  readonly roles: readonly Role[];
  readonly wanted: Omit<Wanted, 'place'>;
}

const EVERYBODY: readonly Role[] = ['asked', 'ops', 'approvals'];
const WATCHING: readonly Role[] = ['asked', 'ops'];
const DECIDING: readonly Role[] = ['asked', 'approvals'];

/** Every message there should be about a run now, at each of its places. Pure: the time is the context's. */
export function messagesOf(
  context: CardContext,
  run: Run,
  progress: Progress | undefined,
  spots: readonly Spot[],
): Layout {
  const now = context.now.getTime();
  const parts = [...gateParts(context, run), ...runParts(context, run, progress), ...detailParts(context, run)];
  const stale = run.finishedAt !== undefined && now - Date.parse(run.finishedAt) > NEWS_MS;
  const lookAt = nextMark(run, now);
  return {
    messages: spots.flatMap(({ place, roles }) =>
      parts
        .filter((part) => part.roles.some((role) => roles.includes(role)))
        .map(({ wanted }) => ({ ...wanted, place, ...(stale && { standing: true }) })),
    ),
    over: isFinal(run.state),
    ...(lookAt !== undefined && { lookAt }),
  };
}

/** The run's own card, and a new message where somebody has to learn something: edits call nobody. */
function runParts(context: CardContext, run: Run, progress: Progress | undefined): readonly Part[] {
  const settled = isFinal(run.state) || run.state === 'attention';
  const parts = cardsOf(context, run, progress).flatMap((card): readonly Part[] => {
    if (card.id.startsWith('gate:')) return [];
    const own = card.id === `run:${run.id}`;
    const priority = own ? (settled ? 'final' : 'progress') : 'result';
    return [{ roles: WATCHING, wanted: { card, priority } }];
  });
  if (run.state !== 'attention') return parts;
  return [
    ...parts,
    { roles: WATCHING, wanted: { card: attentionCard(context, run), priority: 'approval', asks: true } },
  ];
}

/** The questions: the open one, its warning, and those that were answered, wherever they stand. */
function gateParts(context: CardContext, run: Run): readonly Part[] {
  const { gate, granted } = run;
  const earlier = granted && granted.number !== gate?.number ? [closedPart(context, run, granted)] : [];
  if (!gate) return earlier;
  if (!openGate(run)) return [...earlier, closedPart(context, run, gate)];
  const approve = gate.kind === 'approve';
  const card = gateCard(context, run, gate);
  const open: Part = { roles: rolesOf(gate), wanted: { card, priority: 'approval', asks: true } };
  const now = context.now.getTime();
  if (now < markOf(gate, WARNING) || now >= Date.parse(gate.expiresAt)) return [...earlier, open];
  const warning: Part = {
    roles: approve ? DECIDING : WATCHING,
    wanted: { card: expiryCard(context, run, gate), priority: 'approval' },
  };
  return [...earlier, open, warning];
}

function closedPart(context: CardContext, run: Run, gate: Gate): Part {
  const card = gateCard(context, run, gate);
  return { roles: rolesOf(gate), wanted: { card, priority: 'result', standing: true } };
}

function rolesOf({ kind }: Gate): readonly Role[] {
  return kind === 'approve' ? EVERYBODY : WATCHING;
}

/** What belongs into the thread of the run's card: the very commands, and the logs. */
function detailParts(context: CardContext, run: Run): readonly Part[] {
  const detail = (card: Card, file?: Wanted['file']): Part => ({
    roles: WATCHING,
    wanted: { card, priority: 'log', under: `run:${run.id}`, ...(file && { file }) },
  });
  const changes = run.plan?.steps.some((step) => step.changes.length > 0) === true;
  const plan = { ...planCard(context, run), id: `plan:${run.id}.${run.planHash?.slice(0, 8) ?? ''}` };
  const logs = run.reports.filter((report): report is LogReport => report.kind === 'log');
  return [
    ...(changes ? [detail(plan)] : []),
    ...logs
      .filter(({ excerpt }) => run.mutating || excerpt.length > CARD_LINES)
      .map((log, index) =>
        detail({ ...logCard(context, run, log), id: `log:${run.id}.${index + 1}` }, logFile(context, run, log)),
      ),
  ];
}

function logFile({ t }: CardContext, run: Run, { host, file, excerpt }: LogReport): Wanted['file'] {
  if (excerpt.length <= CARD_LINES) return undefined;
  return {
    name: `pg_log-${host}-${run.id}.txt`,
    content: Buffer.from(`${excerpt.join('\n')}\n`),
    alt: t.say('file.log', { file, host, lines: excerpt.length }),
  };
}

/** When that part of the gate's time is over. */
function markOf({ openedAt, expiresAt }: Gate, part: number): number {
  const from = Date.parse(openedAt);
  return from + (Date.parse(expiresAt) - from) * part;
}

/** The next moment at which time alone changes a card. */
function nextMark(run: Run, now: number): number | undefined {
  const gate = openGate(run);
  return gate && MARKS.map((part) => markOf(gate, part)).find((mark) => mark > now);
}
