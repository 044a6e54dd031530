import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabError } from './error.ts';
import type { Output } from './exec.ts';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'guest', 'vendor-pg_basebackup');
const BIN = '/opt/mmedica/pgsql-17/bin';
const VENDOR_BIN = '/opt/mmedica/pgsql-17/bin-vendor';

/** Lays a bin directory beside the stock one in which pg_basebackup is the vendor's stand-in. Idempotent. */
export async function installVendorBasebackup(run: (script: string) => Promise<Output>): Promise<string> {
  const program = readFileSync(PROGRAM).toString('base64');
  const done = await run(`set -eu
    [ -x ${BIN}/pg_basebackup ]
    install -d -o postgres -g postgres ${VENDOR_BIN}
    for p in ${BIN}/*; do ln -sfn "$(realpath "$p")" "${VENDOR_BIN}/\${p##*/}"; done
    rm ${VENDOR_BIN}/pg_basebackup
    echo ${program} | base64 -d > ${VENDOR_BIN}/pg_basebackup
    chmod 755 ${VENDOR_BIN}/pg_basebackup`);
  if (done.code !== 0) throw new LabError(`no vendor's pg_basebackup: ${BIN} has no stock one (${done.stderr.trim()})`);
  return VENDOR_BIN;
}
