import type { IncomingMessage } from 'node:http';
import { text } from './rules.ts';
import type { File } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the interface answers. */
export interface Answered {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** docs, error messages. */
export function refuse(status: number, code: number, message: string, more: Json = {}): Answered {
  return { status, body: { message, code, ...more } };
}

export interface Received {
  readonly body: Json | readonly unknown[] | undefined;
  readonly files: readonly File[];
}

/** A request's body: JSON, or a form with `payload_json` and files. */
export async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  if (raw.length === 0) return { body: undefined, files: [] };
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { body: JSON.parse(raw.toString('utf8')) as Json, files: [] };
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  const body = JSON.parse(text(form.get('payload_json')) || '{}') as Json;
  const described = (body['attachments'] ?? []) as readonly Json[];
  const files: File[] = [];
  for (const [key, value] of form.entries()) {
    const number = /^files\[(\d)\]$/.exec(key)?.[1];
    if (number === undefined || typeof value === 'string') continue;
    const about = described.find(({ id }) => String(id) === number);
    files.push({
      name: value.name,
      alt: text(about?.['description']),
      bytes: Buffer.from(await value.arrayBuffer()),
    });
  }
  return { body, files };
}
