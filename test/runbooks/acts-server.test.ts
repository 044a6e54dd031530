import { describe, expect, it } from 'vitest';
import type { Change, StepInput } from '../../src/domain/step.ts';
import { asideDirectory, layTripwire, leftovers, moveAside, noteMoment } from '../../src/runbooks/acts/leftovers.ts';
import {
  disableService,
  enableService,
  killService,
  promoteServer,
  startServer,
  statements,
  stopServer,
} from '../../src/runbooks/acts/server.ts';
import { hostsFile } from '../../src/runbooks/steps/failover/redirect/hosts-file.ts';
import { inputOf, showChange } from './step-cases.ts';

const nothing = { why: '', expect: { check: 'done' } } as const;
const PAIRS = { linux: inputOf(nothing), windows: inputOf({ ...nothing, os: 'windows' }) };
const BIN = 'C:\\Program Files (x86)\\PostgreSQL\\17\\bin';
const DATA = 'D:\\Zażółć gęślą\\data';
const ASIDE = 'C:\\ProgramData\\zapas\\aside\\r1';
const UNIT = { exists: true, manager: 'systemd', path: '' } as const;

/** What is typed there; a script of PowerShell by its values. */
function typed(act: (input: StepInput) => Change | readonly Change[], os: keyof typeof PAIRS): readonly unknown[] {
  return [act(PAIRS[os])].flat().map((change) => showChange(change)['exec']);
}

/** The text of what PowerShell runs. */
function scriptOf(change: Change): string {
  const word = change.kind === 'exec' ? change.command.argv[1] : '';
  return typeof word === 'string' ? word : '';
}

