import type { Ask, Change, Check, Step, StepInput } from '../../../domain/step.ts';
import { defineStep } from '../../../domain/step.ts';
import { type Binaries, binaries } from '../../facts/binaries.ts';
import { databaseExtent, type Tablespace } from '../../facts/database.ts';
import { VERIFIED_MARK } from '../../facts/files.ts';
import { osAccount } from '../../facts/os.ts';
import { backupLogin, passfilePath, slotName } from '../../names.ts';
import { basebackupArguments } from '../../postgres/basebackup.ts';
import { type AskPlace, askTarget, judgePlace, type Target } from '../pair.ts';
import { connectionTo } from './connection.ts';

/** Nobody stops a clone for being slow; a job has to name some bound. */
const CLONE_TIMEOUT_MS = 14 * 24 * 3_600_000;

interface Facts {
  readonly target: Target;
  readonly tablespaces: readonly Tablespace[];
  readonly programs: Binaries;
  readonly group: string;
}

function gatherBy(askPlace: AskPlace): (ask: Ask, input: StepInput) => Promise<Facts> {
  return async (ask, input) => gather(ask, input, askPlace);
}

async function gather(ask: Ask, input: StepInput, askPlace: AskPlace): Promise<Facts> {
  const { cluster, primary, standby } = input;
  const target = await askPlace(ask, input);
  const { server } = target.primary;
  const [{ tablespaces }, programs, account] = await Promise.all([
    ask.fact(primary.id, databaseExtent, { server }),
    ask.fact(standby.id, binaries, { binDir: cluster.binDir }),
    ask.fact(standby.id, osAccount, { account: cluster.serviceAccount }),
  ]);
  return { target, tablespaces, programs, group: account.group };
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

/** $1 account, $2 its group, $3 how many directories to remove, these, then those to make. */
const PREPARE = `
set -eu
a=$1 g=$2 n=$3; shift 3
while [ "$n" -gt 0 ]; do rm -rf -- "$1"; shift; n=$((n - 1)); done
for d do mkdir -p -- "$(dirname -- "$d")"; install -d -m 0700 -o "$a" -g "$g" -- "$d"; done`;

/** An empty side directory that belongs to the service's account; what earlier runs left of theirs is cleared away. M14, H31, H35. */
export function cloneDirectoryStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    gather: gatherBy(askPlace),
    check: ({ target }, input) => unlessInPlace(target, input, target.clone.owner === input.cluster.serviceAccount),
    apply({ target, tablespaces, group }, input): readonly Change[] {
      const { cluster, standby, run } = input;
      const leftovers = target.place.clones.filter((path) => path !== target.clonePath);
      const made = [target.clonePath, ...tablespaces.map(({ location }) => tablespaceSide(location, run))];
      const values = [cluster.serviceAccount, group, String(leftovers.length), ...leftovers, ...made];
      const argv = ['/bin/sh', '-c', PREPARE.trim(), 'sh', ...values] as const;
      return [{ kind: 'exec', host: standby.id, command: { argv, env: { LC_ALL: 'C' }, timeoutMs: 600_000 } }];
    },
  });
}

export const setupCloneDirectory = cloneDirectoryStep('setup.clone-directory', askTarget);

/**
 * Tries three times, each time from an empty directory: pg_basebackup cannot go on where it was cut off (H32). $1 how many
 * directories to empty, these, then the command.
 */
const COPY = `
n=$1; shift; try=1
dirs=$(mktemp) || exit 1
while [ "$n" -gt 0 ]; do printf '%s\\0' "$1" >> "$dirs"; shift; n=$((n - 1)); done
while :; do
  xargs -0 -r -I{} find {} -mindepth 1 -delete < "$dirs"
  "$@" && break
  code=$?
  [ "$try" -lt 3 ] || { rm -f "$dirs"; exit "$code"; }
  echo "attempt $try failed with exit code $code; starting over" >&2
  sleep $((try * 15)); try=$((try + 1))
done
rm -f "$dirs"`;

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
      const backup = [`${cluster.binDir}/pg_basebackup`, ...basebackupArguments(plan, build)];
      const env = { LC_ALL: 'C', PGPASSFILE: passfilePath(cluster) };
      return [
        {
          kind: 'job',
          host: standby.id,
          name: 'basebackup',
          progress: 'basebackup',
          command: {
            argv: ['/bin/sh', '-c', COPY.trim(), 'sh', String(emptied.length), ...emptied, ...backup],
            env,
            as: cluster.serviceAccount,
            cwd: cluster.binDir,
            timeoutMs: CLONE_TIMEOUT_MS,
          },
        },
      ];
    },
  });
}

export const setupClone = cloneStep('setup.clone', askTarget);

/** $1 program, $2 clone, $3 mark, the rest: options. */
const VERIFY = `
v=$1 d=$2 m=$3; shift 3
"$v" --progress "$@" "$d" && : > "$d/$m"`;

/** pg_verifybackup reads the whole copy and compares it with its manifest, before anything in it is edited. M14, H39. */
export function verifyCloneStep(id: Step['id'], askPlace: AskPlace): Step {
  return defineStep<Facts>({
    id,
    manual: ['M14'],
    effect: 'reversible',
    gather: gatherBy(askPlace),
    check: ({ target }, input) => unlessInPlace(target, input, target.clone.verified),
    apply({ target, programs }, { cluster, standby }): readonly Change[] {
      const options = programs.waldump ? [] : ['--no-parse-wal'];
      const values = [`${cluster.binDir}/pg_verifybackup`, target.clonePath, VERIFIED_MARK, ...options];
      return [
        {
          kind: 'job',
          host: standby.id,
          name: 'verify',
          progress: 'percent',
          command: {
            argv: ['/bin/sh', '-c', VERIFY.trim(), 'sh', ...values],
            env: { LC_ALL: 'C' },
            as: cluster.serviceAccount,
            timeoutMs: CLONE_TIMEOUT_MS,
          },
        },
      ];
    },
  });
}

export const setupVerifyClone = verifyCloneStep('setup.verify-clone', askTarget);
