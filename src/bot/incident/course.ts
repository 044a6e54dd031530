import type { Field } from '../../domain/card.ts';
import type { RunEvent } from '../../domain/run.ts';
import { openGate } from '../../domain/run.ts';
import { evidenceBlocks } from '../cards/approval.ts';
import { actorParams, explain, personName, planId, platformName, stepTitle } from '../cards/context.ts';
import { tellingBlocks } from '../cards/switching.ts';
import type { Writing } from './context.ts';
import { heading, partsOf, text } from './context.ts';
import type { Part, Section } from './document.ts';
import type { Asked } from './incident.ts';
import { askedIn } from './incident.ts';

/** Everything that happened, in order: when, what, and who did it from where. */
export function timeline({ cards, clock, events }: Writing): Section {
  const { t } = cards;
  const rows = events.map((event) => [
    clock.stamp(event.at),
    [t.say('audit.event', { type: event.type.replaceAll('-', '_') }), ...about(cards, event)].join(': '),
    actor(cards, event.by),
  ]);
  const columns = [t.say('incident.when'), t.say('incident.what'), t.say('incident.who')];
  return { title: t.say('incident.timeline'), parts: [{ kind: 'table', columns, rows }] };
}

function actor(cards: Writing['cards'], by: RunEvent['by']): string {
  const name = personName(cards, by.person);
  const platform = platformName(cards, by.platform);
  return by.person === 'system' ? name : `${name} (${platform})`;
}

/** What exactly, in as few words as it takes. */
function about(cards: Writing['cards'], event: RunEvent): readonly string[] {
  const { t } = cards;
  switch (event.type) {
    case 'step-started':
    case 'step-finished':
      return [stepTitle(cards, event.step)];
    case 'step-failed':
      return [stepTitle(cards, event.step), explain(cards, event.error).what];
    case 'refused':
    case 'attention':
      return [explain(cards, event.error).what];
    case 'planned':
      return [planId(event.planHash) ?? ''];
    case 'drifted':
      return event.reasons.map((reason) => explain(cards, reason).what);
    case 'gate-opened':
      return [t.say('incident.gate', { number: event.gate.number, kind: event.gate.kind })];
    case 'gate-decided':
      return [
        t.say('audit.event', { type: event.decision.verdict }),
        ...(event.decision.note ? [event.decision.note] : []),
      ];
    case 'undone':
      return event.steps.map((step) => stepTitle(cards, step));
    case 'undo-started':
      return event.error ? [explain(cards, event.error).what] : [];
    case 'settled':
      return [t.say('incident.settled', { verdict: event.verdict })];
    case 'report-taken':
      return [`${event.format}, ${event.language}`];
    case 'finished':
      return [t.say(`state.${event.state}`), ...(event.error ? [explain(cards, event.error).what] : [])];
    case 'requested':
    case 'admitted':
    case 'gate-expired':
    case 'stop-asked':
      return [];
  }
}

/** Each question with what was shown to whoever decided, and the decision. */
export function decisions(writing: Writing): Section {
  const { t } = writing.cards;
  const asked = askedIn(writing.events);
  const parts =
    asked.length === 0 ? [text(t.say('incident.no-gates'))] : asked.flatMap((one) => question(writing, one));
  return { title: t.say('incident.decisions'), parts };
}

function question(writing: Writing, { gate, shown }: Asked): readonly Part[] {
  const { cards } = writing;
  const { t } = cards;
  const evidence = shown.plan?.evidence;
  const fields: readonly Field[] = [
    { label: t.say('incident.before'), value: stepTitle(cards, gate.step) },
    { label: t.say('field.plan'), value: gate.planHash },
    { label: t.say('incident.asked'), value: t.moment(gate.openedAt) },
    { label: t.say('field.expires'), value: t.moment(gate.expiresAt) },
    ...boundFields(writing, gate),
    ...decisionFields(writing, gate),
  ];
  return [
    heading(t.say('incident.gate', { number: gate.number, kind: gate.kind })),
    { kind: 'fields', fields },
    ...(gate.kind === 'approve' && evidence ? partsOf(evidenceBlocks(cards, shown, evidence)) : []),
    ...(gate.kind === 'attest' ? [] : partsOf(tellingBlocks(cards, shown))),
  ];
}

function decisionFields({ cards, incident }: Writing, gate: Asked['gate']): readonly Field[] {
  const { t } = cards;
  const { decision, kind } = gate;
  if (!decision) {
    const open = openGate(incident.run)?.number === gate.number;
    const none = open ? t.say('incident.undecided') : t.say('gate.superseded');
    const value = gate.expired ? t.say('gate.expired', { at: t.moment(gate.expiresAt) }) : none;
    return [{ label: t.say('field.decided'), value }];
  }
  const params = { verb: kind, ...actorParams(cards, decision.by), at: t.moment(decision.at) };
  const value =
    decision.verdict === 'granted' ? t.say('value.decided-granted', params) : t.say('value.decided-rejected', params);
  return [
    { label: t.say('field.decided'), value },
    { label: t.say('incident.note'), value: decision.note ?? t.say('incident.no-note') },
    ...(decision.envelope === undefined ? [] : [{ label: t.say('incident.signed'), value: t.say('value.yes') }]),
  ];
}

/** What the approval allowed; outside of it the worker asks again. */
function boundFields({ cards: { t } }: Writing, { bounds }: Asked['gate']): readonly Field[] {
  if (!bounds) return [];
  const value = t.say('incident.bounds-value', {
    timeline: bounds.timeline,
    from: bounds.receiveLsnFrom,
    bytes: t.bytes(bounds.lsnBoundBytes),
  });
  return [{ label: t.say('incident.bounds'), value }];
}
