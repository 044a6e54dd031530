import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { parseConf, quoteValue, removeSetting, setSetting } from '../../../src/runbooks/postgres/conf.ts';
import { buildConninfo, parseConninfo } from '../../../src/runbooks/postgres/conninfo.ts';
import { parseHba } from '../../../src/runbooks/postgres/hba.ts';
import { ensureReplicationEntry } from '../../../src/runbooks/postgres/hba-edit.ts';
import { ensurePassfileEntry } from '../../../src/runbooks/postgres/passfile.ts';
import { scramVerifier } from '../../../src/runbooks/postgres/scram.ts';
import { quoteIdentifier, quoteLiteral } from '../../../src/runbooks/postgres/sql.ts';
import { type Random, seeded } from './support/random.ts';
import { startServer, type TestServer } from './support/server.ts';
import { listenForStartup, type StartupListener } from './support/startup-listener.ts';

/** Texts that PostgreSQL reads: what we read from them, and what we write, is judged by PostgreSQL itself. */
let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await startServer();
  client = await server.connect();
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

function inData(name: string): string {
  return join(server.directory, 'data', name);
}

const NASTY = `ab '"\\=,#@+:/*$;%-_.ąż€`;

async function readSettingRows(text: string): Promise<{ line: number; name: string; value: string }[]> {
  writeFileSync(inData('zapas.conf'), text);
  const { rows } = await client.query(
    `SELECT sourceline AS line, name, setting AS value FROM pg_file_settings
     WHERE sourcefile LIKE '%zapas.conf' AND name IS NOT NULL ORDER BY seqno`,
  );
  return rows;
}

describe('postgresql.conf', () => {
  beforeAll(() => {
    const main = inData('postgresql.conf');
    writeFileSync(main, `${readFileSync(main, 'utf8')}\ninclude 'zapas.conf'\n`);
  });

  it('reads any line as the server does, and calls invalid what it calls a syntax error', async () => {
    const random = seeded(1);
    for (let round = 0; round < 400; round++) {
      const text = randomSettingLine(random);
      const { parsed } = parseConf(text).lines[0] ?? { parsed: { kind: 'blank' as const } };
      const ours = parsed.kind === 'setting' ? [{ line: 1, name: parsed.name, value: parsed.value }] : [];
      expect({ text, rows: await readSettingRows(text) }).toEqual({ text, rows: ours });
    }
  });

  it('writes any value so that the server reads the same text back, and removes it again', async () => {
    const random = seeded(2);
    for (let round = 0; round < 100; round++) {
      const value = random.text(NASTY, 0, 20);
      const eol = random.pick(['\n', '\r\n']);
      const before = random.pick([
        '',
        'zapas.x = 1',
        `Zapas.X '2' # why${eol}`,
        `# zapas.x = 3${eol}zapas.y = 4${eol}`,
      ]);
      const text = setSetting(before, 'zapas.x', value);
      expect((await readSettingRows(text)).filter(({ name }) => name.toLowerCase() === 'zapas.x').at(-1)?.value).toBe(
        value,
      );
      expect(setSetting(text, 'zapas.x', value)).toBe(text);
      expect((await readSettingRows(removeSetting(text, 'zapas.x'))).some(({ name }) => /zapas\.x/i.test(name))).toBe(
        false,
      );
    }
  });

  it('a byte order mark spoils the first line, for the server and for us (H21)', async () => {
    await readSettingRows('\uFEFFwork_mem = 1MB');
    const { rows } = await client.query("SELECT error FROM pg_file_settings WHERE sourcefile LIKE '%zapas.conf'");
    expect(rows).toEqual([{ error: 'unrecognized configuration parameter' }]);
    expect(parseConf('\uFEFFwork_mem = 1MB').problems).toEqual([{ line: 1, problem: 'byte-order-mark' }]);
  });
});

