import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Route } from './http.ts';

const TYPES = {
  'console.css': 'text/css; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The style, the script and the sign of every page; they tell nothing, so nobody has to sign in for them. */
export function assetRoutes(): readonly Route[] {
  return Object.entries(TYPES).map(([name, type]) => ({
    method: 'GET',
    path: `/assets/${name}`,
    handle: async () => ({
      type,
      headers: { 'cache-control': 'private, max-age=60' },
      body: await readFile(join(import.meta.dirname, 'assets', name)),
    }),
  }));
}
