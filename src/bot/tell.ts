import type { ErrorRef } from '../domain/errors.ts';
import type { Person } from '../domain/inventory.ts';
import { listClusters } from '../domain/inventory.ts';
import { permits, personOf } from '../domain/policy.ts';
import { auditCard, auditRunCard, helpCard, runsCard, whoCard } from './cards/answers.ts';
import { planCard } from './cards/plan.ts';
import type { Effect } from './commands.ts';
import type { Clicker } from './decide.ts';
import type { Desk, Performed } from './desk.ts';
import { contextFor, draw, loadFor, problemFor, refusal } from './desk.ts';
import type { Problem } from './grammar.ts';
import { parseValues } from './grammar.ts';
import { unknownCluster } from './requests.ts';

type Question = Extract<Effect, { readonly do: 'runs' | 'show' | 'audit' | 'who' | 'help' }>;

/** What can be asked without changing anything. Nothing is told to an account that belongs to nobody. */
export async function tell(desk: Desk, who: Clicker, effect: Question): Promise<Performed> {
  const { platform, account } = who;
  const person = personOf(desk.deps.inventory(), platform, account);
  if (!person) return refusal(desk, who, { code: 'input.unknown-person', params: { platform, person: account } });
  switch (effect.do) {
    case 'runs':
      return await tellRuns(desk, who, person, effect);
    case 'show':
      return await tellRun(desk, who, person, effect.run);
    case 'audit':
      return await tellAudit(desk, who, person, effect.run);
    case 'who':
      return tellWho(desk, who, person, effect.cluster);
    case 'help':
      return tellHelp(desk, who, person, effect.command);
  }
}

async function tellRuns(
  desk: Desk,
  who: Clicker,
  person: Person,
  { cluster, limit }: Question & { readonly do: 'runs' },
): Promise<Performed> {
  const known = listClusters(desk.deps.inventory()).some(({ id }) => id === cluster);
  if (cluster !== undefined && !known)
    return refusal(desk, who, unknownCluster(desk.deps.inventory(), person, cluster));
  const all = await desk.deps.runs.list({ ...(cluster !== undefined && { cluster }) });
  const runs = all.filter(({ site }) => !permits(person, site, { do: 'read' })).slice(0, limit);
  const context = contextFor(desk, person.language, runs[0]?.site);
  return { ok: true, cards: [runsCard(context, runs)], data: runs };
}

async function tellRun(desk: Desk, who: Clicker, person: Person, id: string): Promise<Performed> {
  const run = await loadFor(desk, person, id, { do: 'read' });
  if ('code' in run) return refusal(desk, who, run);
  const drawing = await draw(desk, id, person.language);
  return { ok: true, cards: drawing?.cards ?? [], data: run };
}

async function tellAudit(desk: Desk, who: Clicker, person: Person, id: string | undefined): Promise<Performed> {
  const { audit, inventory } = desk.deps;
  if (id !== undefined) {
    const run = await loadFor(desk, person, id, { do: 'audit' });
    if ('code' in run) return refusal(desk, who, run);
    const rows = await audit.read(id);
    return { ok: true, cards: [auditRunCard(contextFor(desk, person.language, run.site), id, rows)], data: rows };
  }
  // The chain runs through all sites; whether it is whole gives nothing of any of them away.
  const sites = Object.keys(inventory().sites);
  const denied = sites.map((site) => permits(person, site, { do: 'audit' }));
  const [first] = denied;
  if (first && denied.every((error) => error !== undefined)) return refusal(desk, who, first);
  const verdict = await audit.verify();
  const cards = [auditCard(contextFor(desk, person.language), verdict)];
  if (verdict.ok) return { ok: true, cards, data: verdict };
  const error: ErrorRef = { code: 'audit.broken', params: { at: verdict.at, reason: verdict.reason } };
  return { ok: false, error, cards, data: verdict };
}

function tellWho(desk: Desk, who: Clicker, person: Person, cluster: string | undefined): Performed {
  const found = listClusters(desk.deps.inventory()).find(({ id }) => id === cluster);
  if (cluster !== undefined && !found)
    return refusal(desk, who, unknownCluster(desk.deps.inventory(), person, cluster));
  const cards = [whoCard(contextFor(desk, person.language, found?.site), person, cluster)];
  return { ok: true, cards, data: { person: person.id, roles: person.roles } };
}

function tellHelp(desk: Desk, who: Clicker, person: Person, name: string | undefined): Performed {
  const parsed = name === undefined ? undefined : desk.commands.find((command) => command.name === name);
  if (name !== undefined && !parsed) return problemFor(desk, who, unknownCommand(desk, name));
  const context = contextFor(desk, person.language);
  return { ok: true, cards: [helpCard(context, desk.commands, person, parsed)], data: null };
}

function unknownCommand(desk: Desk, name: string): Problem {
  const parsed = parseValues(name, {}, desk.commands);
  return parsed.ok ? { kind: 'unknown-command', value: name, nearest: [] } : parsed.problem;
}

/** The plan of a run with its very commands. */
export async function tellPlan(desk: Desk, who: Clicker, id: string): Promise<Performed> {
  const { platform, account } = who;
  const person = personOf(desk.deps.inventory(), platform, account);
  if (!person) return refusal(desk, who, { code: 'input.unknown-person', params: { platform, person: account } });
  const run = await loadFor(desk, person, id, { do: 'read' });
  if ('code' in run) return refusal(desk, who, run);
  const card = planCard(contextFor(desk, person.language, run.site), run);
  return { ok: true, cards: [card], data: run.plan ?? null };
}
