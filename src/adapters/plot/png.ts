import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

/** Lato, by Łukasz Dziedzic, under the SIL Open Font License (see its folder): the same picture on every machine. */
const FONT = join(import.meta.dirname, 'fonts', 'Lato-Regular.ttf');

/** A plot as PNG. */
export function plotPng(svg: string): Uint8Array {
  const font = { fontFiles: [FONT], loadSystemFonts: false, defaultFontFamily: 'Lato' };
  return new Resvg(svg, { font }).render().asPng();
}
