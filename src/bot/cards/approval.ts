import type { Block, Button, Card, EvidenceBlock, Field, TextBlock } from '../../domain/card.ts';
import { payloadOf } from '../../domain/card.ts';
import type { Evidence, Sighting } from '../../domain/evidence.ts';
import { eligibleApprovers } from '../../domain/policy.ts';
import { daysBetween } from '../../domain/rehearsal.ts';
import type { Gate, Run } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { explain, personName, planId, rolesOf, runbookName, siteName } from './context.ts';
import { decidedGate } from './gate-closed.ts';
import { runFields, runFooter } from './run.ts';
import { commandsBlock, plannedSteps } from './steps.ts';
import { tellingBlocks } from './switching.ts';

/**
 * What the second person decides on: who wants what done to whom, the evidence, what may be lost, whether the old primary is
 * fenced, who could approve, and the very commands. Decided or expired, it shows that instead of its buttons.
 */
export function approvalCard(context: CardContext, run: Run, gate: Gate): Card {
  const { t } = context;
  const closed = decidedGate(context, run, gate);
  const steps = run.plan?.steps ?? [];
  const commands = commandsBlock(context, steps);
  const title =
    closed?.title ?? t.say('approval.title', { runbook: runbookName(context, run.runbook), cluster: run.cluster });
  return {
    id: `gate:${run.id}.${gate.number}`,
    rev: run.version,
    tone: closed?.tone ?? 'question',
    title,
    blocks: [
      ...(closed?.blocks ?? []),
      ...(closed ? [] : drift(context, run)),
      ...question(context, run, gate, closed === undefined),
      ...(run.plan?.evidence ? evidenceBlocks(context, run, run.plan.evidence) : []),
      ...tellingBlocks(context, run),
      plannedSteps(context, steps, t.say('plan.steps')),
      ...(commands ? [commands] : []),
    ],
    buttons: closed ? [] : decisionButtons(context, run, gate),
    footer: runFooter(context, run),
    fallback: title,
    ...(!closed && { alerts: true }),
  };
}

/** Why it is asked again: where reality left what was approved before. */
function drift(context: CardContext, { drift: reasons = [] }: Run): readonly Block[] {
  return reasons.map((reason) => ({ kind: 'text', style: 'warning', text: explain(context, reason).what }));
}

function question(context: CardContext, run: Run, gate: Gate, open: boolean): readonly Block[] {
  const { t } = context;
  const { primary, standby } = rolesOf(context, run);
  const person = personName(context, run.requester.person);
  const params = { person, primary, standby, cluster: run.cluster, site: siteName(context, run.site) };
  const asked = run.runbook === 'accept-roles' ? 'approval.text-accept-roles' : 'approval.text';
  return [
    { kind: 'text', style: 'strong', text: t.say(asked, params) },
    {
      kind: 'fields',
      fields: [
        ...runFields(context, run),
        { label: t.say('field.action'), value: t.say(actionOf(run)) },
        { label: t.say('field.change'), value: t.say('value.change', { primary, standby }) },
        { label: t.say('field.plan'), value: planId(gate.planHash) ?? '' },
        ...(open ? openFields(context, run, gate) : []),
      ],
    },
  ];
}

function actionOf({ runbook }: Run): `value.action.${'accept-roles' | 'switchover' | 'failover'}` {
  if (runbook === 'accept-roles') return 'value.action.accept-roles';
  return runbook === 'switchover' ? 'value.action.switchover' : 'value.action.failover';
}

function openFields(context: CardContext, run: Run, gate: Gate): readonly Field[] {
  const { t } = context;
  return [
    { label: t.say('field.approvers'), value: approvers(context, run) },
    { label: t.say('field.expires'), value: expiry(context, gate) },
  ];
}

/** The names of those who could approve now. */
export function approvers(context: CardContext, run: Pick<Run, 'site' | 'participants'>): string {
  const names = eligibleApprovers(context.inventory, run).map(({ name }) => name);
  return names.join(', ') || context.t.say('value.nobody');
}

/** Until when a gate is open, and how long that is. */
export function expiry({ t, now }: CardContext, gate: Gate): string {
  const left = Math.max(0, Date.parse(gate.expiresAt) - now.getTime());
  // Whole minutes: the card is redrawn when something happens, not every second.
  const minutes = Math.ceil(left / 60_000) * 60_000;
  return t.say('value.expires', { at: t.moment(gate.expiresAt), left: t.duration(minutes) });
}

/** What a decision rested on, and what nobody may overlook in it. */
export function evidenceBlocks(context: CardContext, run: Run, evidence: Evidence): readonly Block[] {
  const { t } = context;
  const { primary } = rolesOf(context, run);
  if (evidence.planned)
    return [evidenceBlock(context, evidence, primary), warning(t.say('approval.planned', { primary }))];
  return [
    evidenceBlock(context, evidence, primary),
    warning(evidence.taken ? t.say('approval.taken-text', lossParams(context, evidence)) : lossText(context, evidence)),
    ...(evidence.fencing === 'unreachable' ? [warning(t.say('approval.unfenced', { primary }))] : []),
    ...(evidence.primaryAlive
      ? [warning(t.say(evidence.taken ? 'approval.taken-alive' : 'approval.alive', { primary }))]
      : []),
  ];
}

