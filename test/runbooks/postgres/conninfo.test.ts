import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { getSetting, parseConf, setSetting } from '../../../src/runbooks/postgres/conf.ts';
import {
  buildConninfo,
  type PrimaryConninfo,
  parseConninfo,
  primaryConninfo,
  redactConninfo,
} from '../../../src/runbooks/postgres/conninfo.ts';
import { ensurePassfileEntry, findPassword } from '../../../src/runbooks/postgres/passfile.ts';

const TARGET: PrimaryConninfo = {
  host: '10.77.0.12',
  port: 5432,
  user: 'JKOWALSKI',
  passfile: 'C:\\ProgramData\\zapas\\pgpass.conf',
  sslmode: 'verify-ca',
  sslrootcert: 'C:\\Program Files (x86)\\ASSECO\\certs\\root.crt',
  sslcert: '/opt/certs/client.crt',
  sslkey: "/opt/o'brien/client.key",
  applicationName: 'zapas-1',
};

describe('primary_conninfo', () => {
  it('H24: what pg_basebackup -R really wrote is read, and its clear password is kept apart', () => {
    const auto = readFileSync(join(import.meta.dirname, '../../fixtures/postgres/postgresql.auto.conf'), 'utf8');
    const value = getSetting(parseConf(auto), 'primary_conninfo')?.value ?? '';
    const { settings, secrets } = parseConninfo(value);
    expect(settings).toMatchObject({
      user: 'admin',
      host: '127.0.0.1',
      sslmode: 'verify-ca',
      target_session_attrs: 'any',
    });
    expect(secrets['password']?.reveal()).toBe('pw');
    expect(JSON.stringify({ settings, secrets })).not.toContain('"pw"');
    expect(redactConninfo(value)).toContain('password=***');
  });

  it("M14, H23: says by itself what the vendor's extra options say, without a password, and survives the file", () => {
    const value = primaryConninfo(TARGET);
    const file = parseConf(setSetting('', 'primary_conninfo', value));
    expect(parseConninfo(getSetting(file, 'primary_conninfo')?.value ?? '')).toEqual({
      secrets: {},
      settings: {
        host: '10.77.0.12',
        port: '5432',
        user: 'JKOWALSKI',
        passfile: TARGET.passfile,
        sslmode: 'verify-ca',
        sslrootcert: TARGET.sslrootcert,
        sslcert: TARGET.sslcert,
        sslkey: TARGET.sslkey,
        application_name: 'zapas-1',
      },
    });
  });

  it('channel binding is said only when asked for', () => {
    expect(primaryConninfo(TARGET)).not.toContain('channel_binding');
    expect(primaryConninfo({ ...TARGET, channelBinding: 'require' })).toContain('channel_binding=require');
  });

  it.each([
    ['a port out of range', { port: 70_000 }],
    ['an empty host', { host: '' }],
    ['a line break', { user: 'a\nb' }],
  ])('refuses %s', (_what, change) => {
    expect(() => primaryConninfo({ ...TARGET, ...change })).toThrow(/postgresql.format/);
  });

  it('a password cannot be written into a connection string', () => {
    expect(() => buildConninfo({ host: 'a', password: 'b' })).toThrow(/keyword/);
  });
});

describe('the URI form', () => {
  it.each([
    [
      'postgresql://jan:s%40x@host:5433/db?sslmode=verify-ca&application_name=a%20b',
      { user: 'jan', host: 'host', port: '5433', dbname: 'db', sslmode: 'verify-ca', application_name: 'a b' },
    ],
    ['postgres://', {}],
    ['postgresql://[fd00::1]:5432', { host: 'fd00::1', port: '5432' }],
    ['postgresql://a:1,b:2/', { host: 'a,b', port: '1,2' }],
    ['postgresql:///db?host=/run/pg&ssl=true', { dbname: 'db', host: '/run/pg', sslmode: 'require' }],
  ])('%s', (uri, settings) => {
    expect(parseConninfo(uri).settings).toEqual(settings);
  });

  it('keeps its password apart, and refuses broken escapes', () => {
    expect(parseConninfo('postgresql://jan:s%40x@host').secrets['password']?.reveal()).toBe('s@x');
    expect(() => parseConninfo('postgresql://a/%zz')).toThrow(/uri-percent/);
  });
});

describe('the password file (M15, H24)', () => {
  const login = { host: '10.77.0.12', port: '5432', database: 'replication', user: 'jan' };
  const entry = { ...login, password: new Secret('a:b\\c') };

  it('escapes colons and backslashes, keeps comments and line ends, and never shows itself', () => {
    const edit = ensurePassfileEntry(new Secret('# hasla\r\n*:5432:x:y:z\r\n'), entry);
    expect(edit.content.reveal()).toBe('# hasla\r\n*:5432:x:y:z\r\n10.77.0.12:5432:replication:jan:a\\:b\\\\c\r\n');
    expect(String(edit.content)).toBe('***');
    expect(findPassword(edit.content, login)?.reveal()).toBe('a:b\\c');
    expect(ensurePassfileEntry(edit.content, entry).changed).toBe(false);
  });

  it('changes the password in its own line', () => {
    const edit = ensurePassfileEntry(new Secret('10.77.0.12:5432:replication:jan:old\n'), entry);
    expect(edit.content.reveal()).toBe('10.77.0.12:5432:replication:jan:a\\:b\\\\c\n');
  });

  it('goes in front of a wildcard that would match first', () => {
    const edit = ensurePassfileEntry(new Secret('*:*:*:*:other\n'), entry);
    expect(edit.content.reveal().split('\n')[0]).toBe('10.77.0.12:5432:replication:jan:a\\:b\\\\c');
    expect(findPassword(edit.content, { ...login, user: 'ola' })?.reveal()).toBe('other');
  });

  it.each(['a\nb', '', 'x\0'])('refuses a password that cannot stand in a line', (password) => {
    expect(() => ensurePassfileEntry(new Secret(''), { ...login, password: new Secret(password) })).toThrow(
      /postgresql.format/,
    );
  });
});
