import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliServices } from '../../src/cli/services.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import { embeddedStore, type Scratch } from '../adapters/store/scratch.ts';
import type { Hand } from '../bot/hand.ts';
import { handOn, THE_REST } from '../bot/hand.ts';
import { servicesOver, type Typed, type } from './typed.ts';

describe('zapas report', () => {
  let scratch: Scratch;
  let hand: Hand;
  let services: CliServices;
  let directory: string;
  let run: string;
  const typed = (line: string): Promise<Typed> => type(services, line);
  const path = (name: string): string => join(directory, name);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'zapas-report-'));
    scratch = await embeddedStore();
    hand = handOn(scratch.store);
    services = servicesOver(scratch.store);
    const asking = typed('run failover demo --as anna');
    const { id } = await hand.find('ready');
    run = id;
    await hand.ask(id);
    await asking;
  });
  afterAll(async () => {
    await scratch.remove();
    await rm(directory, { recursive: true });
  });

  it('tells of a run that is not over, and says so', async () => {
    const out = path('early.md');
    expect(await typed(`report ${run} --as anna --format md --out ${out}`)).toMatchObject({ exit: 0, err: '' });
    const text = await readFile(out, 'utf8');
    expect(text).toContain('PRZEBIEG JESZCZE TRWA');
    expect(text).toContain('jeszcze nie zapadła');
  });

  it('writes one page for the eyes of this account alone, with the decision, the outage, the LSN and the proof', async () => {
    const approving = typed(`approve ${run} --as piotr --name demo --note "after a call"`);
    await hand.find('ready');
    await hand.record(run, ...THE_REST);
    await approving;
    const out = path('report.html');
    const done = await typed(`report ${run} en --as anna --out ${out}`);
    expect(done).toMatchObject({ exit: 0, err: '', out: expect.stringContaining(out) });
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const page = await readFile(out, 'utf8');
    for (const words of [
      'Piotr Zieliński',
      'after a call',

      'WAL received up to',
      'Zapas</dt><dd>1.2.3',
    ])
      expect(page).toContain(words);
    const [, known = ''] = /zapas audit verify --known (\d+:[0-9a-f]{64})/.exec(page) ?? [];
    const verdict = await scratch.store.audit.verify();
    expect(verdict.ok && `${verdict.rows}:${verdict.head}`).toBe(known);
    expect(await typed(`audit verify --known ${known}`)).toMatchObject({ exit: 0 });
  });

  it('has its proof refused by a trail that says something else', async () => {
    const { rows } = (await scratch.store.audit.verify()) as { readonly rows: number };
    const other = `${rows}:${'0'.repeat(64)}`;
    expect(await typed(`audit verify --known ${other}`)).toMatchObject({ exit: ERRORS['audit.broken'].exit });
    expect(await typed(`audit verify --known ${rows + 1}:${'0'.repeat(64)}`)).toMatchObject({
      exit: ERRORS['audit.broken'].exit,
    });
    expect(await typed('audit verify --known half')).toMatchObject({ exit: ERRORS['input.invalid'].exit });
  });

  it('overwrites nothing, and says where it could not write', async () => {
    const out = path('there.html');
    await writeFile(out, 'mine');
    const refused = await typed(`report ${run} --as anna --out ${out}`);
    expect(refused).toMatchObject({ exit: ERRORS['report.exists'].exit, out: '' });
    expect(await readFile(out, 'utf8')).toBe('mine');
    const nowhere = await typed(`report ${run} --as anna --out ${path('no/such/directory.html')}`);
    expect(nowhere).toMatchObject({ exit: ERRORS['report.unwritable'].exit, err: expect.stringContaining('ENOENT') });
  });

  it('is for whoever may see the run, and stands in the trail', async () => {
    const out = path('jans.html');
    expect(await typed(`report ${run} --as jan --out ${out}`)).toMatchObject({ exit: 0 });
    expect(await typed(`report ${run} --as obcy --out ${path('obcy.html')}`)).toMatchObject({
      exit: ERRORS['policy.denied'].exit,
    });
    expect(await typed(`report nosuchrun --as jan --out ${path('none.html')}`)).toMatchObject({
      exit: ERRORS['input.unknown-run'].exit,
    });
    await expect(stat(path('obcy.html'))).rejects.toThrow('ENOENT');
    const taken = (await scratch.store.audit.read(run)).filter(({ event }) => event.type === 'report-taken');
    expect(taken.at(-1)?.event).toMatchObject({ by: { person: 'jan', platform: 'terminal' }, format: 'html' });
    expect(await readFile(out, 'utf8')).toContain('Jan Mazur');
  });

  it('is saved beside whoever types it at the console, once', async () => {
    const before = process.cwd();
    process.chdir(directory);
    try {
      const stdin = new PassThrough();
      stdin.end(`report ${run} en\nreport ${run} en\n`);
      const { out } = await type(services, 'console --as anna', { stdin });
      const name = `zapas-failover-demo-${run}.html`;
      expect(out).toContain(`Zapisano jako ${name}`);
      expect(out).toContain(`Plik ${name} już istnieje`);
      expect((await stat(path(name))).mode & 0o777).toBe(0o600);
    } finally {
      process.chdir(before);
    }
  });

  it('takes neither a language nor a format that there is not', async () => {
    expect(await typed(`report ${run} --as anna --language de`)).toMatchObject({ exit: 2 });
    expect(await typed(`report ${run} --as anna --format pdf`)).toMatchObject({ exit: 2 });
  });
});
