import { XMLParser } from 'fast-xml-parser';
import { WinrmError } from '../problem.ts';

/** An element: its local name, its attributes by local name, the elements inside it and its own text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Deeper than any WS-Management message. */
const MAX_DEPTH = 24;
/** More elements than a message of the permitted size has ever been seen to hold. */
const MAX_TAGS = 20_000;
const TEXT = '#text';
const ATTRIBUTES = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: false,
  maxNestedTags: MAX_DEPTH,
});

/**
 * Reads an XML document. Document type definitions are refused, so there are no entities but the five of XML itself and
 * numbers. Throws {@link WinrmError} `malformed` for whatever is not well-formed, too deep or too long.
 *
 * @param maxChars longest document that is looked at
 */
export function parseDocument(document: string, maxChars: number): XmlElement {
  if (document.length > maxChars) throw malformed(`${document.length} characters`);
  if (document.includes('<!DOCTYPE') || document.includes('<!ENTITY')) throw malformed('a document type definition');
  if (countTags(document) > MAX_TAGS) throw malformed('too many elements');
  const roots = elementsOf(parsed(document));
  const [root] = roots;
  if (!root || roots.length > 1) throw malformed('not one root element');
  return root;
}

function parsed(document: string): unknown {
  try {
    return parser.parse(document, true);
  } catch (error) {
    throw malformed('not well-formed', error);
  }
}

function countTags(document: string): number {
  let count = 0;
  for (let at = document.indexOf('<'); at >= 0 && count <= MAX_TAGS * 2; at = document.indexOf('<', at + 1)) count += 1;
  return count / 2;
}

/** The parser's ordered form is a list of objects with one key for the name and one for the attributes. */
function elementsOf(nodes: unknown): readonly XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const { [ATTRIBUTES]: attributes, ...rest } = record(node);
    const [entry] = Object.entries(rest);
    if (!entry || entry[0] === TEXT) return [];
    const [name, inner] = entry;
    return [{ name, attributes: decodedValues(record(attributes)), children: elementsOf(inner), text: textOf(inner) }];
  });
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes
    .map((node: unknown) => record(node)[TEXT])
    .filter((text) => typeof text === 'string')
    .map(decoded)
    .join('');
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function decodedValues(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, decoded(String(value))]));
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return NAMED[name] ?? whole;
    const point = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** The first element at that path of local names below the element. */
export function find(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce((at, name) => at?.children.find((child) => child.name === name), element);
}

/** Every element of that name, at any depth. */
export function findAll(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...findAll(child, name)]);
}

function malformed(what: string, cause?: unknown): WinrmError {
  return new WinrmError('malformed', `an answer that is no message: ${what}`, { sent: true, cause });
}
