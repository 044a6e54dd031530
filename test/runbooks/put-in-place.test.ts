import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setupPutInPlace } from '../../src/runbooks/steps/setup/activate.ts';
import { assess, casesOf } from './step-cases.ts';

/** The script's programs that change something. Each of them may be the last the host does before its power fails. */
const ACTS = ['mv', 'ln', 'chown', 'rm'];

/** Stands before a program on the PATH: carries it out, counts, and kills the script after so many. */
const LAST_ACT = `#!/bin/sh
name=$(basename "$0")
/usr/bin/env PATH=/usr/bin:/bin "$name" "$@" || exit
echo "$name" >> "$ACTS_DONE"
[ "$(wc -l < "$ACTS_DONE")" -lt "$POWER_FAILS_AFTER" ] || kill -KILL "$PPID"`;

/** The shell and the script the step would send. */
async function script(): Promise<readonly string[]> {
  const one = casesOf('setup.put-in-place').get('needed-tablespace');
  if (!one) throw new Error('no such case');
  const [change] = (await assess(setupPutInPlace, one)).changes;
  return change?.kind === 'exec' ? change.command.argv.slice(1, 4) : [];
}

describe('the clone with a tablespace is put in its place though the power fails', () => {
  let dir: string;
  const at = (...parts: readonly string[]): string => join(dir, ...parts);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'zapas-place-'));
    for (const made of ['bin', 'clone/pg_tblspc', 'data', 'space.side', 'space'])
      mkdirSync(at(made), { recursive: true });
    writeFileSync(at('clone/PG_VERSION'), '17\n');
    writeFileSync(at('clone/mark'), '');
    writeFileSync(at('space.side/content'), 'of the tablespace');
    for (const act of ACTS) {
      writeFileSync(at('bin', act), LAST_ACT);
      chmodSync(at('bin', act), 0o755);
    }
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function run(words: readonly string[], powerFailsAfter: number): NodeJS.Signals | number | null {
    const values = [at('clone'), at('data'), at('data.empty-r1'), 'mark', at('space.side'), at('space'), '16384'];
    const { status, signal } = spawnSync('/bin/sh', [...words, ...values], {
      env: { PATH: `${at('bin')}:/usr/bin:/bin`, ACTS_DONE: at('acts'), POWER_FAILS_AFTER: String(powerFailsAfter) },
    });
    return signal ?? status;
  }

  it.each([1, 2, 3, 4, 5, 6, 7])('after act %i (H31, H35)', async (acts) => {
    const words = await script();
    expect(run(words, acts)).toBe('SIGKILL');
    // What the step's check sees: as long as the clone is there, it is to be put in place.
    const again = existsSync(at('clone')) ? run(words, 99) : 0;
    expect(again).toBe(0);
    expect(readFileSync(at('data/PG_VERSION'), 'utf8')).toBe('17\n');
    expect(readFileSync(at('space/content'), 'utf8')).toBe('of the tablespace');
    expect(readlinkSync(at('data/pg_tblspc/16384'))).toBe(at('space'));
    for (const gone of ['clone', 'space.side']) expect(existsSync(at(gone))).toBe(false);
  });
});
