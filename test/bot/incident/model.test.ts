import { describe, expect, it } from 'vitest';
import type { Document } from '../../../src/bot/incident/document.ts';
import { askedIn, attemptsIn, eventsOf, spanOf } from '../../../src/bot/incident/incident.ts';
import { renderMarkdown } from '../../../src/bot/incident/markdown.ts';
import { documentOf } from '../../../src/bot/incident/model.ts';
import { renderPage } from '../../../src/bot/incident/page.ts';
import { planHash } from '../../../src/domain/plan.ts';
import { SYSTEM } from '../../../src/domain/run.ts';
import { RUNBOOK_IDS } from '../../../src/domain/runbook.ts';
import { ANNA } from '../../domain/runs.ts';
import { second } from '../../domain/watches.ts';
import { contextIn } from '../drawings.ts';
import { EVIDENCE, failedSwitchover, failover, incidentOf, planFor } from './incidents.ts';

const context = { ...contextIn('en', (key) => lacking.push(key)), now: new Date(second(7_200)) };
const lacking: string[] = [];
const sectionOf = (document: Document, title: RegExp): string => {
  const section = document.sections.find((one) => title.test(one.title));
  if (!section) throw new Error(`no ${title}`);
  return renderMarkdown({ ...document, title: '', lead: [], sections: [section], footer: '' });
};

describe('an incident report', () => {
  it('has what was shown to whoever decided, not what is known now', () => {
    const [first, second_] = askedIn(failover());
    expect(first?.shown.plan?.evidence?.receiveLsn).toBe('0/5000000');
    expect(first?.gate.decision).toBeUndefined();
    expect(second_?.shown.plan?.evidence?.receiveLsn).toBe(EVIDENCE.receiveLsn);
    expect(second_?.gate.decision).toMatchObject({ by: { person: 'piotr' }, note: 'after a call with the clinic' });
  });

  it('counts every go at a step', () => {
    const events = failedSwitchover();
    const goes = attemptsIn(events, planFor('switchover')).filter(({ step }) => step === 'switchover.stop');
    expect(goes).toEqual([
      { step: 'switchover.stop', number: 1, startedAt: second(21), endedAt: second(81), state: 'failed' },
      { step: 'switchover.stop', number: 2, startedAt: second(96), endedAt: second(97.25), state: 'done' },
    ]);
    expect(attemptsIn(events, planFor('switchover')).at(-1)?.state).toBe('pending');
  });

  it('says aloud that a run is not over, and how far it came', () => {
    const events = failedSwitchover().filter(({ at }) => at <= second(81));
    const shown = renderMarkdown(documentOf(context, incidentOf(events)));
    expect(shown).toContain('THE RUN IS NOT OVER (NEEDS ATTENTION)');
    expect(shown).toContain('No outage of writes was measured in this run.');
    expect(renderMarkdown(documentOf(context, incidentOf(events.slice(0, 1))))).toContain('There was no plan yet.');
  });

  it('says aloud that a run failed, what it had changed and what was put back', () => {
    const shown = renderMarkdown({ ...documentOf(context, incidentOf(failedSwitchover())), sections: [] });
    expect(shown).toContain('THE RUN FAILED.');
    expect(shown).toContain('Put back: Stop the primary in order and keep it from starting');
  });

  it('shows the commands of the plan that was agreed to, and says when it was made anew', () => {
    const plan = planFor('failover', { evidence: EVIDENCE, options: { anew: true } });
    const anew = { type: 'planned', plan, planHash: planHash(plan), at: second(100), by: SYSTEM } as const;
    const events = failover();
    const before = events.filter(({ at }) => at <= second(92));
    const shown = sectionOf(documentOf(context, incidentOf([...before, anew])), /very commands/);
    expect(shown).toContain('which was agreed to');
    expect(shown).toContain('nobody has agreed to the new one');
    expect(sectionOf(documentOf(context, incidentOf(events)), /very commands/)).not.toContain('made anew');
  });

  it('says how the servers’ clock stands to UTC, on both sides of a change of the clocks', () => {
    const spring = [0, 3_600].map((seconds) => new Date(Date.UTC(2026, 2, 29, 0, 30) + seconds * 1_000).toISOString());
    const [at = '', later = ''] = spring;
    const [asked] = failover();
    if (!asked) throw new Error('no story');
    const story = [{ ...asked, at }, { type: 'admitted', at: later, by: SYSTEM } as const];
    const shown = sectionOf(documentOf(context, incidentOf(story)), /Course/);
    expect(shown).toContain('2026-03-29 01:30:00.000 +01:00');
    expect(shown).toContain('2026-03-29 03:30:00.000 +02:00');
  });

  it('says aloud that the trail is broken', () => {
    const verdict = { ok: false, at: 7, reason: 'hash' } as const;
    const shown = sectionOf(documentOf(context, incidentOf(failover(), { verdict })), /Proof/);
    expect(shown).toContain('**The audit trail is broken at entry 7');
    expect(shown).not.toContain('none changed');
  });

  it('can be made of every procedure, from its request on', () => {
    for (const runbook of RUNBOOK_IDS) {
      const plan = planFor(runbook);
      const [asked] = failover();
      if (asked?.type !== 'requested') throw new Error('no story');
      const incident = incidentOf(
        [
          { ...asked, runbook },
          { type: 'admitted', at: second(1), by: SYSTEM },
          { type: 'planned', plan, planHash: planHash(plan), at: second(2), by: SYSTEM },
          { type: 'stop-asked', at: second(3), by: ANNA },
          { type: 'finished', state: 'cancelled', at: second(4), by: SYSTEM },
        ],
        { points: [], alerts: [] },
      );
      const document = documentOf(context, incident);
      expect(renderPage(document)).toContain('THE RUN WAS CANCELLED.');
      expect(renderMarkdown(document)).toContain('Nothing was measured in that time');
    }
    expect(lacking).toEqual([]);
  });

  it('looks at an hour to either side, not beyond now, and not back for ever', () => {
    const { run } = incidentOf(failover());
    expect(spanOf(run, new Date(second(86_400)))).toEqual({ from: second(-3_620), to: second(140 + 3_600) });
    expect(spanOf(run, new Date(second(150)))).toEqual({ from: second(-3_620), to: second(150) });
    const plan = planFor('failover', { evidence: { ...EVIDENCE, lastContact: second(-90 * 86_400) } });
    expect(spanOf({ ...run, plan }, new Date(second(150))).from).toBe(second(-86_400 - 3_600));
  });

  it('leaves out what belongs to no run', () => {
    const linked = {
      type: 'account-linked',
      person: 'anna',
      platform: 'slack',
      account: 'U1',
      at: second(0),
      by: ANNA,
    };
    const row = { number: 1, run: '', event: linked, hash: '' } as unknown as Parameters<typeof eventsOf>[0][number];
    expect(eventsOf([row])).toEqual([]);
  });
});
