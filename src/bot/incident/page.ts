import { cleanLines } from '../clean.ts';
import type { Html } from '../web/html.ts';
import { html, Html as Markup } from '../web/html.ts';
import type { Document, Part } from './document.ts';

/** The page asks for nothing, runs nothing and sends nothing, wherever it is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** No web font, no picture from elsewhere; on paper A4 with rows and commands kept together where they fit. */
const STYLE = `
@page { size: A4; margin: 16mm 14mm; }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; background: #fff; color: #1f2937; overflow-wrap: anywhere; font: 15px/1.45 Lato, "Noto Sans", "DejaVu Sans", system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 2px solid #0b5cad; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
h1, h2, h3, .title, .muted { break-after: avoid; }
p { margin: .4rem 0; }
.strong { font-weight: 700; }
.warning { padding: .5rem .75rem; border-left: .35rem solid #c2410c; background: #fff3ec; font-weight: 700; }
.muted, footer { color: #4b5563; }
.title { font-weight: 700; margin-top: .8rem; }
dl { display: grid; grid-template-columns: minmax(9rem, 15rem) minmax(0, 1fr); gap: .15rem 1rem; margin: .5rem 0; }
dt { color: #4b5563; }
dd { margin: 0; }
table { width: 100%; border-collapse: collapse; margin: .5rem 0; font-size: .85rem; }
th, td { padding: .25rem .45rem; border: 1px solid #d1d5db; text-align: left; vertical-align: top; }
th { background: #eef2f7; }
th, td { overflow-wrap: normal; }
.long { overflow-wrap: anywhere; }
thead { display: table-header-group; }
tr, li { break-inside: avoid; }
pre { margin: .3rem 0; padding: .5rem .65rem; background: #f3f4f6; border: 1px solid #d1d5db; font: 12px/1.4 "DejaVu Sans Mono", ui-monospace, monospace; white-space: pre-wrap; }
figure { margin: .5rem 0; break-inside: avoid; }
svg { width: 100%; height: auto; }
footer { margin-top: 2rem; padding-top: .5rem; border-top: 1px solid #d1d5db; font-size: .85rem; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; } table { font-size: 8pt; } th, td { padding: .2rem .3rem; } pre, th, .warning { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

/** The document as one page that stands alone. Pure. */
export function renderPage({ language, title, lead, sections, footer }: Document): string {
  const body = sections.map(
    ({ title: heading, parts }) => html`<section>
<h2>${heading}</h2>
${parts.map(block)}</section>
`,
  );
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${POLICY}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="referrer" content="no-referrer" />
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<h1>${title}</h1>
${lead.map(block)}${body}<footer>${footer}</footer>
</body>
</html>
`.text;
}

function block(part: Part): Html {
  switch (part.kind) {
    case 'text':
      return html`<p class="${part.style}">${part.text}</p>
`;
    case 'heading':
      return html`<h3>${part.text}</h3>
`;
    case 'fields':
      return html`<dl>${part.fields.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
`;
    case 'list':
      return html`<ul>${part.items.map((item) => html`<li>${item}</li>`)}</ul>
`;
    case 'table':
      return table(part);
    case 'lines':
      return html`<p class="title">${part.title}</p>
<pre>${part.lines.flatMap(cleanLines).join('\n')}</pre>
`;
    case 'picture':
      // Of our own making, with every text in it escaped: see plotSvg.
      return html`<figure role="img" aria-label="${part.alt}">${new Markup(part.svg)}<figcaption class="muted">${part.alt}</figcaption></figure>
`;
  }
}

function table({ columns, rows }: Part & { readonly kind: 'table' }): Html {
  const head = columns.map((words) => html`<th scope="col">${words}</th>`);
  const body = rows.map(
    (cells) => html`<tr>${cells.map(cell)}</tr>
`,
  );
  return html`<table><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>
`;
}

/** No word is broken but one that is too long for a column. */
const LONG_WORD = /[^ -]{20}/;

function cell(words: string): Html {
  return LONG_WORD.test(words) ? html`<td class="long">${words}</td>` : html`<td>${words}</td>`;
}
