#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../cli/program.ts';
import type { CliWorld } from '../cli/services.ts';
import { printError } from '../cli/session.ts';
import { readSettings } from '../config/settings.ts';
import { errorRef } from '../domain/errors.ts';
import { createServices } from './services.ts';

/** The version in the nearest package.json above: the same for the sources and for the built program. */
function versionAbove(directory: string): string {
  try {
    const manifest: { version: string } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return manifest.version;
  } catch {
    return versionAbove(join(directory, '..'));
  }
}

function worldOf(): CliWorld {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { stdin, stdout, stderr, env } = process;
  return {
    stdin,
    stdout,
    stderr,
    language: (env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '').startsWith('pl') ? 'pl' : 'en',
    colour: (stdout.isTTY && env['NO_COLOR'] === undefined) || env['FORCE_COLOR'] !== undefined,
    interrupted: interrupted.signal,
  };
}

async function main(): Promise<number> {
  const world = worldOf();
  try {
    const settings = await readSettings(process.env);
    return await runCli(
      createServices(settings, process.env, versionAbove(import.meta.dirname)),
      world,
      process.argv.slice(2),
    );
  } catch (error) {
    return printError(world, errorRef(error));
  }
}

process.exitCode = await main();
