import type { PlannedStep } from '../../domain/plan.ts';
import { explain, planId, stepTitle } from '../cards/context.ts';
import { checklistItem, findingsOf, worstFirst } from '../cards/findings.ts';
import { changeText } from '../cards/steps.ts';
import type { Writing } from './context.ts';
import { text } from './context.ts';
import type { Part, Section } from './document.ts';
import type { Attempt } from './incident.ts';
import { approvedPlan, attemptsIn } from './incident.ts';

/** Every go at every step: when it began and ended, and how long it took. */
export function steps({ cards, clock, events, incident }: Writing): Section {
  const { t } = cards;
  const { plan } = incident.run;
  const rows = attemptsIn(events, plan).map((attempt) => {
    const effect = plan?.steps.find(({ id }) => id === attempt.step)?.effect;
    return [
      stepTitle(cards, attempt.step),
      effect === undefined ? '' : t.say(`effect.${effect}`),
      t.say('incident.step-state', { state: attempt.state }),
      attempt.number === 0 ? '' : String(attempt.number),
      attempt.startedAt === undefined ? '' : clock.stamp(attempt.startedAt),
      attempt.endedAt === undefined ? '' : clock.stamp(attempt.endedAt),
      tookOf(cards, attempt),
    ];
  });
  const columns = [
    t.say('incident.step'),
    t.say('incident.effect'),
    t.say('incident.outcome'),
    t.say('incident.attempt'),
    t.say('incident.began'),
    t.say('incident.ended'),
    t.say('field.duration'),
  ];
  const none = rows.length === 0 ? [text(t.say('incident.no-plan'))] : [{ kind: 'table', columns, rows } as const];
  return { title: t.say('plan.steps'), parts: [text(t.say('incident.steps-note'), 'muted'), ...none] };
}

function tookOf({ t }: Writing['cards'], { startedAt, endedAt }: Attempt): string {
  return startedAt === undefined || endedAt === undefined
    ? ''
    : t.duration(Date.parse(endedAt) - Date.parse(startedAt));
}

/** The very commands, as they stood in the plan that somebody agreed to; of a run that asks nobody, in its plan. */
export function commands({ cards, events, incident }: Writing): Section {
  const { t } = cards;
  const { granted, plan, planHash } = incident.run;
  const approved = approvedPlan(events, granted);
  const shown = approved ?? plan;
  const title = t.say('plan.commands');
  if (!shown) return { title, parts: [text(t.say('incident.no-plan'))] };
  const id = planId(approved ? granted?.planHash : planHash) ?? '';
  const head = approved ? t.say('incident.as-approved', { plan: id }) : t.say('incident.as-planned', { plan: id });
  const parts = shown.steps.flatMap((step) => commandsOf(cards, step));
  const none = parts.length === 0 ? [text(t.say('plan.nothing'))] : parts;
  const anew = approved && planHash !== granted?.planHash ? [text(t.say('incident.planned-anew'), 'warning')] : [];
  return { title, parts: [text(head), ...anew, ...none] };
}

function commandsOf(cards: Writing['cards'], { id, changes }: PlannedStep): readonly Part[] {
  const hosts = [...new Set(changes.map(({ host }) => host))];
  return hosts.map((host) => ({
    kind: 'lines',
    title: `${stepTitle(cards, id)} · ${host}`,
    lines: changes
      .filter((change) => change.host === host)
      .flatMap((change) => [
        ...changeText(cards, change).split('\n'),
        ...(change.contentHash === undefined ? [] : [`  SHA-256 ${change.contentHash}`]),
      ]),
  }));
}

/** What was looked at and how it stood, the worst first. */
export function findings({ cards, incident }: Writing): Section | undefined {
  const { t } = cards;
  const found = worstFirst(findingsOf(incident.run)).map((finding) => checklistItem(cards, finding));
  if (found.length === 0) return undefined;
  const rows = found.map(({ verdict, title, host, detail, next }) => [
    t.say(`verdict.${verdict}`),
    title,
    host ?? '',
    next ? `${detail} → ${next}` : detail,
  ]);
  const columns = [t.say('incident.outcome'), t.say('incident.what'), t.say('incident.host'), t.say('incident.detail')];
  return { title: t.say('check.list'), parts: [{ kind: 'table', columns, rows }] };
}

/** How it ended, or that it has not: said aloud. */
export function ending({ cards, incident }: Writing): readonly Part[] {
  const { t } = cards;
  const { run } = incident;
  const error =
    run.error && explain(cards, { ...run.error, params: { run: run.id, cluster: run.cluster, ...run.error.params } });
  const failed = run.steps.find(({ state }) => state === 'failed');
  const what = [failed && stepTitle(cards, failed.id), error?.what].filter((words) => words !== undefined).join(': ');
  const why: readonly Part[] = what === '' ? [] : [text(what, 'warning')];
  switch (run.state) {
    case 'succeeded':
      return [text(t.say('incident.succeeded'), 'strong')];
    case 'failed':
    case 'cancelled':
      return [
        text(t.say('incident.not-reached', { state: run.state }), 'warning'),
        ...why,
        ...changed({ cards, incident }),
      ];
    case 'queued':
    case 'ready':
    case 'waiting':
    case 'attention':
      return [text(t.say('incident.unfinished', { state: t.say(`state.${run.state}`) }), 'warning'), ...why];
  }
}

/** What a run that did not reach its end had changed, and what of it was put back. */
function changed({ cards, incident }: Pick<Writing, 'cards' | 'incident'>): readonly Part[] {
  const { t } = cards;
  const { steps: progress, plan, undone = [] } = incident.run;
  const done = progress
    .filter(({ id, state, unchanged }) => {
      const effect = plan?.steps.find((step) => step.id === id)?.effect ?? 'read';
      return state === 'done' && !unchanged && effect !== 'read';
    })
    .map(({ id }) => stepTitle(cards, id));
  const kept =
    done.length === 0 ? t.say('result.nothing-changed') : t.say('result.changed', { steps: done.join('; ') });
  const back = undone.map((id) => stepTitle(cards, id)).join('; ');
  return [...(back === '' ? [] : [text(t.say('result.undone', { steps: back }), 'strong')]), text(kept)];
}
