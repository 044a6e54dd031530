import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../src/domain/approval.ts';
import { boundsOf, checkEnvelope, envelopeFor, outOfBounds, signEnvelope } from '../../src/domain/approval.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import type { Actor, Gate, Run } from '../../src/domain/run.ts';
import { ANNA, after, at, EVIDENCE, event, gate, granted, PIOTR, plan, STEPS, waiting } from './runs.ts';

const bot = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');

const boundGate = (over: Partial<Gate> = {}) => {
  const made = gate(over);
  if (!made.bounds) throw new Error('no bounds');
  return { ...made, bounds: made.bounds };
};

const envelope = (over: Partial<Envelope> = {}, key = bot.privateKey): string =>
  signEnvelope({ ...envelopeFor(waiting(), boundGate(), 'piotr', at(5)), ...over }, key);

const approved = (text: string, by: Actor = PIOTR): Run => after(waiting(), granted(by, text));

const detailOf = (run: Run): string => {
  const refused = checkEnvelope(run, bot.publicKey);
  return refused ? `${refused.code} ${refused.params.detail ?? ''}`.trim() : 'genuine';
};

describe('the signed envelope of an approval', () => {
  it('opens the gate it was made for', () => {
    expect(checkEnvelope(approved(envelope()), bot.publicKey)).toBeUndefined();
  });

  it.each([
    ['signed by somebody else', envelope({}, stranger.privateKey), 'approval.forged signature'],
    ['no envelope at all', 'signed', 'approval.forged signature'],
    ['with a cut signature', envelope().slice(0, -4), 'approval.forged signature'],
    ['replayed from another run', envelope({ run: 'r0' }), 'approval.forged content'],
    ['replayed from an earlier gate', envelope({ gate: 0 }), 'approval.forged content'],
    ['replayed from a gate with the same number', envelope({ nonce: 'n-0' }), 'approval.forged content'],
    ['for another plan', envelope({ planHash: 'other' }), 'approval.forged content'],
    ['for another cluster', envelope({ cluster: 'other' }), 'approval.forged content'],
    ['for wider bounds', envelope({ bounds: { ...boundGate().bounds, timeline: 2 } }), 'approval.forged content'],
    ['in another approver’s name', envelope({ approvedBy: 'ewa' }), 'approval.forged content'],
    ['with a longer life', envelope({ expiresAt: at(60) }), 'approval.forged content'],
  ])('is refused when %s', (_what, text, verdict) => {
    expect(detailOf(approved(text))).toBe(verdict);
  });

  it('is refused when its content was changed under the signature', () => {
    const [body = '', signature = ''] = envelope().split('.');
    const forged = Buffer.from(Buffer.from(body, 'base64url').toString().replace('piotr', 'pietr'));
    expect(detailOf(approved(`${forged.toString('base64url')}.${signature}`))).toBe('approval.forged signature');
  });

  it('is refused for a plan that was made after it', () => {
    const replanned = after(approved(envelope()), event({ type: 'planned', plan: plan(STEPS), planHash: 'new' }));
    expect(detailOf(replanned)).toBe('approval.forged plan');
  });

  it('given after its time is refused even when the store let it through', () => {
    const late = envelopeFor(waiting(), boundGate(), 'piotr', at(15));
    const run: Run = { ...approved(signEnvelope(late, bot.privateKey)) };
    const { granted: gateOf } = run;
    if (!gateOf?.decision) throw new Error('not granted');
    const decision = { ...gateOf.decision, at: at(15) };
    expect(detailOf({ ...run, granted: { ...gateOf, decision } })).toBe('approval.forged expired');
  });

  it('of somebody who had a part in the request is refused even when the store let it through', () => {
    const own = signEnvelope(envelopeFor(waiting(), boundGate(), 'anna', at(5)), bot.privateKey);
    const run = approved(envelope());
    if (!run.granted?.decision) throw new Error('not granted');
    const decision = { ...run.granted.decision, by: ANNA, envelope: own };
    expect(detailOf({ ...run, granted: { ...run.granted, decision } })).toBe('approval.same-person');
  });

  it('is refused when the run was not granted at all', () => {
    expect(detailOf(waiting())).toBe('approval.forged no envelope');
  });
});

describe('the bounds of an approval', () => {
  const bounds = boundsOf(EVIDENCE, { primary: 'one', standby: 'two' }, 0x100);
  const left = (over: Partial<Evidence>): readonly unknown[] =>
    outOfBounds(bounds, { ...EVIDENCE, ...over }).map(({ params }) => params.what);

  it('hold while the standby receives no more than was allowed', () => {
    expect(left({})).toEqual([]);
    expect(left({ receiveLsn: '0/5000100' })).toEqual([]);
  });

  it.each([
    [{ primaryAlive: true }, ['primary']],
    [{ timeline: 2 }, ['timeline']],
    [{ systemIdentifier: '1' }, ['system identifier']],
    [{ fencing: 'possible' }, ['fencing']],
    [{ receiveLsn: '0/5000101' }, ['received WAL']],
    [{ receiveLsn: '0/4FFFFFF' }, ['received WAL']],
    [{ receiveLsn: '1/5000000' }, ['received WAL']],
    [{ timeline: 2, primaryAlive: true }, ['timeline', 'primary']],
  ] satisfies readonly [Partial<Evidence>, readonly string[]][])('are left by %o', (change, what) => {
    expect(left(change)).toEqual(what);
  });
});
