import type { HostSample, Sample, ServerSample } from '../../src/domain/watch.ts';

/** Builders for the specifications of the watch. Times are seconds after noon. */
export const second = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 12) + seconds * 1000).toISOString();

export const GIGABYTE = 1024 ** 3;

export const server = (over: Partial<ServerSample> = {}): ServerSample => ({
  state: 'running',
  live: true,
  writable: true,
  version: '17.11',
  timeline: 1,
  lsn: '0/5000000',
  upSeconds: 3_600,
  complaint: '',
  ...over,
});

/** A server whose process is gone. */
export const dead = (state = 'crashed'): ServerSample =>
  server({ state, live: false, writable: null, version: null, lsn: null, upSeconds: null, complaint: 'no socket' });

export const host = (name: string, over: Partial<HostSample> = {}): HostSample => ({
  host: name,
  server: server(name === 'two' ? { writable: false } : {}),
  disk: { freeBytes: 50 * GIGABYTE, totalBytes: 100 * GIGABYTE },
  starts: true,
  certificates: [{ path: '/certs/server.crt', expires: '2027-11-22T12:00:00.000Z' }],
  ...over,
});

export const unreachable = (name: string): HostSample => ({
  host: name,
  error: { code: 'host.unreachable', detail: 'port 22' },
  certificates: [],
});

/** A pair that is well: `one` is the primary, `two` follows. */
export const sample = (over: Partial<Sample> = {}): Sample => ({
  cluster: 'demo',
  at: second(0),
  primary: host('one'),
  standby: host('two'),
  port: null,
  ready: 'accepting',
  heard: 'alive',
  streaming: true,
  lag: { receiveBytes: 0, replayBytes: 0, replaySeconds: 0 },
  slot: { name: 'zapas_two', active: true, walStatus: 'reserved', safeBytes: 9 * GIGABYTE, boundBytes: 10 * GIGABYTE },
  replay: 'not paused',
  parameters: [],
  swapped: false,
  busy: false,
  ...over,
});
