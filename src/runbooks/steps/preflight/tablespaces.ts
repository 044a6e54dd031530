import { defineStep } from '../../../domain/step.ts';
import { databaseExtent, type Tablespace } from '../../facts/database.ts';
import { type PathState, pathStates } from '../../facts/files.ts';
import { finding } from '../findings.ts';
import { askTarget, judgePlace } from '../pair.ts';

interface Facts {
  readonly tablespaces: readonly Tablespace[];
  readonly places: Readonly<Record<string, PathState>>;
  /** The copy is there already, and so are its tablespaces. */
  readonly copied: boolean;
}

/** Tablespaces are copied to the same absolute paths, so these have to be free on the standby. H35. */
export const preflightTablespaces = defineStep<Facts>({
  id: 'preflight.tablespaces',
  manual: [],
  effect: 'read',
  async gather(ask, input) {
    const target = await askTarget(ask, input);
    const { server } = target.primary;
    const { tablespaces } = await ask.fact(input.primary.id, databaseExtent, { server });
    const paths = tablespaces.map(({ location }) => location);
    const places = paths.length === 0 ? {} : await ask.fact(input.standby.id, pathStates, { paths });
    return { tablespaces, places, copied: judgePlace(target, input) === 'ours' };
  },
  check(facts, { standby }) {
    const [first] = occupied(facts);
    if (first === undefined) return 'done';
    return { blocked: { code: 'tablespace.occupied', params: { host: standby.id, path: first } } };
  },
  findings(facts, { standby }) {
    const taken = occupied(facts);
    const params = { count: facts.tablespaces.length, paths: taken.join(', ') };
    return [finding('tablespaces', taken.length > 0 ? 'failed' : 'ok', params, standby.id)];
  },
});

function occupied({ tablespaces, places, copied }: Facts): readonly string[] {
  if (copied) return [];
  return tablespaces
    .map(({ location }) => location)
    .filter((path) => places[path] !== 'absent' && places[path] !== 'empty-directory');
}
