import { describe, expect, it } from 'vitest';
import { cleanLine } from '../../../src/bot/clean.ts';
import type { Document } from '../../../src/bot/incident/document.ts';
import { inline, renderMarkdown } from '../../../src/bot/incident/markdown.ts';
import { renderPage } from '../../../src/bot/incident/page.ts';

/** Pieces of what somebody might want a reader's program to take for something else. */
const PIECES = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='",
  '</pre></td></table>',
  '<!--',
  ']]>',
  '&lt;',
  '&#x202e;',
  '\u202eevil\u202c',
  '\u2066',
  '\u200b',
  '\u001b[31m',
  '\u0000',
  '```',
  '````',
  '`',
  '~~~',
  '](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  '[a]: https://evil.example',
  'https://evil.example/',
  'www.evil.example',
  '<https://evil.example>',
  '@everyone',
  '#1',
  ':smile:',
  '| cell |',
  '**bold**',
  '__x__',
  '# title',
  '- item',
  '1. item',
  '---',
  '===',
  '\\',
  '\\`',
  '$x$',
  '\n',
  '\r\n',
  '\u2028',
  ' ',
  'zażółć',
  '13:00:00',
] as const;

/** The same texts every time. */
function texts(count: number): readonly string[] {
  let state = 42;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const random = Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(5) }, () => PIECES[next(PIECES.length)]).join(''),
  );
  return [...PIECES, ...random];
}

/** A document in which every text is that one. */
const saying = (text: string): Document => ({
  language: 'en',
  title: text,
  lead: [{ kind: 'text', style: 'warning', text }],
  sections: [
    {
      title: text,
      parts: [
        { kind: 'heading', text },
        { kind: 'text', style: 'plain', text },
        { kind: 'fields', fields: [{ label: text, value: text }] },
        { kind: 'list', items: [text, text] },
        { kind: 'table', columns: [text, text], rows: [[text, text]] },
        { kind: 'lines', title: text, lines: [text, text] },
        { kind: 'picture', svg: '<svg></svg>', alt: text },
      ],
    },
  ],
  footer: text,
});

const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]|[^\P{Cc}\n]/u;

/** Tags without what stands in their attributes, which is in double quotes throughout. */
const tagsOf = (page: string): readonly string[] =>
  (page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(' class="long"', '').replaceAll(/="[^"]*"/g, ''));

describe('a report of hostile texts', () => {
  it('is a page with the very same tags as one of harmless texts', () => {
    const harmless = tagsOf(renderPage(saying('harmless')));
    const wrong = texts(400).filter((text) => {
      const page = renderPage(saying(text));
      return tagsOf(page).join() !== harmless.join() || INVISIBLE.test(page);
    });
    expect(wrong).toEqual([]);
  });

  it('is a page that neither runs nor loads anything', () => {
    const page = renderPage(saying('harmless'));
    const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    expect(page).toContain(`content="${policy.replaceAll("'", '&#39;')}"`);
    expect(page).not.toMatch(/<script|<link|<iframe|\ssrc=|\shref=|url\(|@import|\son\w+=/i);
  });

  it('is Markdown in which every character stands for itself', () => {
    const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&' };
    const escapes = /\\([\\`*_{}[\]<>#!|~$@:.+=)-])|&(lt|gt|amp);/g;
    const wrong = texts(400).filter((text) => {
      const shown = inline(text);
      const read = shown.replaceAll(escapes, (_, mark: string | undefined, name = '') => mark ?? entities[name] ?? '');
      if (read !== cleanLine(text).trim()) return true;
      const bare = shown.replaceAll(escapes, '');
      return /[`*_[\]<>#!|~$@\\]|:\/\/|www\./i.test(bare) || /^(?:[-+=]|\d+[.)](?:\s|$))/.test(shown);
    });
    expect(wrong).toEqual([]);
  });

  it('is Markdown whose lines of a machine end where they end', () => {
    const wrong = texts(400).filter((text) => {
      const lines = renderMarkdown(saying(text)).split('\n');
      const opened = lines.findIndex((line) => /^`{3,}text$/.test(line));
      const fence = lines[opened]?.replace('text', '') ?? '';
      const closed = lines.findIndex((line, index) => index > opened && line === fence);
      const inside = lines.slice(opened + 1, closed);
      const after = lines.slice(closed + 1).join('\n');
      // Only a line of as many backticks as the fence ends it.
      return inside.some((line) => line.trim().startsWith(fence)) || /^`{3,}/m.test(after) || INVISIBLE.test(after);
    });
    expect(wrong).toEqual([]);
  });

  it('is Markdown with as many cells in each row as there are columns', () => {
    const wrong = texts(400).filter((text) => {
      const [tables = ''] = renderMarkdown(saying(text)).split(/^`{3,}text$/m);
      const rows = tables.split('\n').filter((line) => line.startsWith('| '));
      return rows.length < 4 || rows.some((row) => row.replaceAll(/\\\\|\\\|/g, '').match(/\|/g)?.length !== 3);
    });
    expect(wrong).toEqual([]);
  });
});
