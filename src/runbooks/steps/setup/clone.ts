import type { Ask, Change, Check, Step, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { askServiceAccount } from '../../acts/account.ts';
import { copyServer, prepareDirectories, verifyCopy } from '../../acts/clone.ts';
import { isOwnDirectory } from '../../acts/ownership.ts';
import { type Binaries, binaries } from '../../facts/binaries.ts';
import { databaseExtent, type Tablespace } from '../../facts/database.ts';
import { osAccount } from '../../facts/os.ts';
import { backupLogin, slotName } from '../../names.ts';
import { basebackupArguments } from '../../postgres/basebackup.ts';
import { type AskPlace, askTarget, judgePlace, type Target } from '../pair.ts';
import { connectionTo } from './connection.ts';

interface Facts {
  readonly target: Target;
  readonly tablespaces: readonly Tablespace[];
  readonly programs: Binaries;
  /** The account the standby will run as, and its group. */
  readonly account: string;
  readonly group: string;
}

function gatherBy(askPlace: AskPlace): (ask: Ask, input: StepInput) => Promise<Facts> {
  return async (ask, input) => gather(ask, input, askPlace);
}

async function gather(ask: Ask, input: StepInput, askPlace: AskPlace): Promise<Facts> {
  const { cluster, primary, standby } = input;
  const target = await askPlace(ask, input);
  const { server } = target.primary;
  const [{ tablespaces }, programs, { group }, account] = await Promise.all([
    ask.fact(primary.id, databaseExtent, { server }),
    ask.fact(standby.id, binaries, { binDir: cluster.binDir }),
    ask.fact(standby.id, osAccount, { account: cluster.serviceAccount }),
    askServiceAccount(ask, input),
  ]);
  return { target, tablespaces, programs, account, group };
}

/** `done` once the copy is in place; else what `here` says of this run's side directory. */
function unlessInPlace(target: Target, input: StepInput, here: boolean): Check {
  const judgement = judgePlace(target, input);
  if (judgement === 'ours') return 'done';
  if (judgement !== 'free') return judgement;
  return here ? 'done' : 'needed';
}

/** Where a tablespace is copied to until the clone is put in place. */
export function tablespaceSide(location: string, run: string): string {
  return `${location}.clone-${run}`;
}

/** An empty side directory that belongs to the service's account; what earlier runs left of theirs is cleared away. M14, H31, H35. */
export function cloneDirectoryStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    gather: gatherBy(askPlace),
    check: ({ target, account }, input) =>
      unlessInPlace(target, input, isOwnDirectory(input.standby, target.clone, account)),
    apply({ target, tablespaces, account, group }, input): readonly Change[] {
      const { standby, run } = input;
      const leftovers = target.place.clones.filter((path) => path !== target.clonePath);
      const made = [target.clonePath, ...tablespaces.map(({ location }) => tablespaceSide(location, run))];
      return [prepareDirectories(standby, { account, group, remove: leftovers, make: made })];
    },
  });
}

export const setupCloneDirectory = cloneDirectoryStep('setup.clone-directory', askTarget);

/**
 * The copy itself: pg_basebackup with the manual's options, as a detached job that survives every connection, into the side
 * directory, with the slot, so that no WAL gets lost between copy and start. M14, M15, H30–H34.
 */
export function cloneStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14', 'M15'],
    effect: 'reversible',
    gather: gatherBy(askPlace),
    check: ({ target }, input) => unlessInPlace(target, input, target.clone.manifest),
    apply({ target, tablespaces, programs }, input): readonly Change[] {
      const { cluster, standby, run } = input;
      const spaces = tablespaces.map(({ location }) => ({ from: location, to: tablespaceSide(location, run) }));
      const source = connectionTo(input, backupLogin(cluster));
      const plan = { pgdata: target.clonePath, source, slot: slotName(standby.id), tablespaces: spaces };
      // The inventory says which build there should be; the program itself says which one it is.
      const build = programs.missing.includes('pg_basebackup') ? cluster.basebackup : programs.build;
      const emptied = [target.clonePath, ...spaces.map(({ to }) => to)];
      return [copyServer(standby, cluster, { emptied, backup: basebackupArguments(plan, build) })];
    },
  });
}

export const setupClone = cloneStep('setup.clone', askTarget);

/** pg_verifybackup reads the whole copy and compares it with its manifest, before anything in it is edited. M14, H39. */
export function verifyCloneStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    gather: gatherBy(askPlace),
    check: ({ target }, input) => unlessInPlace(target, input, target.clone.verified),
    apply({ target, programs }, { cluster, standby }): readonly Change[] {
      return [verifyCopy(standby, cluster, target.clonePath, programs.waldump)];
    },
  });
}

export const setupVerifyClone = verifyCloneStep('setup.verify-clone', askTarget);
