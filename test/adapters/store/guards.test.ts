import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkHash } from '../../../src/adapters/store/audit-chain.ts';
import { begin, decision, wait } from '../../contracts/run-store.ts';
import { ANNA } from '../../domain/runs.ts';
import type { Scratch } from './scratch.ts';
import { STORES } from './scratch.ts';

const APPROVE = `
  update zapas.gate set verdict = 'granted', decided_by = $2, decided_on = 'psql', decided_at = now()
  where run = $1 and number = 1`;

describe.each(STORES)('what the database itself refuses, on %s', (_name, open) => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await open();
  });
  afterAll(async () => {
    await scratch.remove();
  });

  it('an approval by the requester, also by raw SQL', async () => {
    const { id } = await wait(scratch.store);
    await expect(scratch.sql(APPROVE, [id, ANNA.person])).rejects.toThrow('gate_second_person');
    const alias = 'update zapas.gate set requested_by = $2 where run = $1';
    await expect(scratch.sql(alias, [id, 'somebody'])).rejects.toThrow('only the decision');
    await expect(scratch.sql('update zapas.run set requester = $2 where id = $1', [id, 'somebody'])).rejects.toThrow(
      'foreign key',
    );
    await expect(scratch.sql(APPROVE, [id, null])).rejects.toThrow('check constraint');
    await scratch.sql(APPROVE, [id, 'piotr']);
  });

  it('a second decision, and the removal of a gate', async () => {
    const { id } = await wait(scratch.store);
    await scratch.store.runs.apply(id, decision());
    await expect(scratch.sql(APPROVE, [id, 'ewa'])).rejects.toThrow('is closed');
    await expect(scratch.sql('delete from zapas.gate where run = $1', [id])).rejects.toThrow('kept for ever');
    await expect(scratch.sql('truncate zapas.gate')).rejects.toThrow('kept for ever');
  });

  it('two mutating runs of one cluster at a time', async () => {
    const { cluster } = await begin(scratch.store);
    const other = await begin(scratch.store);
    await expect(scratch.sql('update zapas.run set cluster = $2 where id = $1', [other.id, cluster])).rejects.toThrow(
      'run_cluster_lock',
    );
  });

  it.each([
    ["update zapas.audit set run = 'other'"],
    ['delete from zapas.audit where number = 1'],
    ['truncate zapas.audit'],
    ['delete from zapas.audit_head'],
    ['update zapas.audit_head set number = number - 1'],
    [`insert into zapas.audit_head (single, number, hash) values (false, 1, '')`],
  ])('to change what is written in the audit trail: %s', async (statement) => {
    await begin(scratch.store);
    await expect(scratch.sql(statement)).rejects.toThrow(/append-only|only grows|check constraint/);
    expect(await scratch.store.audit.verify()).toMatchObject({ ok: true });
  });
});

const broken = (at: number, reason: string): unknown => {
  const verdict = { ok: false, at, reason };
  return [verdict, verdict];
};
const end = (rows: number): string => `
  update zapas.audit_head set number = ${rows}, hash = (select hash from zapas.audit where number = ${rows})`;

describe.each(STORES)('an audit trail changed by an owner of the database, on %s', (_name, open) => {
  let scratch: Scratch;
  /** Changes the trail past its triggers, looks, and puts it back. */
  const tampered = async (...statements: readonly string[]): Promise<unknown> => {
    const noted = await scratch.store.audit.verify();
    expect(noted).toMatchObject({ ok: true });
    await scratch.sql('create table kept as select * from zapas.audit');
    await scratch.sql('create table kept_head as select * from zapas.audit_head');
    for (const table of ['audit', 'audit_head']) await scratch.sql(`alter table zapas.${table} disable trigger user`);
    for (const statement of statements) await scratch.sql(statement);
    const { audit } = scratch.store;
    const verdicts = [await audit.verify(), noted.ok && (await audit.verify(noted))];
    await scratch.sql('truncate zapas.audit');
    await scratch.sql('insert into zapas.audit select * from kept');
    await scratch.sql('update zapas.audit_head set number = kept_head.number, hash = kept_head.hash from kept_head');
    await scratch.sql('drop table kept, kept_head');
    expect(await scratch.store.audit.verify()).toEqual(noted);
    return verdicts;
  };
  beforeAll(async () => {
    scratch = await open();
    await scratch.store.runs.apply((await wait(scratch.store)).id, decision());
  });
  afterAll(async () => {
    await scratch.remove();
  });

  it('shows an altered event', async () => {
    const other = `update zapas.audit set event = replace(event::text, 'piotr', 'ewa')::json where number = 5`;
    expect(await tampered(other)).toEqual(broken(5, 'hash'));
    expect(await tampered(`update zapas.audit set run = 'other' where number = 2`)).toEqual(broken(2, 'hash'));
  });

  it('shows an altered event with a new hash', async () => {
    const statement = `update zapas.audit set hash = repeat('a', 64), prev = prev where number = 3`;
    expect(await tampered(statement)).toEqual(broken(3, 'hash'));
    const relinked = `update zapas.audit set prev = repeat('a', 64) where number = 4`;
    expect(await tampered(relinked)).toEqual(broken(4, 'link'));
  });

  it('shows a removed event, also when those behind it move up', async () => {
    const remove = 'delete from zapas.audit where number = 3';
    expect(await tampered(remove)).toEqual(broken(3, 'gap'));
    const moveUp = [
      'update zapas.audit set number = 3 where number = 4',
      'update zapas.audit set number = 4 where number = 5',
    ];
    expect(await tampered(remove, ...moveUp)).toEqual(broken(3, 'link'));
  });

  it('shows an inserted event', async () => {
    const insert = `
      insert into zapas.audit (number, run, event, prev, hash)
      select 6, run, event, hash, repeat('b', 64) from zapas.audit where number = 5`;
    expect(await tampered(insert)).toEqual(broken(6, 'hash'));
    const [last] = (await scratch.store.audit.read()).slice(-1);
    if (!last) throw new Error('no row');
    const hash = linkHash(last.hash, 6, last.run, last.event);
    expect(await tampered(insert.replace(`repeat('b', 64)`, `'${hash}'`))).toEqual(broken(6, 'link'));
  });

  it('shows a tail that was cut off, also with the head set back when an older head is known', async () => {
    const cut = 'delete from zapas.audit where number > 3';
    expect(await tampered(cut)).toEqual(broken(4, 'gap'));
    expect(await tampered(cut, end(3))).toEqual([
      expect.objectContaining({ ok: true, rows: 3 }),
      { ok: false, at: 4, reason: 'gap' },
    ]);
  });
});
