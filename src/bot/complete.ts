import { listClusters } from '../domain/inventory.ts';
import { permits, personOf } from '../domain/policy.ts';
import { replaceable } from '../domain/secret-refs.ts';
import { mayUse } from './cards/answers.ts';
import { optionsOf } from './commands.ts';
import type { Clicker } from './decide.ts';
import type { Desk } from './desk.ts';

/** Names that complete the last word: commands first, then clusters the person may see, choices of what comes there, and options. */
export function complete(
  { deps, commands }: Pick<Desk, 'deps' | 'commands'>,
  who: Clicker,
  typed: string,
): readonly string[] {
  const person = personOf(deps.inventory(), who.platform, who.account);
  if (!person) return [];
  const words = typed.trimStart().split(/\s+/);
  const last = words.at(-1)?.toLowerCase() ?? '';
  const usable = commands.filter((command) => mayUse({ inventory: deps.inventory() }, person, command));
  const begins = (names: readonly string[]): readonly string[] => names.filter((name) => name.startsWith(last));
  if (words.length < 2) return begins(usable.map(({ name }) => name));
  const command = usable.find(({ name }) => name === words[0]?.toLowerCase());
  if (!command) return [];
  if (command.name === 'help') return begins(usable.map(({ name }) => name));
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
