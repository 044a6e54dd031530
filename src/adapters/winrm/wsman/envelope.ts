import { ANONYMOUS, CMD_SHELL, NS } from './names.ts';
import { joined, type Markup, xml } from './xml.ts';

/**
 * Bytes of the largest message either side may send: the default of Windows 7 and Server 2008 R2; later ones allow 500 kB.
 * An answer never gets larger than we ask for.
 */
export const MAX_ENVELOPE_BYTES = 153_600;

/** What the header of a request says. */
export interface Request {
  readonly action: string;
  /** `uuid:…`, repeated by the answer. */
  readonly messageId: string;
  /** The service's address as we reach it. */
  readonly to: string;
  /** Milliseconds after which the host answers by a time-out fault. */
  readonly operationTimeoutMs: number;
  readonly shellId?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly body: Markup;
}

/** The envelope as it is sent. Throws {@link UnsendableText} for text no XML can carry. */
export function envelope(request: Request): string {
  const { action, messageId, to, operationTimeoutMs, body } = request;
  const document = xml`<s:Envelope xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:w="${NS.wsman}" xmlns:p="${NS.microsoft}" xmlns:rsp="${NS.shell}"><s:Header><a:To>${to}</a:To><w:ResourceURI s:mustUnderstand="true">${CMD_SHELL}</w:ResourceURI><a:ReplyTo><a:Address s:mustUnderstand="true">${ANONYMOUS}</a:Address></a:ReplyTo><a:Action s:mustUnderstand="true">${action}</a:Action><w:MaxEnvelopeSize s:mustUnderstand="true">${MAX_ENVELOPE_BYTES}</w:MaxEnvelopeSize><a:MessageID>${messageId}</a:MessageID><w:Locale xml:lang="en-US" s:mustUnderstand="false"/><p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/><w:OperationTimeout>${duration(operationTimeoutMs)}</w:OperationTimeout>${selectors(request)}${options(request)}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  return document.text;
}

/** xs:duration of milliseconds. */
export function duration(ms: number): string {
  return `PT${(ms / 1000).toFixed(3)}S`;
}

function selectors({ shellId }: Request): Markup {
  if (shellId === undefined) return xml``;
  return xml`<w:SelectorSet><w:Selector Name="ShellId">${shellId}</w:Selector></w:SelectorSet>`;
}

function options({ options: given }: Request): Markup {
  if (!given) return xml``;
  const set = Object.entries(given).map(([name, value]) => xml`<w:Option Name="${name}">${value}</w:Option>`);
  return xml`<w:OptionSet s:mustUnderstand="true">${joined(set)}</w:OptionSet>`;
}
