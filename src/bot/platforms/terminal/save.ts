import { writeFile } from 'node:fs/promises';
import { OpsError } from '../../../domain/errors.ts';
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
