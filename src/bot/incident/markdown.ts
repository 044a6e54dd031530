import { sha256 } from '../../domain/plan.ts';
import { cleanLine, cleanLines } from '../clean.ts';
import type { Document, Part } from './document.ts';

/** The document as Markdown (GitHub's): nothing that stands in it can become markup, a link or a mention. Pure. */
export function renderMarkdown({ title, lead, sections, footer }: Document): string {
  const blocks = [
    `# ${inline(title)}`,
    ...lead.map((part) => block(part, 2)),
    ...sections.flatMap((section) => [`## ${inline(section.title)}`, ...section.parts.map((part) => block(part, 3))]),
    '---',
    inline(footer),
    // At the very end, so that whoever reads it as plain text is not stopped by them.
    ...[lead, ...sections.map(({ parts }) => parts)]
      .flat()
      .flatMap((part) => (part.kind === 'picture' ? data(part) : [])),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function block(part: Part, level: number): string {
  switch (part.kind) {
    case 'text':
      return part.style === 'strong' || part.style === 'warning' ? `**${inline(part.text)}**` : inline(part.text);
    case 'heading':
      return `${'#'.repeat(level)} ${inline(part.text)}`;
    case 'fields':
      return table(
        ['', ''],
        part.fields.map(({ label, value }) => [label, value]),
      );
    case 'list':
      return part.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'table':
      return table(part.columns, part.rows);
    case 'lines':
      return `${inline(part.title)}\n\n${fenced(part.lines)}`;
    case 'picture':
      return `![${inline(part.alt)}][${nameOf(part)}]\n\n${inline(part.alt)}`;
  }
}

type Picture = Part & { readonly kind: 'picture' };

function data(picture: Picture): string {
  return `[${nameOf(picture)}]: data:image/svg+xml;base64,${Buffer.from(picture.svg).toString('base64')}`;
}

function nameOf({ svg }: Picture): string {
  return `picture-${sha256(svg).slice(0, 8)}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(columns), `|${columns.map(() => ' --- |').join('')}`, ...rows.map(row)].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(inline).join(' | ')} |`;
}

/** The fence is longer than any that stands in the lines. */
function fenced(lines: readonly string[]): string {
  const clean = lines.flatMap(cleanLines);
  const longest = Math.max(0, ...clean.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return [`${fence}text`, ...clean, fence].join('\n');
}

/**
 * Punctuation with a meaning somewhere: it stands for itself behind a backslash. Colons only where they would begin an address or a
 * pictogram; signs of lists and numbers only at the beginning.
 */
const MARKS = /[\\`*_{}[\]<>#!|~$&@]|:(?=\/\/|[a-z_+-][\w+-]*:)|^[-+=]|^\d+[.)](?=\s|$)|www\./gi;

/** One line of plain text. */
export function inline(text: string): string {
  return cleanLine(text)
    .trim()
    .replaceAll(MARKS, (mark) => {
      if (mark === '<') return '&lt;';
      if (mark === '>') return '&gt;';
      if (mark === '&') return '&amp;';
      return mark.length > 1 ? `${mark.slice(0, -1)}\\${mark.slice(-1)}` : `\\${mark}`;
    });
}
