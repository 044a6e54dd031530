import type { Block, Card, Field } from '../../domain/card.ts';
import type { ErrorRef } from '../../domain/errors.ts';
import type { Person } from '../../domain/inventory.ts';
import { listClusters } from '../../domain/inventory.ts';
import { eligibleApprovers, permits } from '../../domain/policy.ts';
import type { AuditRow, AuditVerdict } from '../../domain/ports.ts';
import type { Run } from '../../domain/run.ts';
import type { Command } from '../commands.ts';
import { optionsOf, usageOf } from '../options.ts';
import type { CardContext } from './context.ts';
import {
  clusterName,
  explain,
  personName,
  platformName,
  runbookName,
  siteName,
  command as written,
} from './context.ts';
import { errorBlocks, toneOf } from './run.ts';

/** An answer to one person; nothing in it changes later. */
function answer(id: string, card: Pick<Card, 'tone' | 'title' | 'blocks'> & Partial<Card>): Card {
  return { id, rev: 0, buttons: [], fallback: card.title, ...card };
}

/** Why something was not done, and what to do instead; shown to the person alone. */
export function refusalCard(context: CardContext, error: ErrorRef): Card {
  const title = context.t.say('refusal.title');
  const fallback = `${title}: ${explain(context, error).what}`;
  return answer('refusal', { tone: 'failure', title, blocks: errorBlocks(context, error), fallback });
}

/** The newest runs that the person may see. */
export function runsCard(context: CardContext, runs: readonly Run[]): Card {
  const { t } = context;
  const title = t.say('runs.title');
  if (runs.length === 0)
    return answer('runs', {
      tone: 'info',
      title,
      blocks: [{ kind: 'text', style: 'plain', text: t.say('runs.none') }],
    });
  const items = runs.map((run) => ({
    title: t.say('runs.item', { run: run.id, runbook: runbookName(context, run.runbook), cluster: run.cluster }),
    detail: t.say('runs.detail', {
      state: t.say(`state.${run.state}`),
      person: personName(context, run.requester.person),
      at: t.moment(run.requestedAt),
    }),
    tone: toneOf(run.state),
  }));
  return answer('runs', { tone: 'info', title, blocks: [{ kind: 'list', items }] });
}

/** The commands this person may use; of one command, how it is written. */
export function helpCard(
  context: CardContext,
  commands: readonly Command[],
  person: Person | undefined,
  one?: Command,
): Card {
  const { t } = context;
  if (one) return commandHelp(context, one);
  const items = commands
    .filter((command) => mayUse(context, person, command))
    .map((command) => ({ title: written(context, usageOf(command)), detail: t.say(`command.${command.name}`) }));
  return answer('help', {
    tone: 'info',
    title: t.say('help.title'),
    blocks: [
      { kind: 'list', items },
      { kind: 'text', style: 'hint', text: inPrefix(context, t.say('help.more')) },
    ],
  });
}

/** May the person use it at some site? What everybody may do needs no role. */
export function mayUse(
  { inventory }: Pick<CardContext, 'inventory'>,
  person: Person | undefined,
  command: Command,
): boolean {
  const { needs } = command;
  if (!needs) return true;
  return person !== undefined && Object.keys(inventory.sites).some((site) => !permits(person, site, needs));
}

function commandHelp(context: CardContext, command: Command): Card {
  const { t } = context;
  const fields = optionsOf(command).map((option): Field => {
    const label = t.say('help.option', {
      name: option.positional ? option.flag : `--${option.flag}`,
      required: option.required ? 'yes' : 'no',
      ...(option.default !== undefined && { default: String(option.default) }),
    });
    const text = t.sayIf(`option.${option.name}`, {}, option.name);
    const values = option.choices.join(', ');
    return { label, value: values ? t.say('help.values', { text, values }) : text };
  });
  const usage = { label: t.say('field.usage'), value: written(context, usageOf(command)) };
  return answer('help', {
    tone: 'info',
    title: t.say(`command.${command.name}`),
    blocks: [{ kind: 'fields', fields: [usage, ...fields] }],
  });
}

function inPrefix({ prefix }: CardContext, text: string): string {
  return text.replace(/\bzapas (?=help)/, `${prefix} `);
}

/** The result of walking the audit chain. */
export function auditCard(context: CardContext, verdict: AuditVerdict): Card {
  const { t } = context;
  if (!verdict.ok) {
    const error: ErrorRef = { code: 'audit.broken', params: { at: verdict.at, reason: verdict.reason } };
    return answer('audit', {
      tone: 'failure',
      title: t.say('audit.title-broken'),
      blocks: errorBlocks(context, error),
    });
  }
  return answer('audit', {
    tone: 'success',
    title: t.say('audit.title-ok'),
    blocks: [
      { kind: 'text', style: 'plain', text: t.say('audit.rows', { rows: verdict.rows }) },
      { kind: 'fields', fields: [{ label: t.say('audit.head'), value: verdict.head }] },
      { kind: 'text', style: 'muted', text: t.say('audit.keep') },
    ],
  });
}

