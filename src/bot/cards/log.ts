import type { Block, Card, Tone } from '../../domain/card.ts';
import type { LogReport } from '../../domain/report.ts';
import type { Run } from '../../domain/run.ts';
import type { CardContext } from './context.ts';
import { runFooter } from './run.ts';

const TONES: Readonly<Record<LogReport['verdict'], Tone>> = {
  ok: 'success',
  warning: 'warning',
  failed: 'failure',
  inconclusive: 'info',
};

/** A judged piece of pg_log: the verdict, what its failures mean and where to mend them, and the lines themselves. */
export function logCard(context: CardContext, run: Run, report: LogReport): Card {
  const { t } = context;
  const verdict = t.say(`verdict.${report.verdict}`);
  const title = t.say('log.title', { host: report.host, cluster: run.cluster, verdict });
  return {
    id: `run:${run.id}`,
    rev: run.version,
    tone: TONES[report.verdict],
    title,
    blocks: [...meaning(context, report), excerpt(context, report)],
    buttons: [],
    footer: runFooter(context, run),
    fallback: title,
  };
}

function meaning({ t }: CardContext, { findings, verdict }: LogReport): readonly Block[] {
  if (findings.length > 0)
    return [
      {
        kind: 'list',
        title: t.say('log.meaning'),
        items: findings.map(({ id, mend, line }) => ({
          title: `${t.sayIf(`log.${id}`, {}, id)} (${t.say('log.mend', { mend })})`,
          detail: line,
          tone: 'warning',
        })),
      },
    ];
  return verdict === 'ok' ? [{ kind: 'text', style: 'plain', text: t.say('log.clean') }] : [];
}

function excerpt({ t }: CardContext, { file, excerpt: lines }: LogReport): Block {
  if (lines.length === 0) return { kind: 'text', style: 'muted', text: t.say('log.empty') };
  return { kind: 'log', title: t.say('log.excerpt', { file }), lines };
}
