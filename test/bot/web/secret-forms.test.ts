import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecrets } from '../../../src/adapters/secrets/secrets.ts';
import { createSecretSink } from '../../../src/adapters/secrets/sink.ts';
import type { SecretForms } from '../../../src/bot/web/secret-forms.ts';
import { createSecretForms, SECRET_FORM_MINUTES } from '../../../src/bot/web/secret-forms.ts';
import { secretPath, secretRoutes } from '../../../src/bot/web/secret-pages.ts';
import type { WebServer } from '../../../src/bot/web/server.ts';
import { createWebServer } from '../../../src/bot/web/server.ts';
import type { SecretRef } from '../../../src/domain/formats.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { ask, post } from './http.ts';

const CANARY = 'C4nary-ż\'"$(x)-9f3a';
const SETTINGS = { listen: '127.0.0.1:0' };

const ask5 = (forms: SecretForms, ref: SecretRef = 'file:/a', person = 'ewa'): string =>
  forms.open({ person, ref, language: 'en', timeZone: 'UTC' });

describe('a one-time form', () => {
  it('is found by its id alone, which nobody guesses, and used once', () => {
    const forms = createSecretForms();
    const id = ask5(forms);
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(forms.look(id)).toMatchObject({ person: 'ewa', ref: 'file:/a' });
    expect(forms.look(`${id}x`)).toBe('gone');
    expect(forms.take(id)).toMatchObject({ ref: 'file:/a' });
    expect(forms.take(id)).toBe('gone');
    expect(forms.look(id)).toBe('gone');
  });

  it('is gone after ten minutes', () => {
    let now = new Date('2026-11-22T12:00:00Z');
    const forms = createSecretForms(() => now);
    const id = ask5(forms);
    now = new Date(now.getTime() + SECRET_FORM_MINUTES * 60_000 - 1);
    expect(forms.look(id)).not.toBe('gone');
    now = new Date(now.getTime() + 1);
    expect(forms.take(id)).toBe('gone');
  });

  it('gives way to a newer one for the same secret, and nobody has more than five', () => {
    const forms = createSecretForms();
    const first = ask5(forms);
    const second = ask5(forms);
    expect([forms.look(first), forms.look(second)]).toEqual(['gone', expect.anything()]);
    const others = ['b', 'c', 'd', 'e', 'f'].map((name) => ask5(forms, `file:/${name}`));
    expect(forms.look(second)).toBe('gone');
    expect(others.filter((id) => forms.look(id) === 'gone')).toEqual([]);
    expect(forms.look(ask5(forms, 'file:/a', 'jan'))).not.toBe('gone');
  });
});