describe('an act on a server, on Linux and on Windows', () => {
  const service = ['powershell', '…', 'postgresmm-17', DATA, '0'];
  it.each<[string, (input: StepInput) => Change | readonly Change[], readonly unknown[], readonly unknown[]]>([
    [
      'stop as a service (M19)',
      ({ standby, cluster }) => stopServer(standby, cluster, UNIT),
      [['systemctl', 'stop', 'postgresmm-17']],
      [service],
    ],
    [
      'stop past the service manager (M08)',
      ({ standby, cluster }) => stopServer(standby, cluster, { exists: false }),
      [
        [
          '/opt/mmedica/pgsql-17/bin/pg_ctl',
          'stop',
          '-D',
          '/opt/mmedica/pgsql-17/data',
          '-m',
          'fast',
          '-w',
          '-t',
          '120',
        ],
      ],
      [[`${BIN}\\pg_ctl.exe`, 'stop', '-D', DATA, '-m', 'fast', '-w', '-t', '120']],
    ],
    [
      'start (M23)',
      ({ standby, cluster }) => startServer(standby, cluster, UNIT),
      [['systemctl', 'start', 'postgresmm-17']],
      [['powershell', '…', 'postgresmm-17', DATA, '1800']],
    ],
    [
      'promote (M19–M23)',
      ({ standby, cluster }) => promoteServer(standby, cluster),
      [['/opt/mmedica/pgsql-17/bin/pg_ctl', 'promote', '-D', '/opt/mmedica/pgsql-17/data', '--no-wait']],
      [[`${BIN}\\pg_ctl.exe`, 'promote', '-D', DATA, '--no-wait']],
    ],
    [
      'keep it from starting (H46)',
      ({ primary, cluster }) => disableService(primary, cluster, UNIT),
      [['systemctl', 'disable', '--now', '--no-reload', 'postgresmm-17']],
      [service],
    ],
    [
      'let it start again',
      ({ primary, cluster }) => enableService(primary, cluster),
      [['systemctl', 'enable', '--quiet', '--no-reload', 'postgresmm-17']],
      [service],
    ],
    [
      'end one that hangs (H46)',
      ({ primary, cluster }) => killService(primary, cluster),
      [['systemctl', 'kill', '--signal=SIGKILL', 'postgresmm-17']],
      [service],
    ],
    [
      'lay the tripwire (H46)',
      ({ primary, cluster }) => layTripwire(primary, cluster, 'fenced'),
      [['tee', '/opt/mmedica/pgsql-17/data/recovery.conf']],
      [['powershell', '…', `${DATA}\\recovery.conf`]],
    ],
    [
      'move files aside (M21, M22)',
      moveAside,
      [
        ['mkdir', '-p', '-m', '700', '/var/lib/zapas/aside/r1'],
        [
          'find',
          '/opt/mmedica/pgsql-17/data',
          '-maxdepth',
          '1',
          '(',
          '-name',
          'standby.signal',
          '-o',
          '-name',
          'backup_*',
          '-o',
          '-name',
          'zapas.first-write.*',
          ')',
          '-exec',
          'mv',
          '-t',
          '/var/lib/zapas/aside/r1',
          '--',
          '{}',
          '+',
        ],
      ],
      [['powershell', '…', DATA, ASIDE, 'standby.signal', 'backup_*', 'zapas.first-write.*']],
    ],
    [
      'note the moment (H38)',
      ({ primary }) => noteMoment(primary, primary.os === 'windows' ? 'C:\\m' : '/m'),
      [['/bin/sh', '-c', '[ -e "$1" ] || date +%s%3N > "$1"', 'sh', '/m']],
      [['powershell', '…', 'C:\\m']],
    ],
  ])('%s', (_what, act, linux, windows) => {
    expect(typed(act, 'linux')).toEqual(linux);
    expect(typed(act, 'windows')).toEqual(windows);
  });

  it('is done by the service’s account on Linux and by the administrator on Windows', () => {
    const promoted = Object.values(PAIRS).map(({ standby, cluster }) => showChange(promoteServer(standby, cluster)));
    expect(promoted.map((change) => change['as'])).toEqual(['postgres', undefined]);
  });

  it('writes where psql is told, with the administrator’s password file on Windows (M23)', () => {
    const { cluster, standby } = PAIRS.windows;
    const server = { socketDirectory: '' };
    const change = statements(standby.id, cluster, server, ['select 1'], { into: `${DATA}\\zapas.first-write.r1` });
    expect(change.command.argv).toEqual(
      expect.arrayContaining(['-XAtqw', '-o', `${DATA}\\zapas.first-write.r1`, '-c', 'select 1']),
    );
    expect(change.command.env).toMatchObject({ PGPASSFILE: 'D:\\certs\\admin.conf' });
  });

  it('disables a Windows service before it stops it, and says so in the registry where the manager refuses (H46)', () => {
    const { cluster, primary } = PAIRS.windows;
    const script = scriptOf(disableService(primary, cluster, UNIT));
    const disabled = script.indexOf('Set-StartMode disabled 4');
    expect(disabled).toBeGreaterThan(script.indexOf("SetValue('Start'"));
    expect(script.indexOf('Order stop')).toBeGreaterThan(disabled);
    expect(scriptOf(enableService(primary, cluster))).not.toContain('Order stop');
  });

  it('puts nothing of the host’s values into the text of a script', () => {
    const { cluster, primary } = PAIRS.windows;
    const scripts = [
      disableService(primary, cluster, UNIT),
      enableService(primary, cluster),
      killService(primary, cluster),
      layTripwire(primary, cluster, 'fenced'),
      ...moveAside(PAIRS.windows),
    ].map(scriptOf);
    for (const script of scripts) expect(script).not.toMatch(/Zażółć|postgresmm|fenced/);
  });

  it('moves exactly what it calls a leftover', () => {
    const names = ['standby.signal', 'backup_label.old', 'backup_manifest', 'zapas.first-write.r1', 'PG_VERSION'];
    expect(leftovers(names)).toEqual(names.slice(0, -1));
    expect(asideDirectory(PAIRS.windows)).toBe(ASIDE);
  });
});

describe('clients by their hosts files (M24)', () => {
  it.each([
    ['linux', '/etc/hosts'],
    ['windows', 'C:\\Windows\\System32\\drivers\\etc\\hosts'],
  ] as const)('on %s it is %s', async (os, path) => {
    const input = { ...PAIRS[os], others: { app: PAIRS[os].primary } };
    const asked: string[] = [];
    const ask = {
      fact: (
        _host: string,
        fact: { readonly id: string },
        args: { readonly path?: string; readonly name?: string },
      ) => {
        if (args.path !== undefined) asked.push(args.path);
        return Promise.resolve(fact.id === 'network.resolved' ? '10.77.0.13' : undefined);
      },
    };
    const redirect = { kind: 'hosts-file' as const, hosts: ['app'], names: ['db'] };
    const way = await hostsFile.look(ask as never, redirect, input);
    expect(asked).toEqual([path]);
    expect(way?.changes.map(showChange)).toMatchObject([{ host: 'app', write: path }]);
  });
});
