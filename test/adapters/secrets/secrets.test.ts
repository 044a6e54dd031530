import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecrets } from '../../../src/adapters/secrets/secrets.ts';

describe('secrets by reference', () => {
  let dir: string;
  const secrets = createSecrets({ PASSWORD: 'pässword', EMPTY: '' });
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'zapas-secrets-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const file = async (content: string, mode = 0o600): Promise<`file:${string}`> => {
    const path = join(dir, `f${mode}`);
    await writeFile(path, content);
    await chmod(path, mode);
    return `file:${path}`;
  };

  it('come from the environment', async () => {
    expect((await secrets.get('env:PASSWORD')).reveal()).toBe('pässword');
  });

  it.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['two\nlines\n\n', 'two\nlines\n'],
    [' blanks ', ' blanks '],
  ])('come from a file, %j without its last line break', async (content, value) => {
    expect((await secrets.get(await file(content))).reveal()).toBe(value);
  });

  it.each(['env:MISSING', 'env:EMPTY', 'file:/nonexistent/secret'])('%s is missing', async (ref) => {
    await expect(secrets.get(ref)).rejects.toMatchObject({ code: 'config.secret-missing', params: { ref } });
  });

  it('an empty file is no secret', async () => {
    await expect(secrets.get(await file('\n'))).rejects.toMatchObject({ params: { detail: 'empty' } });
  });

  it('a file that everybody may read is refused, and the error says what to do', async () => {
    await expect(secrets.get(await file('s', 0o644))).rejects.toMatchObject({
      code: 'config.secret-missing',
      params: { detail: expect.stringContaining('chmod 600') },
    });
    expect((await secrets.get(await file('s', 0o640))).reveal()).toBe('s');
  });
});
