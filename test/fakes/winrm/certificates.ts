import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const OPENSSL = 'openssl';
const CONFIG = `[ca]
default_ca = own
[own]
database = index
new_certs_dir = .
serial = serial
policy = any
default_md = sha256
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
const RSA = ['-newkey', 'rsa:2048'];

/** A certificate authority made for one test run by openssl; `remove` takes its directory away. */
export class TestAuthority {
  readonly pem: string;
  readonly #dir = mkdtempSync(join(tmpdir(), 'zapas-winrm-ca-'));

  constructor() {
    writeFileSync(join(this.#dir, 'config'), CONFIG);
    writeFileSync(join(this.#dir, 'index'), '');
    writeFileSync(join(this.#dir, 'serial'), '1000\n');
    this.#openssl([
      'req',
      '-x509',
      ...EC,
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-days',
      '30',
      '-subj',
      '/CN=test CA',
    ]);
    this.pem = this.#read('ca.crt');
  }

  /** @param altName such as `IP:127.0.0.1`; `days` are counted from now and may be negative */
  issue(
    name: string,
    altName: string,
    options: { from?: number; to?: number; rsa?: boolean; digest?: string } = {},
  ): Pair {
    const { from = -1, to = 30, rsa = false, digest = 'sha256' } = options;
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${altName}`];
    this.#openssl(['req', ...(rsa ? RSA : EC), '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, ...subject]);
    const dates = ['-startdate', stamp(from), '-enddate', stamp(to)];
    const signer = ['-cert', 'ca.crt', '-keyfile', 'ca.key', '-md', digest];
    this.#openssl([
      'ca',
      '-batch',
      '-notext',
      '-config',
      'config',
      ...signer,
      ...dates,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.crt`,
    ]);
    return { certificate: this.#read(`${name}.crt`), key: this.#read(`${name}.key`) };
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true });
  }

  #openssl(argv: readonly string[]): void {
    execFileSync(OPENSSL, argv, { cwd: this.#dir, stdio: 'pipe' });
  }

  #read(file: string): string {
    return readFileSync(join(this.#dir, file), 'utf8');
  }
}

function stamp(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
}
