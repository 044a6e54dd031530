import type { CommandsBlock, ProgressBar, StepItem, StepsBlock } from '../../domain/card.ts';
import type { PlannedChange, PlannedStep } from '../../domain/plan.ts';
import type { Progress } from '../../domain/ports.ts';
import type { Run, StepProgress } from '../../domain/run.ts';
import { openGate } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { stepTitle } from './context.ts';

type Line = Extract<StepItem, { kind: 'step' }>;

/** So many finished or coming checks in a row become one line. */
const GROUP_FROM = 3;
/** A step that took less is not worth its time on the card. */
const WORTH_TELLING_MS = 1_000;

/** The run's steps with their states, progress, and the point of no return before the first irreversible one. */
export function stepsBlock(context: CardContext, run: Run, progress: Progress | undefined): StepsBlock {
  const planned = run.plan?.steps ?? [];
  const lines = planned.map((step) => lineOf(context, run, step, progress));
  const first = planned.findIndex(({ effect }) => effect === 'irreversible');
  if (first === -1) return { kind: 'steps', items: grouped(context, lines) };
  return {
    kind: 'steps',
    items: [
      ...grouped(context, lines.slice(0, first)),
      pointOfNoReturn(context, run.pastPointOfNoReturn),
      ...grouped(context, lines.slice(first)),
    ],
  };
}

/** What a plan would do, step by step, with what each may do to the customer; steps with nothing to do are left out. */
export function plannedSteps(context: CardContext, steps: readonly PlannedStep[], title: string): StepsBlock {
  const needed = steps.filter(({ check }) => check !== 'done');
  const first = needed.findIndex(({ effect }) => effect === 'irreversible');
  const items = needed.map((step): StepItem => {
    const note = [context.t.say(`effect.${step.effect}`), ...hindrance(context, step)].join('; ');
    return {
      kind: 'step',
      id: step.id,
      state: 'pending',
      title: stepTitle(context, step.id),
      effect: step.effect,
      note,
    };
  });
  if (first === -1) return { kind: 'steps', title, items };
  return {
    kind: 'steps',
    title,
    items: [...items.slice(0, first), pointOfNoReturn(context, false), ...items.slice(first)],
  };
}

/** The very commands of these steps, in order; a host's neighbouring commands stand together. Undefined when there are none. */
export function commandsBlock(context: CardContext, steps: readonly PlannedStep[]): CommandsBlock | undefined {
  const groups: { host: string; commands: string[] }[] = [];
  for (const change of steps.flatMap(({ changes }) => changes)) {
    const last = groups.at(-1);
    const text = changeText(context, change);
    if (last?.host === change.host) last.commands.push(text);
    else groups.push({ host: change.host, commands: [text] });
  }
  if (groups.length === 0) return undefined;
  return { kind: 'commands', title: context.t.say('plan.commands'), groups };
}

/** The change as people read it. */
export function changeText({ t }: CardContext, { kind, text }: PlannedChange): string {
  if (kind === 'write') return t.say('plan.file', { path: text });
  return kind === 'job' ? t.say('plan.job', { command: text }) : text;
}

function pointOfNoReturn({ t }: CardContext, passed: boolean): StepItem {
  return {
    kind: 'point-of-no-return',
    title: t.say(passed ? 'run.point-passed' : 'run.point-of-no-return'),
    passed,
  };
}

function hindrance({ t }: CardContext, { check }: PlannedStep): readonly string[] {
  if (typeof check === 'string') return [];
  return [t.say('attest' in check ? 'run.step-attest' : 'run.step-blocked')];
}

function lineOf(context: CardContext, run: Run, planned: PlannedStep, progress: Progress | undefined): Line {
  const step = run.steps.find(({ id }) => id === planned.id) ?? { id: planned.id, state: 'pending' };
  const state = stateOf(run, step);
  const ours = state === 'running' && progress?.step === planned.id ? progress : undefined;
  const bar = ours && ours.total > 0 ? progressBar(context, ours) : undefined;
  const note = noteOf(context, step);
  return {
    kind: 'step',
    id: planned.id,
    state,
    title: stepTitle(context, planned.id),
    effect: planned.effect,
    ...(note !== undefined && { note }),
    ...(bar && { progress: bar }),
  };
}

function stateOf(run: Run, step: StepProgress): Line['state'] {
  if (step.state === 'pending' && openGate(run)?.step === step.id) return 'waiting';
  return step.state === 'done' && step.unchanged ? 'unchanged' : step.state;
}

function noteOf({ t }: CardContext, step: StepProgress): string | undefined {
  if (step.state !== 'done' || step.unchanged || !step.startedAt || !step.finishedAt) return undefined;
  const took = Date.parse(step.finishedAt) - Date.parse(step.startedAt);
  return took >= WORTH_TELLING_MS ? t.say('run.step-took', { duration: t.duration(took) }) : undefined;
}

function progressBar({ t }: CardContext, { done, total, unit, etaSeconds }: Progress): ProgressBar {
  const eta = etaSeconds ? { eta: t.duration(etaSeconds * 1_000) } : {};
  const fraction = Math.min(1, Math.max(0, done / total));
  if (unit === 'percent') return { fraction, text: t.say('run.progress-percent', eta) };
  return { fraction, text: t.say('run.progress-bytes', { done: t.bytes(done), total: t.bytes(total), ...eta }) };
}

/** Checks, and steps that had nothing to do, become one line where many of them follow each other. */
function grouped(context: CardContext, lines: readonly Line[]): readonly StepItem[] {
  const items: StepItem[] = [];
  for (let from = 0; from < lines.length; ) {
    const kind = groupKind(lines[from]);
    let to = from + 1;
    for (; to < lines.length; to += 1) if (!kind || groupKind(lines[to]) !== kind) break;
    const members = lines.slice(from, to);
    items.push(...(kind && members.length >= GROUP_FROM ? [groupLine(context, kind, members)] : members));
    from = to;
  }
  return items;
}

type GroupKind = 'checked' | 'to-check' | 'unchanged';

function groupKind(line: Line | undefined): GroupKind | undefined {
  if (line?.state === 'unchanged' || line?.state === 'done') {
    if (line.effect === 'read') return 'checked';
    return line.state === 'unchanged' ? 'unchanged' : undefined;
  }
  return line?.state === 'pending' && line.effect === 'read' ? 'to-check' : undefined;
}

function groupLine({ t }: CardContext, kind: GroupKind, members: readonly Line[]): Line {
  const state = ({ checked: 'done', 'to-check': 'pending', unchanged: 'unchanged' } as const)[kind];
  return {
    kind: 'step',
    id: `group:${members[0]?.id}`,
    state,
    title: t.say(`run.steps-${kind}`, { count: members.length }),
    effect: kind === 'unchanged' ? 'reversible' : 'read',
  };
}
