import type { Field } from '../../domain/card.ts';
import { findHost } from '../../domain/inventory.ts';
import type { LogReport, OutageReport, StatusReport } from '../../domain/report.ts';
import type { Alert } from '../../domain/watch-alert.ts';
import { causeOf } from '../../domain/watch-alert.ts';
import { lossValue } from '../cards/approval.ts';
import { conditionTexts } from '../cards/condition.ts';
import { personName, rolesOf } from '../cards/context.ts';
import { lagBetween } from '../plots.ts';
import type { Writing } from './context.ts';
import { heading, text } from './context.ts';
import type { Part, Section } from './document.ts';
import type { Span } from './incident.ts';

/** Where the servers stood in the WAL, what may be lost, and how long nothing could be written. */
export function positions({ cards, incident }: Writing): Section {
  const { t } = cards;
  const { run } = incident;
  const evidence = run.plan?.evidence;
  const known: readonly Field[] = evidence
    ? [
        { label: t.say('field.received'), value: evidence.receiveLsn },
        { label: t.say('field.replayed'), value: evidence.replayLsn },
        { label: t.say('incident.timeline-before'), value: String(evidence.timeline) },
        { label: t.say('field.system'), value: evidence.systemIdentifier },
        { label: t.say('field.loss'), value: lossValue(cards, evidence) },
      ]
    : [];
  const outage = run.reports.findLast((report): report is OutageReport => report.kind === 'outage');
  const states = run.reports.filter((report): report is StatusReport => report.kind === 'status');
  const fields = [...known, ...(outage ? outageFields(cards, outage) : [])];
  return {
    title: t.say('incident.positions'),
    parts: [
      ...(fields.length === 0 ? [text(t.say('incident.no-positions'))] : [{ kind: 'fields', fields } as const]),
      ...(outage ? [] : [text(t.say('incident.no-outage'))]),
      ...states.map((state) => statusTable(cards, state)),
    ],
  };
}

function outageFields({ t }: Writing['cards'], outage: OutageReport): readonly Field[] {
  const { milliseconds, lastContact, firstWrite, timeline } = outage;
  return [
    { label: t.say('field.outage'), value: milliseconds === null ? t.say('value.unknown') : t.duration(milliseconds) },
    { label: t.say('field.last-contact'), value: lastContact ? t.moment(lastContact) : t.say('value.never') },
    { label: t.say('field.first-write'), value: t.moment(firstWrite) },
    { label: t.say('incident.timeline-after'), value: String(timeline) },
  ];
}

function statusTable({ t }: Writing['cards'], { primary, standby }: StatusReport): Part {
  const columns = [t.say('incident.host'), t.say('incident.role'), 'PostgreSQL', t.say('field.timeline'), 'LSN'];
  const rows = [primary, standby].map(({ host, role, version, timeline, lsn }) => [
    host,
    role === null ? t.say('value.unknown') : t.say(`field.${role}`),
    version ?? t.say('value.unknown'),
    timeline === null ? t.say('value.unknown') : String(timeline),
    lsn ?? t.say('value.unknown'),
  ]);
  return { kind: 'table', columns, rows };
}

/** What the watch had told people of the pair, from before to after. */
export function alerts({ cards, clock, incident }: Writing, span: Span): Section {
  const { t } = cards;
  const between = t.say('incident.between', { from: t.moment(span.from), to: t.moment(span.to) });
  const rows = incident.alerts.map((alert) => [
    clock.stamp(alert.firstSeenAt),
    alert.closedAt === undefined ? t.say('incident.still-open') : clock.stamp(alert.closedAt),
    t.say('incident.severity', { severity: alert.severity }),
    causeText(cards, alert),
    alert.held ? personName(cards, alert.held.by.person) : '',
  ]);
  const columns = [
    t.say('field.since'),
    t.say('incident.until'),
    t.say('incident.weight'),
    t.say('incident.what'),
    t.say('incident.taken-by'),
  ];
  const table: Part = rows.length === 0 ? text(t.say('incident.no-alerts')) : { kind: 'table', columns, rows };
  return { title: t.say('incident.alerts'), parts: [text(between, 'muted'), table] };
}

function causeText(cards: Writing['cards'], alert: Alert): string {
  const cause = causeOf(alert);
  if (!cause) return alert.subject;
  const { title, cause: words } = conditionTexts(cards, alert.cluster, cause);
  return `${title}. ${words}`;
}

