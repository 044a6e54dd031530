import type { Ask, Change, Check, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type Configuration, configuration, HBA_PROBLEMS } from '../../facts/database.ts';
import { fileText, type TextFile } from '../../facts/files.ts';
import { resolved } from '../../facts/network.ts';
import { psql } from '../../facts/psql.ts';
import { replicationAddress, replicationLogins } from '../../names.ts';
import { ensureReplicationEntry } from '../../postgres/hba-edit.ts';
import { askPrimary, type Primary } from '../pair.ts';

interface Facts {
  readonly primary: Primary;
  readonly configuration: Configuration;
  readonly file: TextFile | undefined;
  /** The standby's address, and the primary's own for the day it follows its successor, which has a copy of this file. */
  readonly addresses: readonly string[];
}

/**
 * pg_hba.conf lets the standby in for replication, with a client certificate and a password: by an entry that decides before any
 * other would. The server judges the file before it stays, then loads it; no restart is needed. M11, H18, H19, H20, H22, H47.
 */
export const setupPgHba = defineStep<Facts>({
  id: 'setup.pg-hba',
  manual: ['M10', 'M11'],
  effect: 'reversible',
  gather,
  check(facts, input): Check {
    const path = facts.configuration.settings.hba_file.value;
    if (!facts.file) {
      return { blocked: { code: 'pg-hba.rejected', params: { host: input.primary.id, file: path, detail: 'absent' } } };
    }
    return wantedContent(facts.file, facts, input) === facts.file.content && isLoaded(facts) ? 'done' : 'needed';
  },
  apply(facts, input): readonly Change[] {
    const { primary, configuration, file } = facts;
    if (!file) return [];
    const host = input.primary.id;
    const content = wantedContent(file, facts, input);
    const validate = { command: psql(primary.server, `${HBA_PROBLEMS};`), rejected: 'pg-hba.rejected' } as const;
    const path = configuration.settings.hba_file.value;
    const write: Change = { kind: 'write', host, path, content, ifHash: file.hash, validate };
    const reload: Change = { kind: 'exec', host, command: psql(primary.server, 'select pg_reload_conf();') };
    return content === file.content ? [reload] : [write, reload];
  },
});

async function gather(ask: Ask, input: StepInput): Promise<Facts> {
  const host = input.primary.id;
  const primary = await askPrimary(ask, input);
  const found = await ask.fact(host, configuration, { server: primary.server });
  const [file, ...addresses] = await Promise.all([
    ask.fact(host, fileText, { path: found.settings.hba_file.value }),
    ask.fact(host, resolved, { name: replicationAddress(input, input.standby.id) }),
    ask.fact(host, resolved, { name: replicationAddress(input, input.primary.id) }),
  ]);
  return { primary, configuration: found, file, addresses };
}

/** The file with an entry for each of these addresses that decides before any other. */
export function wantedContent(
  { content }: Pick<TextFile, 'content'>,
  { addresses }: { readonly addresses: readonly string[] },
  { cluster }: Pick<StepInput, 'cluster'>,
): string {
  const users = replicationLogins(cluster);
  const rule = { users, method: cluster.authMethod, clientcert: 'verify-ca' } as const;
  return addresses.reduce((text, address) => ensureReplicationEntry(text, { ...rule, address }).content, content);
}

/** The server read its files after this one was last written. */
function isLoaded({ configuration, file }: Facts): boolean {
  return file !== undefined && configuration.loadedAt > file.mtimeSeconds;
}
