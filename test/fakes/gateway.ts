import type { HostGateway } from '../../src/domain/ports.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('not expected here'));

/** A gateway that expects nothing; a test spreads it and says what it does expect. */
export const refusingGateway: HostGateway = {
  family: 'posix',
  render: (command) => command.argv.join(' '),
  ask: refuse,
  exec: refuse,
  read: refuse,
  write: refuse,
  startJob: refuse,
  pollJob: refuse,
  cancelJob: refuse,
  removeJob: refuse,
  reach: refuse,
};