function randomSettingLine(random: Random): string {
  const name = random.pick(['zapas.a', 'Zapas.B', 'work_mem', 'zapas.a.b', '1x', 'port', '_x', 'ąx', 'x-y']);
  const value = random.pick([
    () => quoteValue(random.text(NASTY, 0, 12)),
    () => `'${random.text("a'\\n01 #", 0, 8)}'`,
    () => random.text("a1.-_:/'=# \\", 0, 6),
    () => random.pick(['5432', '0x1F', '-1', '1.5', '.5e3', '16MB', '1.5GB', 'on', 'a.b', 'a.b.c', "'a' 'b'", '']),
  ])();
  const equals = random.pick(['=', ' = ', ' ', '', '\t', ' == ']);
  const tail = random.pick(['', ' ', '#x', " # it's", '\r', ' y']);
  return random.pick(['', ' ', '\t', '#']) + name + equals + value + tail;
}

/** A row of pg_hba_file_rules. */
interface Rule {
  line: number;
  type: string | null;
  databases: string[] | null;
  users: string[] | null;
  method: string | null;
  options: string[] | null;
  error: string | null;
}

async function readRules(text: string): Promise<Rule[]> {
  writeFileSync(inData('pg_hba.conf'), text);
  const { rows } = await client.query(
    `SELECT line_number AS line, type, database AS databases, user_name AS users, auth_method AS method, options, error
     FROM pg_hba_file_rules ORDER BY rule_number NULLS LAST, line_number`,
  );
  // The test server has no TLS; that is its fault and not the file's.
  return rows.map((rule) => (/because SSL is disabled/.test(rule.error ?? '') ? { ...rule, error: null } : rule));
}

describe('pg_hba.conf', () => {
  it('reads any line as the server does: fields, lists, quotes, continuation; and finds the same lines wrong', async () => {
    const random = seeded(3);
    for (let round = 0; round < 400; round++) {
      const text = randomHbaLine(random);
      const [rule] = await readRules(text);
      const parsed = parseHba(text)
        .entries.map((entry) => entry.parsed)
        .find(({ kind }) => kind !== 'blank');
      // A rule the server could not make sense of has no type there.
      const wanted = rule === undefined ? undefined : rule.type === null ? 'invalid' : 'record';
      expect({ text, error: rule?.error, kind: parsed?.kind }).toEqual({ text, error: rule?.error, kind: wanted });
      if (parsed?.kind !== 'record') continue;
      const { record } = parsed;
      const databases = record.databases.map((token) => token.text);
      const users = record.users.map((token) => token.text);
      expect({ text, line: rule?.line, type: record.type, databases, users, method: record.method }).toEqual({
        text,
        line: rule?.line,
        type: rule?.type,
        databases: rule?.databases,
        users: rule?.users,
        method: rule?.method,
      });
    }
  });

  it('M11, H22: writes any role name so that the server reads exactly that name, without an error in the file', async () => {
    const random = seeded(4);
    const before = readFileSync(inData('pg_hba.conf'), 'utf8');
    for (let round = 0; round < 150; round++) {
      const user = `u${random.text(`${NASTY}all `, 0, 12)}`;
      const users = random.pick([
        ['replication', user],
        [user],
        [random.pick(['all', 'JKOWALSKI', '+grupa', '@plik', '#x']), user],
      ]);
      const edit = ensureReplicationEntry(randomGoodFile(random), {
        users,
        address: random.pick(['10.77.0.13', '10.77.0.13/32', '10.0.0.0/8', 'fd00::1', 'fd00::/8']),
        method: random.pick(['md5', 'scram-sha-256']),
        clientcert: 'verify-ca',
      });
      const rules = await readRules(edit.content);
      expect(rules.filter((rule) => rule.error !== null)).toEqual([]);
      expect(rules.find((rule) => rule.line === edit.line)).toMatchObject({
        type: 'hostssl',
        databases: ['replication'],
        users,
        options: ['clientcert=verify-ca'],
      });
    }
    writeFileSync(inData('pg_hba.conf'), before);
  });
});

