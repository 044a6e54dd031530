import { run } from '../../../acts/server.ts';
import { replicationAddress } from '../../../names.ts';
import { asArgv, proofOf, type Recipe } from './recipe.ts';

/** The inventory's own command runs on the hosts it names. Without a proof, the command's own word has to do. */
export const command: Recipe<'command'> = {
  look(_ask, redirect, input) {
    const values = { address: replicationAddress(input, input.standby.id), port: String(input.cluster.port) };
    const fill = (word: string): string =>
      word.replace(/\{(address|port)\}/g, (_, key: keyof typeof values) => values[key]);
    const argv = asArgv(redirect.argv.map(fill));
    const changes = redirect.hosts.map((host) => run(host, argv, 60_000));
    return Promise.resolve({ changes, ...proofOf(redirect.hosts, redirect) });
  },
};
