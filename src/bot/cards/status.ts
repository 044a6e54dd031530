import type { Block, Card, Field, Tone } from '../../domain/card.ts';
import { rehearsalAge } from '../../domain/rehearsal.ts';
import type { ServerState, StatusReport } from '../../domain/report.ts';
import type { Run } from '../../domain/run.ts';
import type { Verdict } from '../../domain/step.ts';
import { readinessBy } from '../../domain/watch-readiness.ts';
import type { CardContext } from './context.ts';
import { clusterName, command, siteName } from './context.ts';
import { checklistItem, worstFirst, worstOf } from './findings.ts';
import { runFooter } from './run.ts';

const TONES: Readonly<Record<Verdict, Tone>> = {
  ok: 'success',
  unknown: 'warning',
  warning: 'warning',
  failed: 'failure',
};

/** Both servers as one picture, and what needs attention. */
export function statusCard(context: CardContext, run: Run, report: StatusReport): Card {
  const { t } = context;
  const remarks = worstFirst(report.findings.filter(({ verdict }) => verdict !== 'ok'));
  const worst = worstOf(report.findings);
  const title = t.say('status.title', { cluster: run.cluster, verdict: worst });
  const fine = report.findings.length - remarks.length;
  const checklist: Block = {
    kind: 'checklist',
    title: t.say('status.remarks'),
    items: remarks.map((finding) => checklistItem(context, finding)),
  };
  return {
    id: `run:${run.id}`,
    rev: run.version,
    tone: TONES[worst],
    title,
    blocks: [
      { kind: 'fields', fields: fields(context, run, report) },
      readinessText(context, report),
      ...rehearsalText(context, run, report),
      ...(remarks.length > 0 ? [checklist] : []),
      { kind: 'text', style: 'muted', text: t.say('status.fine', { count: fine }) },
    ],
    buttons: [],
    footer: `${t.moment(report.at)} · ${runFooter(context, run)}`,
    fallback: title,
  };
}

/** Would a failover work now? What mends what is red stands among the remarks. */
function readinessText({ t }: CardContext, { findings, standby }: StatusReport): Block {
  const { verdict, fine, all } = readinessBy(findings, standby.host);
  const style = verdict === 'yes' ? 'strong' : 'warning';
  return { kind: 'text', style, text: t.say('readiness.title', { verdict, fine, all }) };
}

/** When a failover was last rehearsed; with the next command where that was never, or long ago. */
function rehearsalText(context: CardContext, run: Run, { rehearsed, at }: StatusReport): readonly Block[] {
  if (rehearsed === undefined) return [];
  const { t } = context;
  const { state, days } = rehearsalAge(rehearsed, at);
  const measured = rehearsed && { took: t.duration(rehearsed.milliseconds), at: t.moment(rehearsed.at) };
  const text = t.say('readiness.rehearsal', {
    state,
    days,
    ...measured,
    command: command(context, 'rehearse', run.cluster),
  });
  return [{ kind: 'text', style: state === 'fresh' ? 'muted' : 'warning', text }];
}

function fields(context: CardContext, run: Run, report: StatusReport): readonly Field[] {
  const { t } = context;
  const { streaming, slot } = report;
  const streams = streaming === null ? 'value.unknown' : streaming ? 'value.yes' : 'value.no';
  const slotText =
    slot && t.say('value.slot', { name: slot.name, active: slot.active ? 'yes' : 'no', status: slot.walStatus });
  return [
    { label: t.say('field.customer'), value: siteName(context, run.site) },
    { label: t.say('field.cluster'), value: clusterName(context, run.cluster) },
    serverField(context, report.primary),
    serverField(context, report.standby),
    { label: t.say('field.streaming'), value: t.say(streams) },
    { label: t.say('field.lag'), value: lagText(context, report) },
    { label: t.say('field.slot'), value: slotText ?? t.say('value.no-slot') },
  ];
}

function serverField({ t }: CardContext, server: ServerState): Field {
  const { host, reachable, running, role, version, timeline, lsn, diskFreeBytes } = server;
  const label = t.say('value.server-role', { host, role: role ?? 'unknown' });
  if (!reachable) return { label, value: t.say('value.server-unreachable') };
  const params = {
    running: running === null ? 'unknown' : running ? 'yes' : 'no',
    ...(version !== null && { version }),
    ...(timeline !== null && { timeline }),
    ...(lsn !== null && { lsn }),
    ...(diskFreeBytes !== null && { disk: t.bytes(diskFreeBytes) }),
  };
  return { label, value: t.say('value.server', params) };
}

function lagText({ t }: CardContext, report: StatusReport): string {
  const { receiveLagBytes, replayLagBytes, replayLagSeconds } = report;
  if (receiveLagBytes === null && replayLagBytes === null && replayLagSeconds === null) return t.say('value.unknown');
  const amount = (bytes: string | null): string => (bytes === null ? '?' : t.bytes(bytes));
  const seconds = replayLagSeconds === null ? '?' : t.duration(replayLagSeconds * 1_000);
  return t.say('value.lag', { received: amount(receiveLagBytes), replayed: amount(replayLagBytes), seconds });
}
