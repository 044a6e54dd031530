import { Buffer } from 'node:buffer';
import type { Redactor } from '../../domain/redact.ts';
import type { CardContext } from '../cards/context.ts';
import type { Attachment } from '../platform.ts';
import type { Incident } from './incident.ts';
import { renderMarkdown } from './markdown.ts';
import { documentOf } from './model.ts';
import { renderPage } from './page.ts';
import { hiderOf, withoutSecrets } from './secrets.ts';

export const REPORT_FORMATS = ['html', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/**
 * The incident report of a run as a file. Secrets are looked for twice: in the document, where nothing of a format stands between their
 * parts, and in the whole file as it goes out.
 */
export function reportFile(
  context: CardContext,
  incident: Incident,
  format: ReportFormat,
  redactor: Redactor,
): Attachment {
  const { run } = incident;
  const document = withoutSecrets(documentOf(context, incident), redactor);
  const hide = hiderOf(redactor);
  const content =
    format === 'md' ? wholeMarkdown(renderMarkdown(document), hide) : wholePage(renderPage(document), hide);
  return {
    name: `zapas-${run.runbook}-${run.cluster}-${run.id}.${format}`,
    content: Buffer.from(content),
    alt: context.t.say('file.report', { run: run.id, cluster: run.cluster }),
  };
}

/** Line by line, so that nothing of a table or a fence goes with a secret. */
function wholeMarkdown(text: string, hide: (text: string) => string): string {
  return text.split('\n').map(hide).join('\n');
}

/** What is text; every angle bracket outside of markup is escaped. */
function wholePage(page: string, hide: (text: string) => string): string {
  return page
    .split(/(<[^>]*>)/)
    .map((piece) => (piece.startsWith('<') ? piece : hide(piece)))
    .join('');
}