/** The audit trail of one run, entry by entry. */
export function auditRunCard(context: CardContext, run: string, rows: readonly AuditRow[]): Card {
  const { t } = context;
  const items = rows.map((row) => {
    const what = t.say('audit.event', { type: row.event.type.replaceAll('-', '_') });
    const who = personName(context, row.event.by.person);
    return {
      title: `${row.number}. ${t.moment(row.event.at)} · ${what}${subject(context, row)}`,
      detail: `${who} (${platformName(context, row.event.by.platform)}) · ${row.hash.slice(0, 16)}`,
    };
  });
  return answer('audit', { tone: 'info', title: t.say('audit.run-title', { run }), blocks: [{ kind: 'list', items }] });
}

function subject(context: CardContext, { event }: AuditRow): string {
  const { t } = context;
  switch (event.type) {
    case 'step-started':
    case 'step-finished':
      return `: ${event.step}`;
    case 'step-failed':
      return `: ${event.step}, ${event.error.code}`;
    case 'refused':
      return `: ${event.what}, ${event.error.code}`;
    case 'gate-opened':
      return `: ${event.gate.kind} ${event.gate.number}`;
    case 'gate-decided':
      return `: ${t.say('audit.event', { type: event.decision.verdict })} ${event.number}`;
    case 'finished':
      return `: ${t.say(`state.${event.state}`)}`;
    case 'planned':
      return `: ${event.planHash.slice(0, 8)}`;
    case 'settled':
      return `: ${event.verdict}`;
    case 'report-taken':
      return `: ${event.format}, ${event.language}`;
    case 'attention':
      return `: ${event.error.code}`;
    case 'requested':
    case 'admitted':
    case 'drifted':
    case 'gate-expired':
    case 'stop-asked':
    case 'undo-started':
      return '';
    case 'undone':
      return event.steps.length > 0 ? `: ${event.steps.join(', ')}` : '';
    case 'account-linked':
    case 'account-unlinked':
      return `: ${platformName(context, event.platform)} ${event.account}`;
  }
}

/** Who may do what, which clusters the person may work with, and who could approve if they asked. Nobody in particular sees all. */
export function whoCard(context: CardContext, person: Person | undefined, clusterId?: string): Card {
  const { t, inventory } = context;
  const clusters = listClusters(inventory).filter(
    ({ id, site }) =>
      (clusterId === undefined || id === clusterId) && (!person || !permits(person, site, { do: 'read' })),
  );
  const sites = new Set(clusters.map(({ site }) => site));
  const people = Object.entries(inventory.people)
    .map(([id, one]) => ({ ...one, id }))
    .filter(
      (one) =>
        one.id === person?.id || one.roles.some(({ sites: at }) => at === '*' || at.some((site) => sites.has(site))),
    );
  const approvers = clusters.map(({ id, site }): Field => {
    const names = eligibleApprovers(inventory, { site, participants: person ? [person.id] : [] }).map(
      ({ name }) => name,
    );
    return { label: id, value: names.join(', ') || t.say('value.nobody') };
  });
  const blocks: Block[] = [
    { kind: 'list', items: people.map((one) => ({ title: one.name, detail: rolesText(context, one) })) },
    {
      kind: 'list',
      title: t.say('who.clusters'),
      items: clusters.map(({ id, site }) => ({ title: clusterName(context, id), detail: siteName(context, site) })),
    },
    { kind: 'text', style: 'strong', text: t.say('who.approvers') },
    { kind: 'fields', fields: approvers },
  ];
  return answer('who', { tone: 'info', title: t.say('who.title'), blocks });
}

function rolesText(context: CardContext, { roles, accounts }: Person): string {
  const { t } = context;
  const texts = roles.map(({ role, sites }) => {
    const where = sites === '*' ? t.say('who.everywhere') : sites.map((site) => siteName(context, site)).join(', ');
    return t.say('who.role-at', { role: t.say(`role.${role}`), sites: where });
  });
  const linked = Object.keys(accounts).map((platform) => platformName(context, platform));
  const where = linked.length > 0 ? [t.say('who.accounts', { accounts: linked.join(', ') })] : [];
  return [texts.join('; ') || t.say('who.none'), ...where].join('; ');
}

/** One line that says that something was taken. */
export function ackCard(text: string, more: readonly string[] = []): Card {
  return answer('ack', {
    tone: 'info',
    title: text,
    blocks: more.map((words) => ({ kind: 'text', style: 'plain', text: words })),
  });
}
