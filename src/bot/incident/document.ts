import type { Field, TextBlock } from '../../domain/card.ts';
import type { Language } from '../../domain/inventory.ts';

/** An incident report as data, the same for every format. Every string is plain text; a renderer escapes them all. */
export interface Document {
  readonly language: Language;
  readonly title: string;
  /** What was done to whom and how it ended. */
  readonly lead: readonly Part[];
  readonly sections: readonly Section[];
  readonly footer: string;
}

export interface Section {
  readonly title: string;
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'text'; readonly style: TextBlock['style']; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  /** Lines as a machine has them: commands, logs. */
  | { readonly kind: 'lines'; readonly title: string; readonly lines: readonly string[] }
  /** `svg` is of our own making, with every text in it escaped; `alt` says the same in words. */
  | { readonly kind: 'picture'; readonly svg: string; readonly alt: string };

/** The document with that done to each of its strings; `lines` are taken as a whole. Pictures have no words but names of ours. */
export function mapText(
  document: Document,
  text: (text: string) => string,
  lines: (lines: readonly string[]) => readonly string[],
): Document {
  const part = (one: Part): Part => {
    switch (one.kind) {
      case 'text':
      case 'heading':
        return { ...one, text: text(one.text) };
      case 'fields':
        return { ...one, fields: one.fields.map(({ label, value }) => ({ label: text(label), value: text(value) })) };
      case 'list':
        return { ...one, items: one.items.map(text) };
      case 'table':
        return { ...one, columns: one.columns.map(text), rows: one.rows.map((row) => row.map(text)) };
      case 'lines':
        return { ...one, title: text(one.title), lines: lines(one.lines) };
      case 'picture':
        return { ...one, alt: text(one.alt) };
    }
  };
  return {
    ...document,
    title: text(document.title),
    lead: document.lead.map(part),
    sections: document.sections.map(({ title, parts }) => ({ title: text(title), parts: parts.map(part) })),
    footer: text(document.footer),
  };
}