function randomHbaLine(random: Random): string {
  const blank = (): string => random.pick([' ', '  ', '\t', ' \\\n ', '\r']);
  const name = (): string =>
    random.pick(['all', 'replication', 'a', '"a b"', '"a""b"', '"all"', '+g', 'a"b,c"d', '"x', 'sameuser']);
  const list = (): string => Array.from({ length: 1 + random.int(3) }, name).join(random.pick([',', ', ', ',,']));
  const type = random.pick(['local', 'host', 'hostssl', 'hostnossl', 'hostnogssenc', 'hostx', '"host"', 'host,local']);
  const place = random.pick([
    '10.0.0.1/32',
    '10.0.0.0/8',
    '10.0.0.1 255.255.255.0',
    '::1/128',
    'fe80::/10',
    'all',
    'samenet',
    'example.org',
    '.example.org',
    '10.0.0.1/33',
    '10.0.0.1',
    '"all"',
    'example.org/8',
    '10.0.0.1 ::1',
    '::1/129',
    '10.0.0.1,10.0.0.2',
  ]);
  const method = random.pick(['md5', 'scram-sha-256', 'trust', 'reject', 'peer', 'cert', 'nonsense', 'md5 x', '']);
  const option = random.pick([
    '',
    '',
    'clientcert=verify-ca',
    'clientcert="verify-full"',
    'clientcert=1',
    '# clientcert=1',
  ]);
  const fields = [type, list(), list(), ...(type === 'local' && random.chance(0.8) ? [] : [place]), method, option];
  return random.pick(['', ' ', '#']) + fields.slice(0, random.chance(0.9) ? 6 : random.int(6)).join(blank());
}

function randomGoodFile(random: Random): string {
  const lines = [
    '# a comment',
    '',
    'local all all trust',
    'host all all 127.0.0.1/32 scram-sha-256',
    'host replication all ::1/128 reject',
    'hostssl all all 0.0.0.0/0 md5 clientcert=verify-ca',
    'host replication all 10.0.0.0/8 reject',
    'host all \\\n all samenet md5',
  ];
  const eol = random.pick(['\n', '\r\n']);
  const text = Array.from({ length: random.int(6) }, () => random.pick(lines))
    .join('\n')
    .replaceAll('\n', eol);
  return random.chance(0.5) || text === '' ? text : text + eol;
}

async function refusal(conninfo: string): Promise<'refused'> {
  const asked = client.query(`CREATE SUBSCRIPTION zapas CONNECTION ${quoteLiteral(conninfo)} PUBLICATION p`);
  await expect(asked).rejects.toThrow(/invalid connection string syntax/);
  return 'refused';
}