describe('the page of a secret', () => {
  let directory: string;
  let origin: string;
  let server: WebServer;
  let forms: SecretForms;
  let now: Date;
  let signedIn: string | undefined;
  const said: string[] = [];
  let ref: SecretRef;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zapas-secret-'));
    ref = `file:${join(directory, 'backup')}`;
    now = new Date('2026-11-22T12:00:00Z');
    signedIn = undefined;
    said.length = 0;
    forms = createSecretForms(() => now);
    const note = (fields: object): void => void said.push(JSON.stringify(fields));
    const sink = createSecretSink(() => [ref]);
    const routes = secretRoutes({ forms, sink, personOf: () => signedIn, note });
    const warn = (fields: object, message: string): void => void said.push(message + JSON.stringify(fields));
    server = createWebServer({ settings: SETTINGS, routes: () => routes, warn });
    origin = await server.start();
  });
  afterEach(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const open = (over: { readonly ref?: SecretRef } = {}): string =>
    secretPath(forms.open({ person: 'ewa', ref, language: 'en', timeZone: 'Europe/Warsaw', ...over }));
  const stored = (): Promise<string> => readFile(join(directory, 'backup'), 'utf8');

  it('asks in a masked field that no program remembers, and may be opened twice', async () => {
    const path = open();
    await ask(origin, path);
    const { status, text, headers } = await ask(origin, path);
    expect(status).toBe(200);
    expect(text).toMatch(/<input[^>]*type="password"[^>]*autocomplete="off"/);
    expect(text).toContain('until 13:10:00');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
  });

  it('stores what is typed for the worker’s eyes alone, and tells it to nobody', async () => {
    const { status, text } = await post(origin, open(), { secret: CANARY });
    expect(status).toBe(200);
    expect(await stored()).toBe(`${CANARY}\n`);
    expect((await stat(join(directory, 'backup'))).mode & 0o777).toBe(0o600);
    expect((await createSecrets({}).get(ref)).reveal()).toBe(CANARY);
    expect(said).toEqual([JSON.stringify({ person: 'ewa', ref })]);
    expect(text).not.toContain('C4nary');
  });

  it('works once: reloading, a second tab and a replay change nothing', async () => {
    const path = open();
    const both = await Promise.all([post(origin, path, { secret: 'first' }), post(origin, path, { secret: 'second' })]);
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 410]);
    const before = await stored();
    expect((await post(origin, path, { secret: 'third' })).status).toBe(410);
    expect((await ask(origin, path)).status).toBe(410);
    expect(await stored()).toBe(before);
  });

  it('is closed when its time is over, and to whoever guesses', async () => {
    const path = open();
    now = new Date(now.getTime() + SECRET_FORM_MINUTES * 60_000);
    expect((await post(origin, path, { secret: 'x' })).status).toBe(410);
    expect((await post(origin, secretPath('A'.repeat(43)), { secret: 'x' })).status).toBe(410);
    await expect(stored()).rejects.toThrow('ENOENT');
  });

  it('takes nothing from a foreign page, and that does not use it up', async () => {
    const path = open();
    expect((await post(origin, path, { secret: 'x' }, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask(origin, `${path}?secret=x`)).status).toBe(200);
    expect((await post(origin, path, { secret: 'mine' })).status).toBe(200);
    expect(await stored()).toBe('mine\n');
  });

  it('belongs to one person: somebody else who is signed in gets nowhere and uses nothing up', async () => {
    const path = open();
    signedIn = 'jan';
    expect((await ask(origin, path)).status).toBe(403);
    expect((await post(origin, path, { secret: 'x' })).status).toBe(403);
    signedIn = 'ewa';
    expect((await post(origin, path, { secret: 'mine' })).status).toBe(200);
  });

  it('asks again for nothing or too much', async () => {
    const path = open();
    expect((await post(origin, path, { secret: '' })).status).toBe(422);
    expect((await post(origin, path, {})).status).toBe(422);
    expect((await post(origin, path, { secret: 'x'.repeat(16_001) })).status).toBe(422);
    expect((await post(origin, path, { secret: 'mine' })).status).toBe(200);
  });

  it('gives a key back the line ends that a one-line field took', async () => {
    const body = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUxOQ';
    const key = `-----BEGIN OPENSSH PRIVATE KEY-----${body}-----END OPENSSH PRIVATE KEY-----`;
    await post(origin, open(), { secret: key });
    expect((await stored()).split('\n')).toEqual([
      '-----BEGIN OPENSSH PRIVATE KEY-----',
      body.slice(0, 70),
      body.slice(70),
      '-----END OPENSSH PRIVATE KEY-----',
      '',
    ]);
  });

  it('says when it could not be stored, without the secret', async () => {
    await rm(directory, { recursive: true });
    const { status, text } = await post(origin, open(), { secret: CANARY });
    expect(status).toBe(500);
    expect(text + said.join('')).not.toContain('C4nary');
    expect(said.join('')).toContain('secret.not-writable');
    directory = await mkdtemp(join(tmpdir(), 'zapas-secret-'));
  });
});

describe('where secrets are stored', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zapas-sink-'));
  });
  afterEach(async () => await rm(directory, { recursive: true }));

  it('is a file that the inventory names, and nothing else', async () => {
    const known = `file:${join(directory, 'known')}` as const;
    const sink = createSecretSink(() => [known, 'env:PGPASSWORD']);
    const refused = { code: 'secret.not-writable' };
    await expect(sink.put('env:PGPASSWORD', new Secret('x'))).rejects.toMatchObject(refused);
    await expect(sink.put(`file:${join(directory, 'other')}`, new Secret('x'))).rejects.toMatchObject(refused);
    await expect(sink.put(`${known}/../other`, new Secret('x'))).rejects.toMatchObject(refused);
    await sink.put(known, new Secret('x'));
    expect(await readFile(join(directory, 'known'), 'utf8')).toBe('x\n');
  });

  it('replaces a link instead of following it, and leaves nothing beside', async () => {
    const elsewhere = join(directory, 'elsewhere');
    await writeFile(elsewhere, 'untouched');
    await symlink(elsewhere, join(directory, 'known'));
    const ref = `file:${join(directory, 'known')}` as const;
    await createSecretSink(() => [ref]).put(ref, new Secret('x'));
    expect(await readFile(elsewhere, 'utf8')).toBe('untouched');
    expect((await stat(join(directory, 'known'))).mode & 0o777).toBe(0o600);
  });
});