/** The lag of the standby from before to after, as a picture and in words. */
export function lag({ cards, incident }: Writing, span: Span): Section {
  const { t } = cards;
  const { run, points, everyMs } = incident;
  const title = t.say('incident.lag');
  const [from, to] = [Date.parse(span.from), Date.parse(span.to)];
  const picture = lagBetween(t, {
    cluster: run.cluster,
    points,
    from,
    to,
    everyMs,
    title: t.say('incident.lag-title', { cluster: run.cluster }),
    words: 'incident.lag-alt',
  });
  if (!picture) return { title, parts: [text(t.say('incident.no-lag'))] };
  return { title, parts: [{ kind: 'picture', svg: picture.svg, alt: picture.alt }] };
}

/** What pg_log had to say, with what it means. */
export function logs({ cards, incident }: Writing): Section {
  const { t } = cards;
  const found = incident.run.reports.filter((report): report is LogReport => report.kind === 'log');
  const parts = found.flatMap((log): readonly Part[] => [
    heading(`${log.host}: ${t.say(`verdict.${log.verdict}`)}`),
    ...(log.findings.length === 0
      ? []
      : [
          {
            kind: 'list',
            items: log.findings.map(
              ({ id, mend, line }) => `${t.sayIf(`log.${id}`, {}, id)} (${t.say('log.mend', { mend })}): ${line}`,
            ),
          } as const,
        ]),
    log.excerpt.length === 0
      ? text(t.say('log.empty'), 'muted')
      : { kind: 'lines', title: t.say('log.excerpt', { file: log.file }), lines: log.excerpt },
  ]);
  return { title: t.say('incident.logs'), parts: parts.length === 0 ? [text(t.say('incident.no-logs'))] : parts };
}

/** Which machines and which versions. */
export function machines(writing: Writing): Section {
  const { cards, incident } = writing;
  const { t } = cards;
  const roles = rolesOf(cards, incident.run);
  const rows = (['primary', 'standby'] as const).map((role) => {
    const host = findHost(cards.inventory, roles[role]);
    return [
      t.say(`field.${role}`),
      roles[role],
      host?.address ?? t.say('value.unknown'),
      host?.os ?? t.say('value.unknown'),
      host?.transport.kind ?? t.say('value.unknown'),
      versionOn(writing, roles[role]),
    ];
  });
  const columns = [
    t.say('incident.role-before'),
    t.say('incident.host'),
    t.say('incident.address'),
    t.say('incident.os'),
    t.say('incident.transport'),
    'PostgreSQL',
  ];
  const zapas = [{ label: 'Zapas', value: incident.version }];
  return {
    title: t.say('incident.machines'),
    parts: [
      { kind: 'table', columns, rows },
      { kind: 'fields', fields: zapas },
    ],
  };
}

/** As the run itself has seen it, else as the watch has seen it last. */
function versionOn({ cards: { t }, incident }: Writing, host: string): string {
  const { reports } = incident.run;
  const states = reports.flatMap((report) => (report.kind === 'status' ? [report.primary, report.standby] : []));
  const seen = states.findLast((state) => state.host === host)?.version;
  if (seen) return seen;
  const { sample } = incident;
  const watched = sample && [sample.primary, sample.standby].find((one) => one.host === host)?.server?.version;
  if (!sample || !watched) return t.say('value.unknown');
  return t.say('incident.version-at', { version: watched, at: t.moment(sample.at) });
}

/** Where the run stands in the audit chain, and how anybody can see that nothing was changed since. */
export function audit({ cards, incident }: Writing): Section {
  const { t } = cards;
  const { verdict, rows } = incident;
  const last = rows.at(-1);
  const own: readonly Field[] = last
    ? [
        { label: t.say('incident.entries'), value: String(rows.length) },
        { label: t.say('incident.last-entry', { number: last.number }), value: last.hash },
      ]
    : [];
  const chain: readonly Field[] = verdict.ok
    ? [{ label: t.say('incident.head', { number: verdict.rows }), value: verdict.head }]
    : [];
  const broken = verdict.ok ? '' : t.say('error.audit.broken.what', { at: verdict.at, reason: verdict.reason });
  const ends = [
    ...(verdict.ok ? [`${verdict.rows}:${verdict.head}`] : []),
    ...(last ? [`${last.number}:${last.hash}`] : []),
  ];
  const proofs = [...new Set(ends)];
  return {
    title: t.say('incident.audit'),
    parts: [
      verdict.ok ? text(t.say('incident.chain-whole', { rows: verdict.rows })) : text(broken, 'warning'),
      { kind: 'fields', fields: [...chain, ...own] },
      text(t.say('incident.verify')),
      {
        kind: 'lines',
        title: t.say('incident.verify-command'),
        lines: proofs.map((known) => `zapas audit verify --known ${known}`),
      },
    ],
  };
}
