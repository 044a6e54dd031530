import type { Block, Tone } from '../../domain/card.ts';
import type { Gate, Run } from '../../domain/run.ts';
import { openGate } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { actorParams, runbookName } from './context.ts';

/** How a card shows a gate that takes no decision any more. */
export interface ClosedGate {
  readonly tone: Tone;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Who decided, when and where, or that nobody did; undefined while the gate is open. */
export function decidedGate(context: CardContext, run: Run, gate: Gate): ClosedGate | undefined {
  const { t } = context;
  const about = { runbook: runbookName(context, run.runbook), cluster: run.cluster };
  const { decision } = gate;
  if (decision) {
    const granted = decision.verdict === 'granted';
    const params = { verb: gate.kind, ...actorParams(context, decision.by), at: t.moment(decision.at) };
    const title = granted
      ? t.say('gate.title-granted', { verb: gate.kind, ...about })
      : t.say('gate.title-rejected', about);
    const words = granted ? t.say('value.decided-granted', params) : t.say('value.decided-rejected', params);
    return {
      tone: granted ? 'success' : 'stopped',
      title,
      blocks: [text(words, 'strong'), ...(decision.note ? [text(t.say('gate.note', { note: decision.note }))] : [])],
    };
  }
  if (gate.expired) {
    const words = t.say('gate.expired', { at: t.moment(gate.expiresAt) });
    return { tone: 'stopped', title: t.say('gate.title-expired', about), blocks: [text(words, 'strong')] };
  }
  if (openGate(run)?.number === gate.number) return undefined;
  const words = t.say('gate.superseded');
  return { tone: 'stopped', title: t.say('gate.title-superseded', about), blocks: [text(words, 'strong')] };
}

function text(words: string, style: 'strong' | 'plain' = 'plain'): Block {
  return { kind: 'text', style, text: words };
}
