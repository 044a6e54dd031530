import type { Block, Card, Field } from '../../domain/card.ts';
import type { LogReport, OutageReport, RehearsalReport } from '../../domain/report.ts';
import type { Run } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { actorParams, command, personName, rolesOf, stepTitle } from './context.ts';
import { errorBlocks, runFields, runFooter, runTitle, toneOf } from './run.ts';
import { afterFence, reachedText, tellingBlocks, undoneBlocks } from './switching.ts';

/** How a run ended: what it reached, how long it took, the measured outage, and what to do next. A new message, so it alerts. */
export function resultCard(context: CardContext, run: Run): Card {
  const title = runTitle(context, run);
  const outcome = run.state === 'succeeded' ? success(context, run) : failure(context, run);
  const log = run.reports.findLast((report): report is LogReport => report.kind === 'log');
  return {
    id: `result:${run.id}`,
    rev: run.version,
    tone: run.state === 'succeeded' && log?.verdict === 'warning' ? 'warning' : toneOf(run.state),
    title,
    blocks: [
      ...outcome,
      {
        kind: 'fields',
        fields: [...runFields(context, run), ...decisionField(context, run), ...measures(context, run)],
      },
      ...tellingBlocks(context, run),
      ...(run.state === 'succeeded' ? nextSteps(context, run) : []),
      ...logBlocks(context, log),
    ],
    buttons: [],
    footer: runFooter(context, run),
    fallback: title,
    alerts: true,
  };
}

function success(context: CardContext, run: Run): readonly Block[] {
  const { t } = context;
  const roles = rolesOf(context, run);
  if (run.runbook === 'failover') return [paragraph(t.say('result.failover', roles))];
  const changed = doneChanges(run).length > 0;
  const reached = reachedText(context, run, changed);
  if (reached !== undefined) return [paragraph(reached)];
  if (run.runbook !== 'setup') return [];
  return [paragraph(t.say(changed ? 'result.setup' : 'result.setup-unchanged', roles))];
}

/** Ids of the steps that changed something. */
function doneChanges(run: Run): readonly string[] {
  const planned = run.plan?.steps ?? [];
  return run.steps
    .filter(({ id, state, unchanged }) => {
      const effect = planned.find((step) => step.id === id)?.effect ?? 'read';
      return state === 'done' && !unchanged && effect !== 'read';
    })
    .map(({ id }) => id);
}

function failure(context: CardContext, run: Run): readonly Block[] {
  const { t } = context;
  const done = doneChanges(run).map((id) => stepTitle(context, id));
  const kept: Block = {
    kind: 'text',
    style: 'plain',
    text: done.length > 0 ? t.say('result.changed', { steps: done.join('; ') }) : t.say('result.nothing-changed'),
  };
  if (run.state === 'cancelled' && run.stopAsked) {
    const text = t.say('result.stopped', { person: personName(context, run.stopAsked.person) });
    return [paragraph(text), ...undoneBlocks(context, run), kept];
  }
  const failed = run.steps.find(({ state }) => state === 'failed');
  const where: readonly Block[] = failed
    ? [{ kind: 'text', style: 'strong', text: stepTitle(context, failed.id) }]
    : [];
  return [...where, ...(run.error ? errorBlocks(context, run.error, run) : []), ...undoneBlocks(context, run), kept];
}

function decisionField(context: CardContext, run: Run): readonly Field[] {
  const { t } = context;
  const decision = run.granted?.decision;
  if (!decision || !run.granted) return [];
  const params = { verb: run.granted.kind, ...actorParams(context, decision.by), at: t.moment(decision.at) };
  return [{ label: t.say('field.decided'), value: t.say('value.decided-granted', params) }];
}

function measures(context: CardContext, run: Run): readonly Field[] {
  const { t } = context;
  const outage = run.reports.findLast((report): report is OutageReport => report.kind === 'outage');
  const rehearsal = run.reports.findLast((report): report is RehearsalReport => report.kind === 'rehearsal');
  const took = run.finishedAt ? Date.parse(run.finishedAt) - Date.parse(run.requestedAt) : undefined;
  return [
    ...(took === undefined ? [] : [{ label: t.say('field.duration'), value: t.duration(took) }]),
    ...(outage ? outageFields(context, outage) : []),
    ...(rehearsal ? rehearsalFields(context, rehearsal) : []),
  ];
}

function outageFields({ t }: CardContext, outage: OutageReport): readonly Field[] {
  const { milliseconds, lastContact, firstWrite, timeline } = outage;
  const length = milliseconds === null ? t.say('value.unknown') : t.duration(milliseconds);
  return [
    { label: t.say('field.outage'), value: length },
    { label: t.say('field.last-contact'), value: lastContact ? t.moment(lastContact) : t.say('value.never') },
    { label: t.say('field.first-write'), value: t.moment(firstWrite) },
    { label: t.say('field.timeline'), value: String(timeline) },
  ];
}

function rehearsalFields({ t }: CardContext, proof: RehearsalReport): readonly Field[] {
  return [
    { label: t.say('field.rehearsal'), value: t.duration(proof.milliseconds) },
    { label: t.say('field.rehearsal-recovery'), value: t.duration(proof.recoveryMilliseconds) },
    { label: t.say('field.first-write'), value: t.moment(proof.at) },
    { label: t.say('field.timeline'), value: String(proof.timeline) },
    { label: t.say('field.rehearsal-check'), value: t.say('value.amcheck', { amcheck: proof.amcheck }) },
  ];
}

function nextSteps(context: CardContext, run: Run): readonly Block[] {
  const { t } = context;
  if (run.runbook === 'fence') return doneChanges(run).length > 0 ? afterFence(context, run) : [];
  if (run.runbook === 'accept-roles') {
    const params = { ...rolesOf(context, run), command: command(context, 'rebuild', run.cluster) };
    return [{ kind: 'text', style: 'hint', text: t.say('result.next-accept-roles', params) }];
  }
  if (run.runbook !== 'failover') {
    const text = t.say('result.check-done', { command: command(context, 'status', run.cluster) });
    return run.runbook === 'setup' ? [{ kind: 'text', style: 'hint', text }] : [];
  }
  const { primary } = rolesOf(context, run);
  const fencing = run.plan?.evidence?.fencing ?? 'unreachable';
  const rebuild = command(context, 'rebuild', run.cluster);
  return [
    { kind: 'text', style: 'warning', text: t.say('result.unprotected', { primary }) },
    { kind: 'text', style: 'warning', text: t.say('result.keep-off', { primary, fencing }) },
    { kind: 'text', style: 'hint', text: t.say('result.next-failover', { primary, command: rebuild }) },
  ];
}

function logBlocks({ t }: CardContext, log: LogReport | undefined): readonly Block[] {
  if (!log || log.excerpt.length === 0) return [];
  const verdict = t.say(`verdict.${log.verdict}`);
  const title = `${t.say('field.log')}, ${log.host}: ${verdict}`;
  const findings = log.findings.map(({ id, mend, line }) => ({
    title: `${t.sayIf(`log.${id}`, {}, id)} (${t.say('log.mend', { mend })})`,
    detail: line,
  }));
  return [
    ...(findings.length > 0 ? [{ kind: 'list', title: t.say('log.meaning'), items: findings } as const] : []),
    { kind: 'log', title, lines: log.excerpt },
  ];
}

function paragraph(text: string): Block {
  return { kind: 'text', style: 'strong', text };
}
