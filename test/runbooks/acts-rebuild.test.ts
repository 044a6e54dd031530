import { describe, expect, it } from 'vitest';
import type { Change, StepInput } from '../../src/domain/step.ts';
import { removeDirectories, setAside } from '../../src/runbooks/acts/place.ts';
import { copiesOf, copyStandby, promoteCopy, removeCopies, startCopy } from '../../src/runbooks/acts/rehearsal.ts';
import {
  markRewinding,
  prepareRewind,
  restoreConfiguration,
  rewind,
  saveConfiguration,
} from '../../src/runbooks/acts/rewind.ts';
import { inputOf, showChange } from './step-cases.ts';

/** How the acts of `rebuild` and `rehearse` reach a Windows host; what they do there is seen in test/windows. */
const WINDOWS = inputOf({ why: '', os: 'windows', expect: { check: 'done' } });
const LINUX = inputOf({ why: '', expect: { check: 'done' } });
const BIN = 'C:\\Program Files (x86)\\PostgreSQL\\17\\bin';
const DATA = 'D:\\Zażółć gęślą\\data';
const COPY = `${DATA}.rehearsal-r1`;
const PLACES = { dataDir: DATA, saved: 'C:\\kept', rewinding: 'C:\\mark' };
const SOURCE = ['-D', DATA, '--source-server=host=10.77.0.12'];
const COPYING = { socket: '', real: DATA, copy: COPY, spaces: ['E:\\space'], run: 'R-1', bytes: 2048 };

/** What goes there, without PowerShell's own first two words. */
function sent(change: Change): readonly unknown[] {
  const {
    exec,
    command,
    job = 'exec',
  } = showChange(change) as Record<'exec' | 'command', readonly unknown[]> & {
    readonly job?: string;
  };
  const [program, script, ...values] = exec ?? command;
  return program === 'powershell' ? [job, ...values] : [job, program, script, ...values];
}

describe('an act of a rebuild on Windows', () => {
  it.each<[string, (input: StepInput) => Change, readonly unknown[]]>([
    [
      'keeps the configuration, and only that (H4)',
      ({ standby }) => saveConfiguration(standby, DATA, 'C:\\kept'),
      ['exec', DATA, 'C:\\kept', '*.signal', 'recovery.conf', 'backup_*', 'postmaster.*', 'PG_VERSION'].concat([
        'current_logfiles',
        'tablespace_map',
        'zapas.*',
      ]),
    ],
    [
      'makes ready as a job, with the standby’s own password file (H3, H25)',
      ({ standby, cluster }) => prepareRewind(standby, cluster, SOURCE),
      ['prepare', BIN, DATA, 'D:\\certs\\zapas-demo.pgpass', ...SOURCE],
    ],
    [
      'marks the directory with the run',
      ({ standby }) => markRewinding(standby, PLACES, 'r1', '000000010000000000000005'),
      ['exec', DATA, 'C:\\kept', 'C:\\mark', 'r1', '000000010000000000000005'],
    ],
    [
      'rewinds as a job',
      ({ standby, cluster }) => rewind(standby, cluster, SOURCE),
      ['rewind', `${BIN}\\pg_rewind.exe`, '--progress', ...SOURCE],
    ],
    [
      'puts the configuration back, and the tripwire (H4, H46)',
      ({ standby }) => restoreConfiguration(standby, PLACES, 'fenced'),
      ['exec', DATA, 'C:\\kept', 'C:\\mark', 'fenced'],
    ],
    [
      'sets the old data aside (H31, H35)',
      ({ standby }) =>
        setAside(standby, { place: DATA, aside: `${DATA}.old-r1`, spaces: ['E:\\s', 'E:\\s.old-r1', '16400'] }),
      ['exec', DATA, `${DATA}.old-r1`, 'E:\\s', 'E:\\s.old-r1', '16400'],
    ],
    ['lets it go', ({ standby }) => removeDirectories(standby, [`${DATA}.old-r1`]), ['exec', `${DATA}.old-r1`]],
  ])('%s', (_, act, expected) => {
    expect(sent(act(WINDOWS))).toEqual(expected);
  });
});

describe('an act of a rehearsal on Windows', () => {
  it.each<[string, (input: StepInput) => Change, readonly unknown[]]>([
    [
      'copies the standby as a job, by the administrator’s password file',
      ({ standby, cluster }) => copyStandby(standby, cluster, COPYING),
      ['copy', BIN, DATA, COPY, 'postgres', '5432', 'D:\\certs\\admin.conf', 'zapas_rehearsal_r_1', '2'],
    ],
    [
      'promotes the copy and writes to the product’s database',
      ({ standby, cluster }) => promoteCopy(standby, cluster, COPY),
      ['exec', BIN, COPY, 'postgres', 'mmedica'],
    ],
    ['removes every copy by its name', ({ standby, cluster }) => removeCopies(standby, cluster), ['exec', DATA]],
  ])('%s', (_, act, expected) => {
    expect(sent(act(WINDOWS))).toEqual(expected);
  });

  it('starts the copy as a job, which it outlives: for the loopback alone, without archive, stream or library', () => {
    const [job, ...values] = sent(startCopy(WINDOWS.standby, WINDOWS.cluster, COPY));
    expect([job, ...values.slice(0, 4)]).toEqual(['start', BIN, COPY, 'postgres', 'D:\\certs\\admin.conf']);
    expect(values).toEqual(
      expect.arrayContaining([
        'data_directory=D:/Zażółć gęślą/data.rehearsal-r1',
        'listen_addresses=127.0.0.1',
        'unix_socket_directories=',
        'archive_mode=off',
        'primary_conninfo=',
        'shared_preload_libraries=',
        'event_triggers=off',
      ]),
    );
  });

  it('has the tablespaces in the copy itself, where on Linux each stands beside its own (H35)', () => {
    expect(copiesOf(WINDOWS.standby, DATA, ['E:\\space'], 'r1')).toEqual([COPY]);
    expect(copiesOf(LINUX.standby, '/data', ['/space'], 'r1')).toEqual(['/data.rehearsal-r1', '/space.rehearsal-r1']);
  });
});
