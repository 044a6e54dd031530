import { createLocalConnection } from '../../src/adapters/local/connection.ts';

/** This machine as a host: the real dialect and the real scripts, without a network between. */
export const localConnection = createLocalConnection();
