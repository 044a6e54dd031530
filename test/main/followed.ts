import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isMap, parseDocument } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

/** Something the guide has the reader do. */
export type Instruction =
  | { readonly do: 'type'; readonly commands: string; readonly pasted?: string }
  | { readonly do: 'configure'; readonly yaml: string };

/** What the reader has that the guide cannot know: tokens to paste, in order, and ids instead of those in its examples. */
export interface Reader {
  readonly tokens: readonly string[];
  readonly ids: Readonly<Record<string, string>>;
}

/** The fenced blocks of the guide up to the section that no longer sets anything up, and the commands its last sentence names. */
export function instructionsOf(guide: string, { tokens, ids }: Reader): readonly Instruction[] {
  const page = readFileSync(join(ROOT, 'docs/setup', guide), 'utf8');
  const steps = page.slice(0, page.search(/^## \D/m));
  const pasted = [...tokens];
  return [...steps.matchAll(/^( *)```(sh|yaml)\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', kind, block = '']) => {
    const own = Object.entries(ids).reduce((so, [example, id]) => so.replaceAll(example, id), block);
    const commands = own.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    if (kind === 'yaml') return { do: 'configure', yaml: commands } as const;
    const token = commands.includes('read -rs') ? pasted.shift() : undefined;
    return { do: 'type', commands, ...(token !== undefined && { pasted: token }) } as const;
  });
}

/** The command with which the guide starts Zapas, and what it has the reader type into the channel then. */
export function endOf(guide: string): { readonly start: string; readonly typed: string } {
  const page = readFileSync(join(ROOT, 'docs/setup', guide), 'utf8');
  const [, start = ''] = /`(npx zapas start)`/.exec(page) ?? [];
  const [, typed = ''] = /`(\/zapas help)`/.exec(page) ?? [];
  return { start, typed };
}

/** A directory in which Zapas was installed by section 1 of the administrator's guide, up to its first own command. */
export async function installInto(directory: string): Promise<void> {
  const bin = join(directory, 'node_modules', '.bin');
  await mkdir(bin, { recursive: true });
  const program = `#!/bin/sh\nexec node --import ${import.meta.resolve('tsx')} ${join(ROOT, 'src/main/cli.ts')} "$@"\n`;
  await writeFile(join(bin, 'zapas'), program, { mode: 0o755 });
  await symlink(join(ROOT, 'docs'), join(directory, 'docs'));
}

/** Types lines into a shell there; a token is pasted when it is asked for. */
export async function typeInto(
  directory: string,
  env: NodeJS.ProcessEnv,
  { commands, pasted }: { readonly commands: string; readonly pasted?: string },
): Promise<{ readonly exit: number; readonly out: string }> {
  const shell = begin(directory, env, commands);
  shell.stdin?.end(pasted === undefined ? '' : `${pasted}\n`);
  const [out, err] = await Promise.all([streamed(shell.stdout), streamed(shell.stderr), once(shell, 'close')]);
  return { exit: shell.exitCode ?? -1, out: out + err };
}

/** A shell of its own group, so that all of it can be ended. */
export function begin(directory: string, env: NodeJS.ProcessEnv, commands: string): ChildProcess {
  return spawn('bash', ['-c', commands], { cwd: directory, env, detached: true, stdio: 'pipe' });
}

async function streamed(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream ? await text(stream as NodeJS.ReadStream) : '';
}

/** Writes what the guide shows into the inventory, at the place where it belongs. */
export async function configure(directory: string, yaml: string): Promise<void> {
  const file = join(directory, 'zapas.yaml');
  const inventory = parseDocument(await readFile(file, 'utf8'));
  const merge = (path: readonly unknown[], value: unknown): void => {
    if (!isPlain(value) || !isMap(inventory.getIn(path))) return inventory.setIn(path, value);
    for (const [key, inner] of Object.entries(value)) merge([...path, key], inner);
  };
  merge([], parseDocument(yaml).toJS());
  await writeFile(file, inventory.toString());
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
