import type { Block, Button, Card, Tone } from '../../domain/card.ts';
import { payloadOf } from '../../domain/card.ts';
import type { Alert } from '../../domain/watch-alert.ts';
import { causeOf } from '../../domain/watch-alert.ts';
import { sightingLines } from './approval.ts';
import { conditionTexts } from './condition.ts';
import type { CardContext } from './context.ts';
import { clusterName, personName, siteName } from './context.ts';

/**
 * The messages there should be about an alert: the newest time it was told, which every later change redraws, and the notice that it
 * is over. Pure; a pending alert has none.
 */
export function alertCards(context: CardContext, alert: Alert): readonly Card[] {
  const { raisedAt, state, told } = alert;
  if (raisedAt === undefined || told === 0) return [];
  return state === 'closed' ? [alertCard(context, alert), healedCard(context, alert)] : [alertCard(context, alert)];
}

/** What is wrong, which machine to mend, and what to do next. */
function alertCard(context: CardContext, alert: Alert): Card {
  const { t } = context;
  const cause = causeOf(alert);
  const texts = cause && conditionTexts(context, alert.cluster, cause);
  const over = alert.state === 'closed';
  const title = t.say('alert.title', { cluster: alert.cluster, what: texts?.title ?? alert.subject });
  const why = alert.why === undefined || alert.why === 'raised' ? [] : [text('muted', t.say(`alert.why.${alert.why}`))];
  return {
    id: `alert:${alert.id}.${alert.told}`,
    rev: alert.version,
    tone: over ? 'stopped' : toneOf(alert),
    title,
    blocks: [
      ...(texts ? [text(over ? 'plain' : 'strong', texts.cause)] : []),
      ...why,
      ...held(context, alert),
      { kind: 'fields', fields: fieldsOf(context, alert) },
      ...evidence(context, alert),
      ...others(context, alert),
      ...(texts && !over ? [text('hint', texts.next)] : []),
    ],
    buttons: over ? [] : buttonsOf(context, alert),
    footer: t.say('alert.footer', { alert: alert.id }),
    fallback: title,
    ...(!over && { alerts: true }),
  };
}

function toneOf({ severity, held: who }: Alert): Tone {
  if (who) return 'progress';
  return severity === 'critical' ? 'failure' : 'warning';
}

function text(style: 'plain' | 'strong' | 'hint' | 'muted', words: string): Block {
  return { kind: 'text', style, text: words };
}

function held(context: CardContext, { held: who, state }: Alert): readonly Block[] {
  if (!who || state === 'closed') return [];
  const { t } = context;
  const person = personName(context, who.by.person);
  const words =
    who.until === undefined
      ? t.say('alert.held.taken', { person, at: t.clock(who.at) })
      : t.say('alert.held.later', { person, until: t.clock(who.until) });
  return [text('plain', words)];
}

function fieldsOf(context: CardContext, alert: Alert): readonly { readonly label: string; readonly value: string }[] {
  const { t } = context;
  const cause = causeOf(alert);
  return [
    { label: t.say('field.customer'), value: siteName(context, alert.site) },
    { label: t.say('field.cluster'), value: clusterName(context, alert.cluster) },
    ...(cause
      ? [{ label: t.say('field.mend'), value: t.say('value.mend', { mend: cause.mend, host: cause.host }) }]
      : []),
    { label: t.say('field.since'), value: t.moment(alert.firstSeenAt) },
  ];
}

function evidence(context: CardContext, alert: Alert): readonly Block[] {
  const host = causeOf(alert)?.host ?? '';
  if (alert.sightings.length === 0) return [];
  const title = context.t.say('alert.evidence', { primary: host });
  return [{ kind: 'evidence', title, sightings: sightingLines(context, alert.sightings), fields: [] }];
}

/** Whatever else is wrong with the same subject: mostly what follows from the cause. */
function others(context: CardContext, { cluster, conditions }: Alert): readonly Block[] {
  const more = conditions.slice(1).map((one) => ({ title: conditionTexts(context, cluster, one).title }));
  return more.length === 0 ? [] : [{ kind: 'list', title: context.t.say('alert.also'), items: more }];
}

function buttonsOf({ t }: CardContext, alert: Alert): readonly Button[] {
  const payload = payloadOf({ run: alert.id });
  const failover: Button = {
    verb: 'failover',
    payload,
    label: t.say('button.failover'),
    style: 'danger',
    opensForm: false,
  };
  const ack: Button = { verb: 'ack', payload, label: t.say('button.ack'), style: 'primary', opensForm: false };
  const snooze: Button = { verb: 'snooze', payload, label: t.say('button.snooze'), style: 'neutral', opensForm: false };
  return [...(offersFailover(alert) ? [failover] : []), ...(alert.held ? [] : [ack, snooze])];
}

/** Its button starts the ordinary gated run: nothing is promoted by it. */
export function offersFailover(alert: Alert): boolean {
  return alert.state === 'open' && causeOf(alert)?.id === 'primary.silent';
}

/** The notice that it is over: a message of its own, so that those who were woken can sleep. */
function healedCard(context: CardContext, alert: Alert): Card {
  const { t } = context;
  const { cluster, closedAt = alert.lastSeenAt, firstSeenAt } = alert;
  const cause = causeOf(alert);
  const what = cause ? conditionTexts(context, cluster, cause).title : alert.subject;
  const title = t.say('alert.title.closed', { cluster, what });
  const lasted = t.duration(Date.parse(closedAt) - Date.parse(firstSeenAt));
  return {
    id: `alert-over:${alert.id}.${alert.told}`,
    rev: alert.version,
    tone: 'success',
    title,
    blocks: [text('plain', t.say('alert.closed.text', { at: t.moment(closedAt), for: lasted }))],
    buttons: [],
    footer: t.say('alert.footer', { alert: alert.id }),
    fallback: title,
  };
}
