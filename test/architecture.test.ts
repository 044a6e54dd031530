import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImports } from '../tools/layers.ts';

const SRC = join(import.meta.dirname, '..', 'src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('the architecture', () => {
  it('is kept by every source file', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.flatMap((file) => checkImports(file, readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
  });

  it.each([
    ['domain/run.ts', "import { x } from '../bot/x.ts';"],
    ['bot/decide.ts', "import type { x } from '../jobs/engine/x.ts';"],
    ['jobs/worker/worker.ts', "import {\n  a,\n  b,\n} from '../../bot/x.ts';"],
    ['runbooks/setup.ts', "export { x } from '../adapters/ssh/x.ts';"],
    ['bot/router.ts', "import { Client } from 'ssh2';"],
    ['adapters/ssh/x.ts', "import pg from 'pg';"],
    ['runbooks/facts/os.ts', "import { readFile } from 'node:fs/promises';"],
    ['jobs/engine/x.ts', "const later = await import('../../adapters/store/x.ts');"],
    ['elsewhere/x.ts', ''],
  ])('a forbidden import in %s is caught', (file, source) => {
    expect(checkImports(file, source)).toHaveLength(1);
  });

  it.each([
    ['main/worker.ts', "import pg from 'pg';"],
    ['adapters/ssh/x.ts', "import { Client } from 'ssh2';\nimport type { Host } from '../../domain/inventory.ts';"],
    ['jobs/engine/x.ts', "import { y } from './y.ts';"],
  ])('an allowed import in %s is not', (file, source) => {
    expect(checkImports(file, source)).toEqual([]);
  });
});
