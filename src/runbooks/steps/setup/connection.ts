import type { StepInput } from '../../../domain/step.ts';
import { passfilePath, replicationAddress } from '../../names.ts';
import { plainPath } from '../../paths.ts';
import type { PrimaryConninfo } from '../../postgres/conninfo.ts';

/** How the standby reaches the primary: TLS with its client certificate, the password from the password file (M14, H23–H25). */
export function connectionTo(input: StepInput, user: string): Omit<PrimaryConninfo, 'applicationName'> {
  const { cluster, primary } = input;
  const { root, clientCert, clientKey } = cluster.certificates;
  return {
    host: replicationAddress(input, primary.id),
    port: cluster.port,
    user,
    passfile: plainPath(passfilePath(cluster)),
    sslmode: cluster.sslMode,
    sslrootcert: plainPath(root),
    sslcert: plainPath(clientCert),
    sslkey: plainPath(clientKey),
  };
}
