import type { ConditionId, Sample } from '../../src/domain/watch.ts';
import { dead, GIGABYTE, host, second, server, unreachable } from './watches.ts';

const MEGABYTE = 1024 ** 2;

export const standby = (over: Parameters<typeof server>[0]) =>
  host('two', { server: server({ writable: false, ...over }) });
const slot = { name: 'zapas_two', active: false, walStatus: 'lost', safeBytes: null, boundBytes: GIGABYTE };
const expires = (days: number) => [{ path: '/c.crt', expires: second(days * 86_400 + 60) }];
/** Nothing is streamed, and nobody can tell how far behind the standby is. */
export const GONE = {
  streaming: false,
  heard: 'dead',
  lag: { receiveBytes: null, replayBytes: null, replaySeconds: null },
} as const;

/** What is seen, and what it is called. The first is the cause of the alert. */
export const CASES: readonly (readonly [string, Partial<Sample>, readonly ConditionId[]])[] = [
  ['a pair that is well', {}, []],
  ['H46: both take writes, on one timeline', { standby: standby({ writable: true }) }, ['primary.twice']],
  [
    'an old primary that is back',
    { primary: host('one', { server: server({ timeline: 2 }) }), standby: standby({ writable: true }) },
    ['primary.old'],
  ],
  [
    'nobody answers',
    {
      primary: unreachable('one'),
      standby: unreachable('two'),
      port: false,
      ready: null,
      ...GONE,
      streaming: null,
    },
    ['site.unreachable'],
  ],
  [
    'the primary’s host is gone, and the standby hears nothing',
    { primary: unreachable('one'), port: false, ready: 'silent', ...GONE },
    ['primary.silent'],
  ],
  [
    'the primary’s process is gone',
    { primary: host('one', { server: dead() }), port: false, ready: 'silent', ...GONE },
    ['primary.silent'],
  ],
  [
    'only our way to the primary is cut: its standby hears it',
    { primary: unreachable('one'), port: false, ready: 'accepting', streaming: null },
    ['primary.unreachable'],
  ],
  [
    'only our login fails: its port answers',
    { primary: unreachable('one'), standby: unreachable('two'), port: true, ready: null, heard: null, streaming: null },
    ['primary.unreachable', 'standby.unreachable'],
  ],
  [
    'two standbys and no primary',
    { primary: host('one', { server: server({ writable: false }) }), streaming: false },
    ['primary.none'],
  ],
  [
    'the standby’s host does not answer',
    { standby: unreachable('two'), ready: null, ...GONE },
    ['standby.unreachable'],
  ],
  ['no standby was ever set up', { standby: host('two', { server: dead('absent') }), ...GONE }, ['standby.absent']],
  ['the standby was stopped', { standby: host('two', { server: dead('stopped') }), ...GONE }, ['standby.down']],
  [
    'H14: the standby is stopped and its slot was lost meanwhile',
    { standby: host('two', { server: dead('stopped') }), slot, ...GONE },
    ['slot.lost', 'standby.down'],
  ],
  ['H14: its slot was lost', { slot, ...GONE, streaming: false }, ['slot.lost', 'standby.not-streaming']],
  ['H41: hot_standby is off', { standby: host('two', { server: dead('hot-standby-off') }) }, ['hot-standby.off']],
  [
    'H2: it is on another timeline',
    { standby: standby({ timeline: 2 }), streaming: false, heard: 'dead' },
    ['timeline.differs', 'standby.not-streaming'],
  ],
  [
    'H46: an old primary that was fenced: to start it would not help',
    { primary: host('one', { server: server({ timeline: 2 }) }), standby: host('two', { server: dead() }), ...GONE },
    ['timeline.differs', 'standby.down'],
  ],
  [
    'H16: a parameter is too low, and replay stands still',
    { parameters: ['max_connections'], replay: 'paused' },
    ['parameters.low', 'replay.paused'],
  ],
  ['replay is paused by hand', { replay: 'paused' }, ['replay.paused']],
  ['the line between the two is cut, which both have not noticed', { ready: 'silent', heard: 'silent' }, ['link.cut']],
  ['it does not stream, though it could', { streaming: false, heard: 'dead' }, ['standby.not-streaming']],
  [
    'its primary has just started, and it has not found it yet',
    { primary: host('one', { server: server({ upSeconds: 4 }) }), streaming: false, heard: 'dead' },
    [],
  ],
  [
    'H13: WAL kept for it nears the bound',
    { slot: { ...slot, walStatus: 'extended', safeBytes: 100 * MEGABYTE } },
    ['slot.bound'],
  ],
  ['replay lags in bytes', { lag: { receiveBytes: 0, replayBytes: 65 * MEGABYTE, replaySeconds: 1 } }, ['lag.replay']],
  ['replay lags in seconds', { lag: { receiveBytes: 0, replayBytes: 5, replaySeconds: 61 } }, ['lag.replay']],
  [
    'it receives too slowly',
    { lag: { receiveBytes: 65 * MEGABYTE, replayBytes: 1, replaySeconds: 1 } },
    ['lag.receive'],
  ],
  ['H36: a volume is full', { standby: host('two', { disk: { freeBytes: 0, totalBytes: GIGABYTE } }) }, ['disk.full']],
  [
    'a full volume took the standby with it',
    { standby: host('two', { server: dead(), disk: { freeBytes: 0, totalBytes: GIGABYTE } }), ...GONE },
    ['disk.full'],
  ],
  [
    'little room',
    { primary: host('one', { disk: { freeBytes: 900 * MEGABYTE, totalBytes: 100 * GIGABYTE } }) },
    ['disk.low'],
  ],
  [
    'a small volume with as little room',
    { primary: host('one', { disk: { freeBytes: 900 * MEGABYTE, totalBytes: 2 * GIGABYTE } }) },
    [],
  ],
  ['a certificate ends in 29 days', { primary: host('one', { certificates: expires(29) }) }, ['certificate.expires']],
  ['a certificate ends in 30 days', { primary: host('one', { certificates: expires(30) }) }, []],
  ['a service does not start with its host', { standby: host('two', { starts: false }) }, ['service.disabled']],
  [
    'a fenced server’s service does not start, rightly',
    { standby: host('two', { server: dead('stopped'), starts: false }), ...GONE },
    ['standby.down'],
  ],
  ['H40: two minor versions', { standby: standby({ version: '17.9' }) }, ['version.minor']],
  ['a run of Zapas is at work', { busy: true, standby: host('two', { server: dead() }), ...GONE }, []],
  [
    'the standby was promoted by people, the old primary is down: nothing else is told of it',
    {
      primary: host('one', { server: server({ timeline: 2 }) }),
      standby: host('two', { server: dead() }),
      swapped: true,
      ...GONE,
    },
    ['primary.moved'],
  ],
];
