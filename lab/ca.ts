import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './exec.ts';
import type { LabState } from './state.ts';

/**
 * The lab's certificate authority in ca/: root.crt signs one server certificate per host and one client certificate per
 * database user. Keys are elliptic (P-256), because they are made in no time.
 */
export class CertificateAuthority {
  readonly #dir: string;

  constructor(state: LabState) {
    this.#dir = state.path('ca');
  }

  /** Path of a file of the authority, for example `root.crt`, `admin.key` or `server-primary.crt`. */
  path(file: string): string {
    return join(this.#dir, file);
  }

  /** Makes the authority and the client certificates CN=admin and CN=replication. Idempotent. */
  async create(): Promise<void> {
    if (!existsSync(this.path('root.crt'))) {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      const root = [
        '-keyout',
        this.path('root.key'),
        '-out',
        this.path('root.new'),
        '-days',
        '3650',
        '-subj',
        '/CN=lab CA',
      ];
      await must(['openssl', 'req', '-x509', ...NEW_KEY, ...root]);
      renameSync(this.path('root.new'), this.path('root.crt'));
    }
    for (const user of ['admin', 'replication']) await this.#issue(user, user, `DNS:${user}`);
  }

  /** Makes a host's certificate. It is valid for the host's name, its address and the name `db` that applications use. */
  async issueServer(host: string, address: string): Promise<void> {
    await this.#issue(`server-${host}`, host, `DNS:${host},DNS:db,IP:${address}`);
  }

  async #issue(file: string, commonName: string, alternativeNames: string): Promise<void> {
    const certificate = this.path(`${file}.crt`);
    if (existsSync(certificate)) return;
    const request = this.path(`${file}.csr`);
    const extensions = this.path(`${file}.ext`);
    const serial = String(BigInt(Date.now()) * 1000n + BigInt(Math.floor(Math.random() * 1000)));
    writeFileSync(extensions, `subjectAltName=${alternativeNames}\nbasicConstraints=CA:FALSE\n`);
    await must([
      'openssl',
      'req',
      ...NEW_KEY,
      '-keyout',
      this.path(`${file}.key`),
      '-out',
      request,
      '-subj',
      `/CN=${commonName}`,
    ]);
    const signer = [
      '-CA',
      this.path('root.crt'),
      '-CAkey',
      this.path('root.key'),
      '-set_serial',
      serial,
      '-days',
      '825',
    ];
    await must([
      'openssl',
      'x509',
      '-req',
      '-in',
      request,
      ...signer,
      '-extfile',
      extensions,
      '-out',
      `${certificate}.new`,
    ]);
    renameSync(`${certificate}.new`, certificate);
    rmSync(request);
    rmSync(extensions);
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
