import type { Lab } from '../lab/lab.ts';

/** What the clinic's workstation has written so far. Times are milliseconds since the epoch, by the workstation's clock. */
export interface Ledger {
  readonly acknowledged: number;
  readonly last: number;
  /** The longest time without an acknowledged write. */
  readonly longestGap: number;
}

const LOG = '/var/tmp/visits.log';

/** The clinic works: the workstation books a visit every tenth of a second and notes each one the server acknowledged. */
export async function openClinic(lab: Lab): Promise<void> {
  await lab.run(
    'app',
    `rm -f ${LOG}; cat > /usr/local/bin/clinic <<'SH'
#!/bin/bash
while :; do
  id=$(timeout 3 psql service=db -XAtqc "insert into visits (note) values ('demo') returning id" 2>/dev/null) &&
    [ -n "$id" ] && printf '%s %s\\n' "$(date +%s%3N)" "$id" >> ${LOG}
  sleep 0.1
done
SH
chmod 755 /usr/local/bin/clinic; systemd-run --quiet --unit=clinic --setenv=HOME=/root /usr/local/bin/clinic`,
  );
}

export async function closeClinic(lab: Lab): Promise<void> {
  await lab.run('app', 'systemctl stop clinic || true');
}

/** Reads what was acknowledged. */
export async function readLedger(lab: Lab): Promise<Ledger> {
  const { stdout } = await lab.run('app', `cat ${LOG} 2>/dev/null || true`);
  const times = stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => Number(line.split(' ')[0]));
  const gaps = times.map((time, index) => (index === 0 ? 0 : time - (times[index - 1] ?? time)));
  return { acknowledged: times.length, last: times.at(-1) ?? 0, longestGap: Math.max(0, ...gaps) };
}

/** How many acknowledged visits a server holds: none may be missing. */
export async function countMissing(lab: Lab, host: string): Promise<number> {
  const { stdout: log } = await lab.run('app', `cut -d' ' -f2 ${LOG}`);
  const { stdout: rows } = await lab.run(
    host,
    `runuser -u postgres -- psql -XAtqd mmedica -c "select id from visits where note = 'demo'"`,
  );
  const held = new Set(rows.trim().split('\n'));
  return log
    .trim()
    .split('\n')
    .filter((id) => id !== '' && !held.has(id)).length;
}
