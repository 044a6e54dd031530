import { listClusters } from '../domain/inventory.ts';
import { permits, personOf } from '../domain/policy.ts';
import { replaceable } from '../domain/secret-refs.ts';
import { mayUse } from './cards/answers.ts';
import type { Clicker } from './decide.ts';
import type { Desk } from './desk.ts';
import { COMMAND_GROUPS, membersOf } from './groups.ts';
import { optionsOf } from './options.ts';

/** Names that complete the last word: commands first, then clusters the person may see, choices of what comes there, and options. */
export function complete(
  { deps, commands }: Pick<Desk, 'deps' | 'commands'>,
  who: Clicker,
  typed: string,
): readonly string[] {
  const person = personOf(deps.inventory(), who.platform, who.account);
  if (!person) return [];
  const line = typed.trimStart().split(/\s+/);
  const members: readonly string[] = line.length > 1 ? membersOf(line[0]?.toLowerCase() ?? '') : [];
  const words = members.length > 0 ? line.slice(1) : line;
  const last = words.at(-1)?.toLowerCase() ?? '';
  const usable = commands.filter((command) => mayUse({ inventory: deps.inventory() }, person, command));
  const begins = (names: readonly string[]): readonly string[] => names.filter((name) => name.startsWith(last));
  const names = usable.map(({ name }) => name);
  if (words.length < 2 && members.length > 0)
    return begins(members.filter((name) => names.some((one) => one === name)));
  if (words.length < 2) return begins([...names, ...Object.keys(COMMAND_GROUPS)]);
  const command = usable.find(({ name }) => name === words[0]?.toLowerCase());
  if (!command) return [];
  if (command.name === 'help') return begins(names);
  const options = optionsOf(command);
  if (last.startsWith('-')) return begins(options.map(({ flag }) => `--${flag}`));
  const visible = listClusters(deps.inventory()).filter(({ site }) => !permits(person, site, { do: 'read' }));
  const clusters = options.some(({ name }) => name === 'cluster') ? visible.map(({ id }) => id) : [];
  const secrets = options.some(({ name }) => name === 'ref') ? replaceable(deps.inventory(), person) : [];
  const named = options.find(({ flag }) => words.at(-2)?.toLowerCase() === `--${flag}`);
  if (named && named.choices.length > 0) return begins(named.choices);
  const choices = options.filter(({ positional }) => positional).flatMap((option) => option.choices);
  return begins([...clusters, ...secrets, ...choices]);
}
