import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_ANSWER_BYTES } from '../../../src/adapters/winrm/wsman/answers.ts';
import type { OpsError } from '../../../src/domain/errors.ts';
import type { Disturbance } from '../../fakes/winrm/host.ts';
import { Fault, noShell, quotaUsedUp, timedOut } from '../../fakes/winrm/shells.ts';
import { bench, failure, run, until } from './support.ts';

/** A file that counts how often a command really ran. */
function counter(): { readonly command: string; readonly count: () => number } {
  const dir = mkdtempSync(join(tmpdir(), 'zapas-winrm-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'ran');
  writeFileSync(path, '');
  return { command: `echo ran >> '${path}'; echo out`, count: () => readFileSync(path, 'utf8').split('\n').length - 1 };
}

const denied = new Fault('AccessDenied', 5, 'Access is denied.');
const broken = new Fault('InternalError', 1359, 'An internal error occurred.');

/** What a disturbance at an operation may lead to. `ran`: how often the command may have run then. */
interface Case {
  readonly at: string;
  readonly by: string;
  readonly disturbance: Disturbance;
  readonly ends: OpsError['code'] | 'success';
  readonly ran: readonly number[];
}

const CASES: readonly Case[] = [
  { at: 'Create', by: 'cut', disturbance: 'cut', ends: 'host.unreachable', ran: [0] },
  { at: 'Create', by: 'cut after it was done', disturbance: 'cut-after', ends: 'host.unreachable', ran: [0] },
  { at: 'Create', by: 'access denied', disturbance: denied, ends: 'host.access-denied', ran: [0] },
  { at: 'Create', by: 'quota', disturbance: quotaUsedUp(), ends: 'success', ran: [1] },
  { at: 'Create', by: 'any fault', disturbance: broken, ends: 'host.refused', ran: [0] },
  { at: 'Create', by: 'time-out', disturbance: timedOut(), ends: 'host.unreachable', ran: [0] },
  { at: 'Command', by: 'cut', disturbance: 'cut', ends: 'exec.outcome-unknown', ran: [0] },
  { at: 'Command', by: 'cut after it was done', disturbance: 'cut-after', ends: 'exec.outcome-unknown', ran: [0, 1] },
  { at: 'Command', by: 'access denied', disturbance: denied, ends: 'host.access-denied', ran: [0] },
  { at: 'Command', by: 'quota', disturbance: quotaUsedUp(), ends: 'host.quota', ran: [0] },
  { at: 'Command', by: 'any fault', disturbance: broken, ends: 'host.refused', ran: [0] },
  { at: 'Command', by: 'time-out', disturbance: timedOut(), ends: 'exec.outcome-unknown', ran: [0] },
  { at: 'Receive', by: 'cut', disturbance: 'cut', ends: 'exec.outcome-unknown', ran: [0, 1] },
  { at: 'Receive', by: 'cut after it was done', disturbance: 'cut-after', ends: 'exec.outcome-unknown', ran: [0, 1] },
  { at: 'Receive', by: 'shell gone', disturbance: noShell(), ends: 'exec.outcome-unknown', ran: [0, 1] },
  { at: 'Receive', by: 'any fault', disturbance: broken, ends: 'exec.outcome-unknown', ran: [0, 1] },
  { at: 'Receive', by: 'time-out', disturbance: timedOut(), ends: 'success', ran: [1] },
  { at: 'Send', by: 'cut', disturbance: 'cut', ends: 'exec.outcome-unknown', ran: [0, 1] },
  { at: 'Send', by: 'any fault', disturbance: broken, ends: 'success', ran: [1] },
  { at: 'Signal', by: 'cut', disturbance: 'cut', ends: 'success', ran: [1] },
  { at: 'Signal', by: 'cut after it was done', disturbance: 'cut-after', ends: 'success', ran: [1] },
  { at: 'Signal', by: 'any fault', disturbance: broken, ends: 'success', ran: [1] },
  { at: 'Signal', by: 'shell gone', disturbance: noShell(), ends: 'success', ran: [1] },
];

describe.each(CASES)('$at disturbed by $by', ({ at, disturbance, ends, ran }) => {
  it(`ends in ${ends}, and the next command runs`, async () => {
    let armed = true;
    const { connection, host } = await bench({
      disturb: ({ operation }) => {
        if (!armed || operation !== at) return undefined;
        armed = false;
        return disturbance;
      },
    });
    const { command, count } = counter();
    // A Send that is lost must be noticed while the command runs: it waits for its input.
    const waiting = at === 'Send' && disturbance === 'cut' ? 'cat >&2; ' : '';
    const outcome = await run(connection, waiting + command).catch((error: OpsError) => error.code);
    expect(typeof outcome === 'string' ? outcome : 'success').toBe(ends);
    expect(ran).toContain(count());
    const next = await run(connection, 'echo next');
    expect(next.stdout.toString()).toBe('next\n');
    await connection.close();
    const orphans = at === 'Create' && disturbance === 'cut-after' ? 1 : 0;
    expect(host.shells.all.size).toBe(orphans);
  });
});

it('a host that loses every shell at once is not asked for ever', async () => {
  const { connection, host } = await bench({
    disturb: ({ operation }) => (operation === 'Command' ? noShell() : undefined),
  });
  expect((await failure(run(connection, 'true'))).code).toBe('host.unreachable');
  expect(host.count('Command')).toBe(1);
});

describe('an outcome that is not known', () => {
  it('is not left running: the shell is deleted when the host answers again', async () => {
    const { connection, host } = await bench({
      disturb: ({ operation }, nth) => (operation === 'Receive' && nth === 1 ? 'cut' : undefined),
    });
    expect((await failure(run(connection, 'sleep 60'))).code).toBe('exec.outcome-unknown');
    expect(host.shells.all.size).toBe(0);
  });

  it('comes as soon as the answer is overdue', async () => {
    const { connection } = await bench(
      { disturb: ({ operation }) => (operation === 'Receive' ? 'swallow' : undefined) },
      {},
      { pollMs: 50, graceMs: 100 },
    );
    const error = await failure(run(connection, 'true'));
    expect(error).toMatchObject({ code: 'exec.outcome-unknown', params: { reason: 'silent' } });
  });

  it('follows from a link cut in mid-command', async () => {
    const { connection, host } = await bench();
    const running = failure(run(connection, 'sleep 60'));
    await until(() => host.count('Receive') > 0);
    host.cutAll();
    expect((await running).code).toBe('exec.outcome-unknown');
    expect(host.shells.all.size).toBe(0);
  });

  it('follows from output without end', async () => {
    const { connection, host } = await bench({}, {}, { maxOutputBytes: 1_000_000 });
    expect((await failure(run(connection, 'yes'))).code).toBe('exec.outcome-unknown');
    expect(host.shells.all.size).toBe(0);
  });
});

describe('over plain HTTP', () => {
  it.each(['clear', 'forge'] as const)(
    'an answer that is not sealed by the host is refused (%s)',
    async (disturbance) => {
      const { connection } = await bench({
        disturb: ({ operation }) => (operation === 'Receive' ? disturbance : undefined),
      });
      const error = await failure(run(connection, 'true'));
      expect(error).toMatchObject({
        code: 'exec.outcome-unknown',
        params: { reason: disturbance === 'clear' ? 'unsealed' : 'weak' },
      });
    },
  );

  it('no shell is made by an answer in the clear', async () => {
    const { connection, host } = await bench({ disturb: () => 'clear' });
    expect((await failure(run(connection, 'true'))).params['reason']).toBe('unsealed');
    expect(host.count('Command')).toBe(0);
  });
});

describe('an answer that is no answer', () => {
  it.each([
    ['empty', ''],
    ['text', 'not XML'],
    ['cut off', '<s:Envelope xmlns:s="x"><s:Header>'],
    ['without body', '<s:Envelope xmlns:s="x"></s:Envelope>'],
    [
      'of another request',
      '<s:Envelope xmlns:s="x"><s:Header><RelatesTo>uuid:1</RelatesTo></s:Header><s:Body/></s:Envelope>',
    ],
    [
      'with entities',
      '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]><s:Envelope xmlns:s="x"><s:Body>&a;</s:Body></s:Envelope>',
    ],
    ['too long', `<a>${'x'.repeat(MAX_ANSWER_BYTES)}</a>`],
  ])('%s: the outcome is unknown', async (_name, xml) => {
    const { connection } = await bench({ disturb: ({ operation }) => (operation === 'Command' ? { xml } : undefined) });
    const error = await failure(run(connection, 'true'));
    expect(error).toMatchObject({ code: 'exec.outcome-unknown', params: { reason: 'malformed' } });
  });
});
