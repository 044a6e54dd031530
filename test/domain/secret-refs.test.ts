import { describe, expect, it } from 'vitest';
import type { SecretRef } from '../../src/domain/formats.ts';
import type { Inventory, Person, Role } from '../../src/domain/inventory.ts';
import { replaceable, secretUses } from '../../src/domain/secret-refs.ts';
import { people } from '../bot/people.ts';

const SLACK = {
  botToken: 'file:/etc/zapas/slack',
  signingSecret: 'env:SIGNING',
  mode: 'http',
  listen: '127.0.0.1:3000',
  team: 'T0123',
  channels: { ops: 'C0123', approvals: 'C0124' },
} as const;

function inventory(): Inventory {
  const base = people();
  const clinic = base.sites['clinic'];
  const demo = clinic?.clusters['demo'];
  if (!clinic || !demo) throw new Error('no demo');
  const other = { ...demo, primary: 'one', standby: 'two', backupPassword: 'file:/etc/zapas/other' };
  return {
    ...base,
    platforms: { slack: SLACK },
    sites: {
      clinic: { ...clinic, clusters: { demo: { ...demo, standby: 'one', backupPassword: 'file:/etc/zapas/backup' } } },
      other: { ...clinic, clusters: { other } },
    },
  };
}

const person = (role: Role, sites: '*' | string[]): Person => ({
  id: 'x',
  name: 'X',
  language: 'en',
  accounts: {},
  roles: [{ role, sites }],
});

const may = (role: Role, sites: '*' | string[]): readonly SecretRef[] => replaceable(inventory(), person(role, sites));

describe('the secrets of an inventory', () => {
  it('are known with the sites that rest on them', () => {
    expect(secretUses(inventory())).toEqual([
      { ref: 'file:/etc/zapas/slack', sites: '*' },
      { ref: 'env:SIGNING', sites: '*' },
      { ref: 'file:/etc/zapas/id_ed25519', sites: ['clinic', 'other'] },
      { ref: 'file:/etc/zapas/backup', sites: ['clinic'] },
      { ref: 'file:/etc/zapas/other', sites: ['other'] },
    ]);
  });

  it('are replaced by an administrator of every site they serve, and only where they are files', () => {
    expect(may('admin', '*')).toEqual([
      'file:/etc/zapas/slack',
      'file:/etc/zapas/id_ed25519',
      'file:/etc/zapas/backup',
      'file:/etc/zapas/other',
    ]);
    expect(may('admin', ['clinic'])).toEqual(['file:/etc/zapas/backup']);
    expect(may('admin', ['clinic', 'other'])).toEqual([
      'file:/etc/zapas/id_ed25519',
      'file:/etc/zapas/backup',
      'file:/etc/zapas/other',
    ]);
    for (const role of ['operator', 'approver', 'viewer'] as const) expect(may(role, '*')).toEqual([]);
  });
});
