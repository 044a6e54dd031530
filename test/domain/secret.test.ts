import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { OpsError } from '../../src/domain/errors.ts';
import { canonicalJson } from '../../src/domain/plan.ts';
import { revealWord, Secret } from '../../src/domain/secret.ts';

const CANARY = 'canary-5f1d';
const secret = new Secret(CANARY);

describe('a secret', () => {
  it.each([
    ['String()', () => String(secret)],
    ['toString()', () => secret.toString()],
    ['concatenation', () => ['a', secret].join('')],
    ['JSON', () => JSON.stringify({ deep: [secret] })],
    ['canonical JSON', () => canonicalJson({ secret })],
    ['console', () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['a format string', () => format('%s %o %j', secret, secret, secret)],
    ['its keys', () => [...Object.keys(secret), ...Reflect.ownKeys(secret)].map(String).join()],
    ['a copy', () => inspect(Object.assign({}, secret))],
    ['structured clone', () => inspect(structuredClone({ secret }))],
    ['an error', () => inspect(new OpsError('internal.bug', { detail: secret.toString() }, secret))],
  ])('does not come out by %s', (_way, show) => {
    expect(show()).not.toContain(CANARY);
  });

  it('comes out by the one way that a search finds', () => {
    expect(secret.reveal()).toBe(CANARY);
    expect([revealWord(secret), revealWord('plain')]).toEqual([CANARY, 'plain']);
  });
});
