import { WinrmError } from '../problem.ts';
import { find, findAll, parseDocument, type XmlElement } from './document.ts';
import { MAX_ENVELOPE_BYTES } from './envelope.ts';
import { faultIn } from './fault.ts';
import { STATE_DONE } from './names.ts';

/** Answers stay within the size we ask for; twice as much is read before they are refused. */
export const MAX_ANSWER_BYTES = 2 * MAX_ENVELOPE_BYTES;

/** What one Receive brought. */
export interface Output {
  readonly stdout: readonly Buffer[];
  readonly stderr: readonly Buffer[];
  /** Present when the command has ended and everything has been received. */
  readonly exitCode?: number;
}

/** The body of the answer to the request with that id. Throws {@link WinrmError}: a fault's problem, or `malformed`. */
export function bodyOf(document: string, messageId: string): XmlElement {
  const root = parseDocument(document, MAX_ANSWER_BYTES);
  const body = find(root, 'Body');
  if (root.name !== 'Envelope' || !body) throw malformed('no envelope');
  const relatesTo = find(root, 'Header', 'RelatesTo')?.text.trim();
  // A host that could not even read the header answers a fault without it.
  if (relatesTo !== undefined && relatesTo.toLowerCase() !== messageId.toLowerCase())
    throw malformed('of another request');
  const fault = faultIn(body);
  if (fault) throw fault;
  if (relatesTo === undefined) throw malformed('of no request');
  return body;
}

/** The id of a created shell. */
export function shellIdIn(body: XmlElement): string {
  const selector = findAll(body, 'Selector').find(({ attributes }) => attributes['Name'] === 'ShellId');
  return idIn(selector?.text ?? findAll(body, 'ShellId')[0]?.text, 'shell');
}

/** The id of a started command. */
export function commandIdIn(body: XmlElement): string {
  return idIn(find(body, 'CommandResponse', 'CommandId')?.text, 'command');
}

function idIn(text: string | undefined, what: string): string {
  const id = text?.trim() ?? '';
  if (!/^[\w{}-]{1,64}$/.test(id)) throw malformed(`without the id of a ${what}`);
  return id;
}

/** The output in the answer to a Receive. */
export function outputIn(body: XmlElement): Output {
  const response = find(body, 'ReceiveResponse');
  if (!response) throw malformed('without output');
  const named = (name: string): readonly Buffer[] =>
    response.children.filter((child) => child.name === 'Stream' && child.attributes['Name'] === name).map(contentOf);
  const state = find(response, 'CommandState');
  const output = { stdout: named('stdout'), stderr: named('stderr') };
  return state?.attributes['State'] === STATE_DONE ? { ...output, exitCode: exitCodeIn(state) } : output;
}

function contentOf({ text }: XmlElement): Buffer {
  const base64 = text.replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0)
    throw malformed('with output that is no base64');
  return Buffer.from(base64, 'base64');
}

/** Windows' exit codes are unsigned 32-bit numbers; some hosts write them as signed ones. */
function exitCodeIn(state: XmlElement): number {
  const text = find(state, 'ExitCode')?.text.trim() ?? '';
  if (!/^-?\d{1,10}$/.test(text)) throw malformed('of a command that ended without exit code');
  return Number(text) >>> 0;
}

function malformed(what: string): WinrmError {
  return new WinrmError('malformed', `an answer ${what}`, { sent: true });
}