describe("conninfo and .pgpass, by the server's own libpq", () => {
  let listener: StartupListener;
  beforeAll(async () => {
    listener = await listenForStartup();
  });
  afterAll(() => listener?.close());

  async function knock(conninfo: string): Promise<Awaited<ReturnType<StartupListener['next']>>> {
    const heard = listener.next();
    const asked = client.query(`CREATE SUBSCRIPTION zapas CONNECTION ${quoteLiteral(conninfo)} PUBLICATION p`);
    await expect(asked).rejects.toThrow(/heard/);
    return await heard;
  }

  it('libpq reads every value we wrote, and the password from the file we wrote (H24)', async () => {
    const random = seeded(5);
    const passfile = join(server.directory, 'pgpass');
    let content = new Secret(`# ours\n*:*:*:nobody:other\n`);
    for (let round = 0; round < 60; round++) {
      const login = {
        host: '127.0.0.1',
        port: String(listener.port),
        database: `d${random.text(NASTY, 0, 10)}`,
        user: `${random.text(NASTY, 1, 10)}u`,
      };
      const password = new Secret(random.text(NASTY, 1, 20));
      content = ensurePassfileEntry(content, { ...login, password }).content;
      expect(ensurePassfileEntry(content, { ...login, password }).changed).toBe(false);
      writeFileSync(passfile, content.reveal());
      server.adopt(passfile);
      const settings = {
        host: login.host,
        port: login.port,
        user: login.user,
        dbname: login.database,
        passfile,
        sslmode: 'disable',
        gssencmode: 'disable',
        application_name: random.text(NASTY, 1, 20),
      };
      const text = buildConninfo(settings);
      expect(parseConninfo(text).settings).toEqual(settings);
      const heard = await knock(text);
      expect(heard.parameters).toMatchObject({
        user: settings.user,
        database: settings.dbname,
        application_name: settings.application_name,
      });
      expect(heard.password).toBe(password.reveal());
    }
  });

  it('reads connection strings of any spelling as libpq does', async () => {
    const random = seeded(6);
    for (let round = 0; round < 60; round++) {
      const value = random.text("ab\\' =", 0, 8);
      const shown = random.pick([
        `'${value.replace(/'/g, "\\'")}'`,
        value.replace(/[ ']/g, ''),
        `'${value.replace(/[\\']/g, '')}'`,
      ]);
      const text = `host = 127.0.0.1\tport=${listener.port} sslmode=disable user=u password=x application_name${random.pick(['=', ' = '])}${shown} dbname=d`;
      const ours = readSettings(text);
      const theirs = ours === undefined ? await refusal(text) : (await knock(text)).parameters['application_name'];
      expect({ text, theirs: theirs ?? '' }).toEqual({ text, theirs: ours?.['application_name'] ?? 'refused' });
    }
  });
});

const KNOWN = new Set(['host', 'port', 'sslmode', 'user', 'application_name', 'dbname']);

/** What we read; `undefined` where libpq must refuse: broken syntax, or a keyword it does not know. */
function readSettings(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const { settings } = parseConninfo(text);
    return Object.keys(settings).every((key) => KNOWN.has(key)) ? settings : undefined;
  } catch {
    return undefined;
  }
}

describe('SQL', () => {
  it('literals mean the same text with standard_conforming_strings on and off', async () => {
    const random = seeded(7);
    for (const mode of ['on', 'off']) {
      await client.query(`SET standard_conforming_strings = ${mode}`);
      for (let round = 0; round < 100; round++) {
        const text = random.text(`${NASTY}\n\t`, 0, 20);
        expect((await client.query(`SELECT ${quoteLiteral(text)} AS text`)).rows).toEqual([{ text }]);
      }
    }
    await client.query('RESET standard_conforming_strings');
  });

  it('identifiers name exactly what they say (H22)', async () => {
    const random = seeded(8);
    for (let round = 0; round < 100; round++) {
      const name = random.text(`${NASTY}ABC`, 1, 20);
      expect((await client.query(`SELECT 1 AS ${quoteIdentifier(name)}`)).fields[0]?.name).toBe(name);
    }
  });
});

describe('SCRAM verifier', () => {
  it('the server takes it and lets exactly this password in (H17, H24: the clear password is never sent)', async () => {
    const random = seeded(9);
    await client.query('CREATE ROLE repl LOGIN');
    for (let round = 0; round < 5; round++) {
      const password = random.text(` ${NASTY.replace(/[^\x20-\x7e]/g, '')}ABC019`, 1, 40);
      const verifier = scramVerifier(new Secret(password), randomBytes(16));
      await client.query(`ALTER ROLE repl PASSWORD ${quoteLiteral(verifier.reveal())}`);
      const { rows } = await client.query("SELECT rolpassword FROM pg_authid WHERE rolname = 'repl'");
      expect(rows).toEqual([{ rolpassword: verifier.reveal() }]);
      const login = { host: '127.0.0.1', user: 'repl', password };
      await (await server.connect(login)).end();
      await expect(server.connect({ ...login, password: `${password}x` })).rejects.toMatchObject({ code: '28P01' });
    }
  });
});
