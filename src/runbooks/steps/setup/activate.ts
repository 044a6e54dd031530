import type { Ask, Change, Check, Step, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { ownFile } from '../../acts/ownership.ts';
import { clearFiles, putInPlace } from '../../acts/place.ts';
import { type Configuration, configuration, databaseExtent, type Tablespace } from '../../facts/database.ts';
import { fileText, type PathState, pathStates, type TextFile } from '../../facts/files.ts';
import { slotName } from '../../names.ts';
import { isAbsolutePath, joinPath } from '../../paths.ts';
import { getSetting, parseConf, removeSetting, setSetting } from '../../postgres/conf.ts';
import { primaryConninfo } from '../../postgres/conninfo.ts';
import { type AskPlace, askTarget, judgePlace, type Target } from '../pair.ts';
import { tablespaceSide } from './clone.ts';
import { connectionTo } from './connection.ts';

export const SIGNAL = 'standby.signal';

interface ConfigureFacts {
  readonly target: Target;
  readonly configuration: Configuration;
  readonly autoConf: TextFile | undefined;
  /** Copied log directory, current_logfiles and the signal file in the clone. */
  readonly paths: Readonly<Record<string, PathState>>;
}

/** The primary's own pg_log and the note where it is; copied they would be taken for the standby's (H30). */
function copiedLogs({ target, configuration }: Pick<ConfigureFacts, 'target' | 'configuration'>): readonly string[] {
  const directory = configuration.settings.log_directory.value;
  const own = isAbsolutePath(directory) ? [] : [joinPath(target.clonePath, directory)];
  return [...own, joinPath(target.clonePath, 'current_logfiles')];
}

/**
 * The clone becomes a standby: primary_conninfo (with the password file's path, never a password) and primary_slot_name in
 * postgresql.auto.conf, standby.signal; the primary's copied logs are cleared. M14, H12, H24, H30.
 */
export function configureStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<ConfigureFacts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    async gather(ask, input) {
      const target = await askPlace(ask, input);
      const found = await ask.fact(input.primary.id, configuration, { server: target.primary.server });
      const signal = joinPath(target.clonePath, SIGNAL);
      const [autoConf, paths] = await Promise.all([
        ask.fact(input.standby.id, fileText, { path: autoConfPath(target) }),
        ask.fact(input.standby.id, pathStates, {
          paths: [signal, ...copiedLogs({ target, configuration: found })],
        }),
      ]);
      return { target, configuration: found, autoConf, paths };
    },
    check(facts, input): Check {
      const judgement = judgePlace(facts.target, input);
      if (judgement === 'ours') return 'done';
      if (judgement !== 'free') return judgement;
      // Only a complete clone can be done; before that its plan is shown.
      return facts.target.clone.manifest && configureChanges(facts, input).length === 0 ? 'done' : 'needed';
    },
    apply: configureChanges,
  });
}

export const setupConfigure = configureStep('setup.configure', askTarget);

function autoConfPath({ clonePath }: Target): string {
  return joinPath(clonePath, 'postgresql.auto.conf');
}

function configureChanges(facts: ConfigureFacts, input: StepInput): readonly Change[] {
  const { target, autoConf, paths } = facts;
  const { cluster, standby } = input;
  const write = (path: string, content: string, ifHash: string): Change => ({
    kind: 'write',
    host: standby.id,
    path,
    content,
    ifHash,
    ...ownFile(standby, cluster.serviceAccount),
  });
  const before = autoConf?.content ?? '';
  const content = standbySettings(before, input);
  const signal = joinPath(target.clonePath, SIGNAL);
  const logs = copiedLogs(facts).filter((path) => paths[path] === 'file' || paths[path] === 'full-directory');
  return [
    ...(logs.length === 0 ? [] : [clearFiles(standby, logs)]),
    ...(content === before ? [] : [write(autoConfPath(target), content, autoConf?.hash ?? 'absent')]),
    ...(paths[signal] === 'file' ? [] : [write(signal, '', 'absent')]),
  ];
}

/** -R may have left lines of its own, also several (H4): ours replace them. */
export function standbySettings(content: string, input: StepInput): string {
  const slot = slotName(input.standby.id);
  const conninfo = primaryConninfo({ ...connectionTo(input, input.cluster.replicationUser), applicationName: slot });
  const wanted = { primary_conninfo: conninfo, primary_slot_name: slot };
  return Object.entries(wanted).reduce((text, [name, value]) => {
    const once = parseConf(text).lines.filter(({ parsed }) => parsed.kind === 'setting' && parsed.name === name);
    if (once.length === 1 && getSetting(parseConf(text), name)?.value === value) return text;
    return setSetting(removeSetting(text, name), name, value);
  }, content);
}

interface PlaceFacts {
  readonly target: Target;
  readonly tablespaces: readonly Tablespace[];
}

/** The verified clone is renamed to the data directory. M14, H31, H35. */
export function putInPlaceStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<PlaceFacts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    gather: (ask, input) => gatherPlace(ask, input, askPlace),
    check({ target }, input): Check {
      const judgement = judgePlace(target, input);
      if (judgement === 'ours') return 'done';
      return judgement === 'free' ? 'needed' : judgement;
    },
    apply({ target, tablespaces }, { standby, run }): readonly Change[] {
      const spaces = tablespaces.flatMap(({ location, oid }) => [tablespaceSide(location, run), location, oid]);
      const { real } = target.place;
      return [putInPlace(standby, { clone: target.clonePath, place: real, aside: `${real}.empty-${run}`, spaces })];
    },
  });
}

export const setupPutInPlace = putInPlaceStep('setup.put-in-place', askTarget);

async function gatherPlace(ask: Ask, input: StepInput, askPlace: AskPlace): Promise<PlaceFacts> {
  const target = await askPlace(ask, input);
  const { tablespaces } = await ask.fact(input.primary.id, databaseExtent, { server: target.primary.server });
  return { target, tablespaces };
}
