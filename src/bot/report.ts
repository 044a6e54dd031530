import type { ErrorRef } from '../domain/errors.ts';
import type { Language } from '../domain/inventory.ts';
import { findCluster } from '../domain/inventory.ts';
import { personOf } from '../domain/policy.ts';
import { createRedactor } from '../domain/redact.ts';
import type { Run } from '../domain/run.ts';
import { ackCard } from './cards/answers.ts';
import type { Effect } from './commands.ts';
import type { Clicker } from './decide.ts';
import type { Desk, Performed } from './desk.ts';
import { contextFor, loadFor, refusal } from './desk.ts';
import { reportFile } from './incident/file.ts';
import type { Incident } from './incident/incident.ts';
import { spanOf } from './incident/incident.ts';
import type { Attachment } from './platform.ts';

/**
 * The incident report of a run, for whoever may see the run. That it was taken stands in the audit trail, and so does it in the report
 * itself.
 */
export async function giveReport(
  desk: Desk,
  who: Clicker,
  effect: Effect & { readonly do: 'report' },
): Promise<Performed> {
  const { deps } = desk;
  const { platform, account } = who;
  const person = personOf(deps.inventory(), platform, account);
  if (!person) return refusal(desk, who, { code: 'input.unknown-person', params: { platform, person: account } });
  const seen = await loadFor(desk, person, effect.run, { do: 'read' });
  if ('code' in seen) return refusal(desk, who, seen);
  const { format, language = person.language } = effect;
  const by = { person: person.id, platform };
  const run = await deps.runs.apply(seen.id, {
    type: 'report-taken',
    language,
    format,
    at: deps.now().toISOString(),
    by,
  });
  const file = await fileOf(desk, run, language, format);
  const { t } = contextFor(desk, person.language, run.site);
  const text = t.say('ack.report', { run: run.id, name: file.name });
  return { ok: true, cards: [ackCard(text)], files: [file], data: { run: run.id, file: file.name } };
}

async function fileOf(
  desk: Desk,
  run: Run,
  language: Language,
  format: (Effect & { readonly do: 'report' })['format'],
): Promise<Attachment> {
  const { deps } = desk;
  const { audit, watch, version } = deps;
  const context = contextFor(desk, language, run.site);
  const { from, to } = spanOf(run, context.now);
  const [rows, verdict, points, alerts, samples] = await Promise.all([
    audit.read(run.id),
    audit.verify(),
    watch.history(run.cluster, from),
    watch.alertsBetween(run.cluster, from, to),
    watch.latest(run.cluster),
  ]);
  const everyMs = (findCluster(context.inventory, run.cluster)?.watch.everySeconds ?? 60) * 1_000;
  const [sample] = samples;
  const incident: Incident = { run, rows, verdict, points, everyMs, alerts, ...(sample && { sample }), version };
  return reportFile(context, incident, format, createRedactor());
}

/** What is said when a report could not be handed over. */
export function undelivered(file: Pick<Attachment, 'name'>, platform: string): ErrorRef {
  return { code: 'report.undelivered', params: { file: file.name, platform } };
}
