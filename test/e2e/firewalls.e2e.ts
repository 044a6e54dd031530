import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLab } from '../../lab/lab.ts';
import { mustRun, sql } from '../lab/support.ts';
import { bareLab } from './bare-lab.ts';
import type { Office } from './office.ts';
import { openOffice } from './office.ts';

const lab = openLab();

/** How an administrator shuts a Debian host but for ssh, and how the firewall comes back after a change of its files. */
const FIREWALLS = {
  ufw: {
    shut: 'systemctl unmask -q ufw; systemctl start ufw; ufw allow 22/tcp >/dev/null; ufw --force enable >/dev/null',
    again: 'ufw reload >/dev/null',
  },
  firewalld: {
    shut: 'systemctl unmask -q firewalld; systemctl start firewalld; firewall-cmd -q --state',
    again: 'systemctl restart firewalld; firewall-cmd -q --state',
  },
} as const;

/** What a host sees of the primary's database port. */
async function knock(from: string): Promise<string> {
  const seen = await mustRun(
    lab,
    from,
    'timeout 2 bash -c ": <>/dev/tcp/10.77.0.12/5432" 2>/dev/null && echo open || echo closed',
  );
  return seen.trim();
}

describe.runIf(lab.backend === 'nspawn').each(['ufw', 'firewalld'] as const)('a pair behind %s', (name) => {
  let office: Office;
  const { shut, again } = FIREWALLS[name];

  beforeEach(async () => {
    await bareLab(lab);
    await mustRun(
      lab,
      'primary',
      `sed -i "s/^listen_addresses = .*/listen_addresses = '*'/" /opt/mmedica/pgsql-17/data/postgresql.conf; systemctl restart postgresmm-17`,
    );
    office = await openOffice(lab);
    office.startWorker();
  });
  afterEach(() => office.close());
  afterAll(() => bareLab(lab));

  it('is set up: exactly the standby is let in, also after the firewall was loaded anew (M09)', async () => {
    expect(await knock('standby')).toBe('open');
    await Promise.all(['primary', 'standby'].map((host) => mustRun(lab, host, shut)));
    expect(await knock('standby')).toBe('closed');
    const { id } = await office.request('setup');
    const { state, error } = await office.seeThrough(id, 180);
    expect({ state, error }).toEqual({ state: 'succeeded', error: undefined });
    expect(await sql(lab, 'primary', 'select state from pg_stat_replication')).toBe('streaming');
    await mustRun(lab, 'primary', again);
    expect([await knock('standby'), await knock('app')]).toEqual(['open', 'closed']);
  });
});
