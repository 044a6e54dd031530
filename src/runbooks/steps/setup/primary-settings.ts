import type { ErrorRef } from '../../../domain/errors.ts';
import type { Ask, Change, Check, Finding, StepInput } from '../../../domain/step.ts';
import { attempt, defineStep } from '../../../domain/step.ts';
import { restartServer } from '../../acts/service-start.ts';
import { type Configuration, type ConfigurationName, configuration, FILE_PROBLEMS } from '../../facts/database.ts';
import { fileText, type TextFile } from '../../facts/files.ts';
import { portFrom } from '../../facts/network.ts';
import { psql } from '../../facts/psql.ts';
import { type ServiceUnit, serviceUnit } from '../../facts/service.ts';
import { replicationAddress } from '../../names.ts';
import { getSetting, parseConf, setSetting } from '../../postgres/conf.ts';
import { quoteIdentifier, quoteLiteral } from '../../postgres/sql.ts';
import { finding } from '../findings.ts';
import { askPrimary, type Primary } from '../pair.ts';
import { capacityOf } from './capacity.ts';

const AUTO_CONF = 'postgresql.auto.conf';

interface Wanted {
  readonly name: ConfigurationName;
  readonly value: string;
  /** The file that has the last word about it. */
  readonly file: string;
}

interface Facts {
  readonly primary: Primary;
  readonly configuration: Configuration;
  /** The files to edit, by path; undefined where there is none. */
  readonly files: Readonly<Record<string, TextFile | undefined>>;
  /** The standby reaches the port, so whatever listen_addresses says is enough. */
  readonly reached: boolean;
}

async function gather(ask: Ask, input: StepInput): Promise<Facts> {
  const primary = await askPrimary(ask, input);
  const address = replicationAddress(input, input.primary.id);
  const [found, port] = await Promise.all([
    ask.fact(input.primary.id, configuration, { server: primary.server }),
    attempt(ask.fact(input.standby.id, portFrom, { address, port: input.cluster.port })),
  ]);
  const reached = port.ok && port.value === 'open';
  const paths = [...new Set(wantedSettings(primary, found, reached, input).map(({ file }) => file))];
  const texts = await Promise.all(paths.map((path) => ask.fact(input.primary.id, fileText, { path })));
  const files = Object.fromEntries(paths.map((path, index) => [path, texts[index]]));
  return { primary, configuration: found, files, reached };
}

/** What the running server lacks; empty when it can serve a standby as it is. H37, H47. */
function wantedSettings(
  { live }: Primary,
  { settings }: Configuration,
  reached: boolean,
  input: StepInput,
): readonly Wanted[] {
  const { walSenders, slots } = capacityOf(live, input);
  const want = (name: ConfigurationName, value: string | number): Wanted => ({
    name,
    value: String(value),
    file: settings[name].file ?? settings.config_file.value,
  });
  const listens = reached || listensOn(settings.listen_addresses.value, replicationAddress(input, input.primary.id));
  return [
    ...(listens ? [] : [want('listen_addresses', '*')]),
    ...(settings.wal_level.value === 'minimal' ? [want('wal_level', 'replica')] : []),
    ...(walSenders.enough ? [] : [want('max_wal_senders', walSenders.wanted)]),
    ...(slots.enough ? [] : [want('max_replication_slots', slots.wanted)]),
  ];
}

function listensOn(value: string, address: string): boolean {
  const listed = value.split(',').map((one) => one.trim());
  const any = address.includes(':') ? '::' : '0.0.0.0';
  return listed.some((one) => one === '*' || one === any || one === address);
}

/**
 * listen_addresses, and where they are too small the limits for standbys, are set in the very file that has the last word about
 * them; the server judges the file before it stays. Nothing takes effect before the restart. M10, H11, H37.
 */
export const setupPrimarySettings = defineStep<Facts>({
  id: 'setup.primary-settings',
  manual: ['M10'],
  effect: 'reversible',
  gather,
  check(facts, input): Check {
    const problem = problemOf(facts, input);
    if (problem) return { blocked: problem };
    return edits(facts, input).length === 0 ? 'done' : 'needed';
  },
  apply: edits,
});

function problemOf({ primary, configuration, files, reached }: Facts, input: StepInput): ErrorRef | undefined {
  const host = input.primary.id;
  const rejected = (file: string, detail: string): ErrorRef => ({
    code: 'postgresql-conf.rejected',
    params: { host, file, detail },
  });
  const [first] = configuration.problems;
  if (first !== undefined) return rejected(configuration.settings.config_file.value, first);
  for (const { name, file } of wantedSettings(primary, configuration, reached, input)) {
    const { source } = configuration.settings[name];
    if (source === 'command line' || source === 'environment variable') return rejected(source, name);
    if (!files[file]) return rejected(file, 'absent');
  }
  return undefined;
}

function edits({ primary, configuration, files, reached }: Facts, input: StepInput): readonly Change[] {
  const wanted = wantedSettings(primary, configuration, reached, input);
  return Object.entries(files).flatMap(([path, file]): readonly Change[] => {
    if (!file) return [];
    const here = wanted.filter((one) => one.file === path);
    if (path.split(/[\\/]/).at(-1) === AUTO_CONF) return alterSystem(primary, file, here, input);
    const content = here.reduce((text, { name, value }) => setSetting(text, name, value), file.content);
    if (content === file.content) return [];
    const validate = {
      command: psql(primary.server, `${FILE_PROBLEMS};`),
      rejected: 'postgresql-conf.rejected',
    } as const;
    return [{ kind: 'write', host: input.primary.id, path, content, ifHash: file.hash, validate }];
  });
}

/** The server writes that file itself, so it is told. */
function alterSystem(
  { server }: Primary,
  file: TextFile,
  wanted: readonly Wanted[],
  input: StepInput,
): readonly Change[] {
  const parsed = parseConf(file.content);
  const statements = wanted
    .filter(({ name, value }) => getSetting(parsed, name)?.value !== value)
    .map(({ name, value }) => `alter system set ${quoteIdentifier(name)} = ${quoteLiteral(value)};`);
  if (statements.length === 0) return [];
  return [{ kind: 'exec', host: input.primary.id, command: psql(server, statements.join('\n')) }];
}

interface RestartFacts {
  readonly primary: Primary;
  readonly configuration: Configuration;
  readonly reached: boolean;
  readonly unit: ServiceUnit;
}

/**
 * The primary restarts so that the settings above take effect; when it needs no restart there is none. Whoever is connected is
 * cut off, and shown before. M10, H47.
 */
export const setupPrimaryRestart = defineStep<RestartFacts>({
  id: 'setup.primary-restart',
  manual: ['M10'],
  effect: 'disruptive',
  async gather(ask, input) {
    const [{ primary, configuration, reached }, unit] = await Promise.all([
      gather(ask, input),
      ask.fact(input.primary.id, serviceUnit, { service: input.cluster.service }),
    ]);
    return { primary, configuration, reached, unit };
  },
  check({ primary, configuration, reached }, input) {
    return wantedSettings(primary, configuration, reached, input).length === 0 ? 'done' : 'needed';
  },
  apply: ({ unit }, { cluster, primary }) => [restartServer(primary, cluster, unit)],
  findings({ primary, configuration, reached }, input): readonly Finding[] {
    if (wantedSettings(primary, configuration, reached, input).length === 0) return [];
    const { sessions } = primary.live;
    return [finding('sessions', sessions === 0 ? 'ok' : 'warning', { count: sessions }, input.primary.id)];
  },
});
