import { describe, expect, it } from 'vitest';
import { parseVendorCommand, type VendorCommand } from '../../../src/runbooks/postgres/vendor-command.ts';

const CERTS = 'C:\\Program Files (x86)\\ASSECO\\mModuly\\certs';
const GOOD =
  'pg_basebackup --pgdata=../data --format=p --write-recovery-conf --checkpoint=fast --label=mmedica --progress ' +
  '--host=10.0.0.5 --port=5433 --username=admin -R "--replication-password=tCxY5DRa" ' +
  `-M "${CERTS}\\root-localhost-5432.crt" -o "${CERTS}\\client-localhost-5432.crt" -O "${CERTS}\\client-localhost-5432.key"`;

/** As it comes out of the manual's page (M13): lines broken after dashes and in paths, no blank before -M, no host. */
const FROM_THE_PAGE = `pg_basebackup --pgdata=../data --format=p --write-recovery-conf --checkpoint=fast --label=mmedica --
progress --host= --port=5432 --username=admin -R "--replication-password=tCxY5DRa"-M
"C:\\Program Files (x86)\\ASSECO\\mModuly\\certs\\root-localhost-5432.crt" -o "C:\\Program Files (x86)
\\ASSECO\\mModuly\\certs\\client-localhost-5432.crt" -O "C:\\Program
Files (x86)\\ASSECO\\mModuly\\certs\\client-localhost-5432.key"`;

function essence({ replicationPassword, ...rest }: VendorCommand): unknown {
  return { ...rest, password: replicationPassword?.reveal() };
}

const CERTIFICATES = {
  rootCert: `${CERTS}\\root-localhost-5432.crt`,
  clientCert: `${CERTS}\\client-localhost-5432.crt`,
  clientKey: `${CERTS}\\client-localhost-5432.key`,
};

describe("the vendor's command, as pasted (M12, M13, M14)", () => {
  it('a clean one', () => {
    expect(essence(parseVendorCommand(GOOD))).toEqual({
      pgdata: '../data',
      host: '10.0.0.5',
      port: 5433,
      username: 'admin',
      label: 'mmedica',
      checkpoint: 'fast',
      password: 'tCxY5DRa',
      ...CERTIFICATES,
      unknown: [],
    });
  });

  it("from the manual's page, with everything the page does to it", () => {
    expect(essence(parseVendorCommand(FROM_THE_PAGE))).toEqual({
      pgdata: '../data',
      port: 5432,
      username: 'admin',
      label: 'mmedica',
      checkpoint: 'fast',
      password: 'tCxY5DRa',
      ...CERTIFICATES,
      unknown: [],
    });
  });

  it.each([
    [
      'typographic quotes and dashes',
      GOOD.replace(/"(-|C)/g, '„$1')
        .replace(/"/g, '”')
        .replace(/ --(host|port)/g, ' –$1')
        .replace(/ -([MoO]) /g, ' –$1 '),
    ],
    ['hard blanks', GOOD.replace(/ -/g, '\u00a0-')],
    [
      'a Windows path to the program, a prompt before it',
      `C:\\Program Files\\17\\bin>"C:\\Program Files\\17\\bin\\pg_basebackup.exe"${GOOD.slice(13)}`,
    ],
    ['a message around it', `Uzupełnij parametr host i wykonaj polecenie: ${GOOD}\n`],
    ['continued lines of a shell', GOOD.replace(/ -/g, ' \\\n  -')],
    ['continued lines of CMD', GOOD.replace(/ -/g, ' ^\r\n-')],
    [
      'short options',
      GOOD.replace('--host=', '-h ').replace('--port=', '-p').replace('--username=', '-U ').replace('--pgdata=', '-D '),
    ],
  ])('with %s', (_what, pasted) => {
    expect(essence(parseVendorCommand(pasted))).toEqual(essence(parseVendorCommand(GOOD)));
  });

  it('Unix paths behind broken lines stay arguments of their own', () => {
    const pasted = 'pg_basebackup -D ../data -U a -M\n/opt/root.crt -o \\\n/opt/client.crt -O /opt/client.key';
    expect(parseVendorCommand(pasted)).toMatchObject({ rootCert: '/opt/root.crt', clientCert: '/opt/client.crt' });
  });

  it('names what it does not understand, without the values', () => {
    const command = parseVendorCommand(`${GOOD} --replication-pasword=tajne --verbose reszta`);
    expect(command.unknown).toEqual(['--replication-pasword', 'word']);
  });

  it('never shows the password', () => {
    expect(JSON.stringify(parseVendorCommand(GOOD))).not.toContain('tCxY5DRa');
  });
});

describe('what cannot be understood is told by its part', () => {
  it.each([
    ['another program', 'pg_dump -h x', 'pg_basebackup', 'missing'],
    ['no user', GOOD.replace('--username=admin', ''), '--username', 'missing'],
    ['no root certificate', GOOD.replace(/-M "[^"]*"/, ''), '-M', 'missing'],
    ['an option instead of a value', GOOD.replace(/-M "[^"]*"/, '-M'), '-M', 'value-missing'],
    ['a port that is none', GOOD.replace('5433', '5433x'), '--port', 'number'],
    ['another checkpoint', GOOD.replace('fast', 'slow'), '--checkpoint', 'value'],
    ['two different hosts', GOOD.replace('--port=5433', '--host=other'), '--host', 'given-twice'],
    ['an open quote', GOOD.slice(0, -1), '"', 'unterminated-quote'],
  ])('%s', (_what, pasted, part, problem) => {
    const thrown = errorOf(() => parseVendorCommand(pasted));
    expect(thrown).toMatchObject({ code: 'input.invalid', params: { field: 'command', part, problem } });
    expect(String(thrown)).not.toContain('tCxY5DRa');
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return thrown;
  }
}
