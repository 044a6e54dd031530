import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Discord's own description of its interface; not part of this repository. */
const DOCUMENT = join(import.meta.dirname, '../../../../shared/specs/discord-openapi.json');

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Checks requests and responses against Discord's OpenAPI document. */
export interface Specification {
  /** Why the body is none that this operation takes; undefined when it is one. `path` is concrete, below `/api/v10`. */
  request(method: string, path: string, body: unknown): string | undefined;
  response(method: string, path: string, status: number, body: unknown): string | undefined;
  /** The same for one named schema. */
  named(schema: string, value: unknown): string | undefined;
}

/** Undefined, and said aloud, where the document is missing. */
export function openSpecification(): Specification | undefined {
  if (!existsSync(DOCUMENT)) {
    console.warn(
      `SKIPPED: requests and responses are not checked against Discord's OpenAPI document; ${DOCUMENT} is missing`,
    );
    return undefined;
  }
  return loaded ?? (loaded = load());
}

let loaded: Specification | undefined;

function load(): Specification {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true, logger: false });
  (formats as unknown as (target: Ajv2020) => void)(ajv);
  // Formats of the document's own, which say no more than the type beside them.
  for (const name of ['snowflake', 'nonce', 'int32', 'int64', 'double']) ajv.addFormat(name, true);
  ajv.addSchema(document, 'discord');
  const compiled = new Map<string, ValidateFunction | undefined>();
  const at = (pointer: string): ValidateFunction | undefined => {
    if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `discord#${pointer}` }));
    return compiled.get(pointer);
  };
  const why = (pointer: string, value: unknown): string | undefined => {
    const validate = at(pointer);
    if (!validate || validate(value)) return undefined;
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
  };
  const find = (method: string, path: string): { pointer: string; operation: Operation } | undefined => {
    const template = templateOf(document, path);
    const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || !operation) return undefined;
    return { pointer: `/paths/${escapePointer(template)}/${method.toLowerCase()}`, operation };
  };
  const request = (method: string, path: string, body: unknown): string | undefined => {
    const found = find(method, path);
    if (!found) return `no operation ${method} ${path}`;
    if (!found.operation.requestBody) return undefined;
    return why(`${found.pointer}/requestBody/content/application~1json/schema`, body);
  };
  // Compiling takes its time, which no deadline of Discord's may run in.
  request('POST', '/interactions/1/x/callback', {});
  request('PATCH', '/webhooks/1/x/messages/@original', {});
  return {
    request,
    response(method, path, status, body) {
      const found = find(method, path);
      if (!found) return `no operation ${method} ${path}`;
      if (status >= 400) return why('/components/schemas/ErrorResponse', body);
      const response = found.operation.responses[String(status)];
      if (!response) return `${method} ${path} never answers ${status}`;
      if (status === 204) return body === undefined ? undefined : 'a body where there is none';
      return why(`${found.pointer}/responses/${status}/content/application~1json/schema`, body);
    },
    named: (schema, value) => why(`/components/schemas/${schema}`, value),
  };
}

function templateOf(document: Document, path: string): string | undefined {
  const words = path.split('/');
  const fits = (template: string): boolean => {
    const parts = template.split('/');
    return parts.length === words.length && parts.every((part, at) => part.startsWith('{') || part === words[at]);
  };
  // The one with most words of its own is meant: `@original` rather than any message.
  return Object.keys(document.paths)
    .filter(fits)
    .toSorted((one, other) => one.split('{').length - other.split('{').length)[0];
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
