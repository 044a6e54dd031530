import { describe, expect, it } from 'vitest';
import type { Link } from '../../src/domain/links.ts';
import { withLinks } from '../../src/domain/links.ts';
import { personOf } from '../../src/domain/policy.ts';
import { people } from '../bot/people.ts';

const link = (platform: string, account: string, person: string): Link => ({
  platform,
  account,
  person,
  at: '2026-11-23T00:00:00Z',
});
const whose = (links: readonly Link[], platform: string, account: string): string | undefined =>
  personOf(withLinks(people(), links), platform, account)?.id;

describe('links', () => {
  it('give a person an account that the inventory does not name', () => {
    expect(whose([], 'slack', 'U1')).toBeUndefined();
    expect(whose([link('slack', 'U1', 'anna')], 'slack', 'U1')).toBe('anna');
  });

  it('never change what the inventory says: neither whose an account is, nor which account a person has', () => {
    expect(whose([link('slack', 'U-EWA', 'anna')], 'slack', 'U-EWA')).toBe('ewa');
    expect(withLinks(people(), [link('slack', 'U-EWA', 'anna')]).people['anna']?.accounts.slack).toBeUndefined();
    expect(whose([link('slack', 'U9', 'ewa')], 'slack', 'U9')).toBeUndefined();
  });

  it('of somebody who has left the inventory give nothing', () => {
    expect(whose([link('slack', 'U1', 'gone')], 'slack', 'U1')).toBeUndefined();
  });
});