function warning(text: string): TextBlock {
  return { kind: 'text', style: 'warning', text };
}

function evidenceBlock(context: CardContext, evidence: Evidence, primary: string): EvidenceBlock {
  const { t } = context;
  return {
    kind: 'evidence',
    title: t.say('approval.evidence', { primary }),
    sightings: sightingLines(context, evidence.sightings),
    fields: evidenceFields(context, evidence),
  };
}

function evidenceFields(context: CardContext, evidence: Evidence): readonly Field[] {
  const { t } = context;
  const needless = evidence.taken && !evidence.primaryAlive;
  const reached = needless ? 'approval.taken-down' : 'approval.fenced';
  const fenced = t.say(evidence.fencing === 'possible' ? reached : 'approval.unreachable');
  return [
    { label: t.say('field.fencing'), value: fenced },
    { label: t.say('field.loss'), value: lossValue(context, evidence) },
    // Of a server that works already, the findings say where its WAL is.
    ...(evidence.taken ? [] : standbyFields(context, evidence)),
    { label: t.say('field.timeline'), value: String(evidence.timeline) },
    { label: t.say('field.system'), value: evidence.systemIdentifier },
    ...rehearsalField(context, evidence),
    { label: t.say('field.gathered'), value: t.moment(evidence.gatheredAt) },
  ];
}

/** How far the standby is. */
function standbyFields({ t }: CardContext, evidence: Evidence): readonly Field[] {
  const gap = lsnNumber(evidence.receiveLsn) - lsnNumber(evidence.replayLsn);
  return [
    {
      label: t.say('field.last-contact'),
      value: evidence.lastContact ? t.moment(evidence.lastContact) : t.say('value.never'),
    },
    { label: t.say('field.received'), value: evidence.receiveLsn },
    { label: t.say('field.replayed'), value: evidence.replayLsn },
    { label: t.say('field.gap'), value: t.bytes(String(gap)) },
  ];
}

/** How long it will take, by the newest rehearsal on this hardware, and how old that is. */
function rehearsalField({ t }: CardContext, { rehearsal, gatheredAt }: Evidence): readonly Field[] {
  if (!rehearsal) return [];
  const { at, milliseconds } = rehearsal;
  const params = { took: t.duration(milliseconds), at: t.moment(at), days: daysBetween(at, gatheredAt) };
  return [{ label: t.say('field.expected'), value: t.say('value.expected', params) }];
}

/** Who saw what of a server, one line for each. */
export function sightingLines(context: CardContext, sightings: readonly Sighting[]): EvidenceBlock['sightings'] {
  return sightings.map((sighting) => ({
    saw: sighting.way === 'login' && sighting.saw === 'alive' ? 'host' : sighting.saw,
    text: sightingText(context, sighting),
  }));
}

/** Who looked by which way, and what that told; a detail that says no more than that is left out. */
function sightingText({ t }: CardContext, { by, way, saw, detail }: Sighting): string {
  const more = detail === undefined || detail === saw ? {} : { detail };
  return t.say('sighting.text', { by, way, said: t.say(`sighting.${way}`, { saw }), ...more });
}

/** When all WAL on the old primary's disk has arrived, nothing is lost, however long ago its last word was. */
function lossKind({ loss }: Evidence): Evidence['loss']['kind'] | 'arrived' {
  return loss.kind === 'bounded' && loss.bytes === '0' ? 'arrived' : loss.kind;
}

function lossParams({ t }: CardContext, evidence: Evidence): Record<string, string> {
  const { loss } = evidence;
  return {
    kind: lossKind(evidence),
    ...(loss.bytes !== null && { bytes: t.bytes(loss.bytes) }),
    ...(loss.seconds !== null && { seconds: t.duration(loss.seconds * 1_000) }),
  };
}

function lossText(context: CardContext, evidence: Evidence): string {
  return context.t.say('approval.loss-text', lossParams(context, evidence));
}

/** The worst case of commits that the standby does not have, in a line. */
export function lossValue(context: CardContext, evidence: Evidence): string {
  if (evidence.planned) return context.t.say('approval.loss-planned');
  if (evidence.taken) return context.t.say('approval.loss-taken', lossParams(context, evidence));
  return context.t.say(`approval.loss-${lossKind(evidence)}`, lossParams(context, evidence));
}

function decisionButtons({ t }: CardContext, run: Run, gate: Gate): readonly Button[] {
  const payload = payloadOf({ run: run.id, gate: gate.number, cluster: run.cluster });
  return [
    { verb: 'approve', payload, label: t.say('button.approve'), style: 'danger', opensForm: true },
    { verb: 'reject', payload, label: t.say('button.reject'), style: 'neutral', opensForm: true },
  ];
}

function lsnNumber(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
