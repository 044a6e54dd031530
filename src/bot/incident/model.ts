import type { CardContext } from '../cards/context.ts';
import { personName, runbookName } from '../cards/context.ts';
import { runFields, runTitle } from '../cards/run.ts';
import { clockOf } from './clock.ts';
import type { Writing } from './context.ts';
import { decisions, timeline } from './course.ts';
import type { Document, Part } from './document.ts';
import type { Incident } from './incident.ts';
import { eventsOf, spanOf } from './incident.ts';
import { alerts, audit, lag, logs, machines, positions } from './surroundings.ts';
import { commands, ending, findings, steps } from './work.ts';

/** The report of a run, whatever its procedure and however far it came. Pure: the time is the context's. */
export function documentOf(context: CardContext, incident: Incident): Document {
  const clock = clockOf(context.t);
  const cards: CardContext = { ...context, t: clock.t };
  const writing: Writing = { cards, clock, incident, events: eventsOf(incident.rows) };
  const { t } = cards;
  const { run } = incident;
  const span = spanOf(run, context.now);
  const found = findings(writing);
  return {
    language: t.language,
    title: t.say('incident.title', { runbook: runbookName(cards, run.runbook), cluster: run.cluster }),
    lead: lead(writing),
    sections: [
      positions(writing),
      timeline(writing),
      decisions(writing),
      steps(writing),
      commands(writing),
      ...(found ? [found] : []),
      alerts(writing, span),
      lag(writing, span),
      logs(writing),
      machines(writing),
      audit(writing),
    ],
    footer: t.say('incident.footer', {
      run: run.id,
      at: t.moment(context.now.toISOString()),
      version: incident.version,
    }),
  };
}

function lead(writing: Writing): readonly Part[] {
  const { cards, clock, incident } = writing;
  const { t } = cards;
  const { run } = incident;
  const took = run.finishedAt === undefined ? undefined : Date.parse(run.finishedAt) - Date.parse(run.requestedAt);
  const decision = run.granted?.decision;
  return [
    { kind: 'text', style: 'strong', text: runTitle(cards, run) },
    ...ending(writing),
    {
      kind: 'fields',
      fields: [
        { label: t.say('incident.run'), value: run.id },
        ...runFields(cards, run),
        ...(decision ? [{ label: t.say('incident.decided-by'), value: personName(cards, decision.by.person) }] : []),
        ...(run.finishedAt === undefined ? [] : [{ label: t.say('incident.ended'), value: t.moment(run.finishedAt) }]),
        ...(took === undefined ? [] : [{ label: t.say('field.duration'), value: t.duration(took) }]),
        { label: t.say('incident.times'), value: `${t.timeZone} (${clock.offset(run.requestedAt)})` },
      ],
    },
  ];
}
