import { describe, expect, it } from 'vitest';
import { updateOf } from '../../../src/runbooks/traffic/record.ts';

describe('a dynamic update (M24)', () => {
  it('is refused by the server unless the record is the one we know', () => {
    const move = { server: '192.0.2.53', zone: 'klinika.test', name: 'db.klinika.test', ttl: 30 };
    expect(updateOf({ ...move, from: '10.77.0.12', to: '10.77.0.13' })).toEqual([
      'server 192.0.2.53',
      'zone klinika.test.',
      'prereq yxrrset db.klinika.test. A 10.77.0.12',
      'update delete db.klinika.test. A',
      'update add db.klinika.test. 30 A 10.77.0.13',
      'send',
    ]);
  });

  it('of an IPv6 address', () => {
    const move = {
      server: 'ns',
      zone: 'k.test.',
      name: 'db.k.test.',
      ttl: 5,
      from: '2001:db8::12',
      to: '2001:db8::13',
    };
    expect(updateOf(move).slice(2, 5)).toEqual([
      'prereq yxrrset db.k.test. AAAA 2001:db8::12',
      'update delete db.k.test. AAAA',
      'update add db.k.test. 5 AAAA 2001:db8::13',
    ]);
  });
});
