import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpsError } from '../../../domain/errors.ts';
import type { Translator } from '../../../i18n/translate.ts';
import { explainTo } from '../../cards/context.ts';
import type { Attachment } from '../../platform.ts';

/**
 * Writes a file that one person was given, for the eyes of this account alone. One that is there already stays as it is: throws
 * `report.exists`; `report.unwritable` where it cannot be written.
 */
export async function saveFile(path: string, { content }: Pick<Attachment, 'content'>): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const detail = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw detail === 'EEXIST'
      ? new OpsError('report.exists', { file: path })
      : new OpsError('report.unwritable', { file: path, detail });
  }
}

/**
 * Puts a file that nobody asked for by name beside the machine's temporary ones, for the eyes of this account alone. Gives a line
 * that says where it is, or what went wrong.
 */
export async function keepFile(
  t: Translator,
  { name, content }: Pick<Attachment, 'name' | 'content'>,
): Promise<string> {
  try {
    const path = join(await mkdtemp(join(tmpdir(), 'zapas-')), name);
    await saveFile(path, { content });
    return t.say('terminal.saved', { file: path });
  } catch (error) {
    const detail = error instanceof OpsError ? error.code : String(error);
    return explainTo(t.language, { code: 'report.unwritable', params: { file: name, detail } }).what;
  }
}
