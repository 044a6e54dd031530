import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { OpsError } from '../domain/errors.ts';
import type { Inventory } from '../domain/inventory.ts';
import { inventorySchema } from '../domain/inventory.ts';
import { brokenReferences } from './references.ts';

/** One thing wrong with an inventory: where exactly, and what. `line` counts from 1. */
export interface InventoryProblem {
  readonly line: number;
  /** Dotted path of keys, e.g. `sites.clinic.clusters.demo.port`. */
  readonly key: string;
  readonly message: string;
}

export type ParsedInventory =
  | { readonly ok: true; readonly inventory: Inventory }
  | { readonly ok: false; readonly problems: readonly InventoryProblem[] };

/** Parses and checks `zapas.yaml`; gives every problem at once, in the order of the file. Pure. */
export function parseInventory(source: string): ParsedInventory {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((e) => ({ line: lineAt(e.pos[0]), key: '', message: e.message })),
    };
  }
  const located = (path: readonly PropertyKey[], message: string): InventoryProblem => ({
    line: lineAt(offsetOf(document, path)),
    key: path.map(String).join('.'),
    message,
  });
  const parsed = inventorySchema.safeParse(document.toJS());
  const problems = parsed.success
    ? brokenReferences(parsed.data).map(({ path, message }) => located(path, message))
    : parsed.error.issues.flatMap(flattenIssue).map(({ path, message }) => located(path, message));
  if (parsed.success && problems.length === 0) return { ok: true, inventory: parsed.data };
  return { ok: false, problems: problems.toSorted((a, b) => a.line - b.line) };
}

/** Reads the inventory file. Throws `config.invalid` that names file, line, key and the number of further problems. */
export async function loadInventory(path: string): Promise<Inventory> {
  const parsed = parseInventory(await readInventory(path));
  if (parsed.ok) return parsed.inventory;
  const [first] = parsed.problems;
  throw new OpsError('config.invalid', {
    file: path,
    line: first?.line ?? 1,
    key: first?.key ?? '',
    detail: first?.message ?? '',
    more: parsed.problems.length - 1,
  });
}

/** The JSON schema of the inventory, for editors (`# yaml-language-server: $schema=…`). */
export function inventoryJsonSchema(): unknown {
  return z.toJSONSchema(inventorySchema, { io: 'input' });
}

/** The text of the inventory file. Throws `config.invalid` that names the file. */
export async function readInventory(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new OpsError('config.invalid', { file: path, line: 1, key: '', detail: String(error), more: 0 }, error);
  }
}

function flattenIssue(issue: z.core.$ZodIssue): readonly { path: readonly PropertyKey[]; message: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown key' }));
  }
  return [{ path: issue.path, message: issue.message }];
}

/** Where the value of a path begins; for a missing one, where the deepest part of the path that exists begins. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
