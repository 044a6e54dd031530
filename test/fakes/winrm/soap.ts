import { randomUUID } from 'node:crypto';
import { Command, type Fault, noShell, type Piece, type Shell, type Shells } from './shells.ts';

/** WS-Management as a host speaks it, read and written by plain text: it has nothing in common with the client's reader. */
const SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell';
const TRANSFER = 'http://schemas.xmlsoap.org/ws/2004/09/transfer';
const FAULT = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault';

/** What a host does with a request; the test server may put something in between. */
export interface Asked {
  /** `Create`, `Command`, `Receive`, `Send`, `Signal` or `Delete`. */
  readonly operation: string;
  readonly xml: string;
  readonly shellId: string;
}

export function asked(xml: string): Asked {
  const operation = /\/(\w+)$/.exec(element(xml, 'Action'))?.[1] ?? '';
  return { operation, xml, shellId: /<w:Selector Name="ShellId">([^<]*)</.exec(xml)?.[1] ?? '' };
}

/** Does what was asked for; resolves to the body of the answer. Throws a {@link Fault}. */
export async function perform({ operation, xml, shellId }: Asked, shells: Shells): Promise<string> {
  if (operation === 'Create')
    return created(shells.create(variables(xml), element(xml, 'WorkingDirectory') || undefined));
  if (operation === 'Delete') {
    shells.delete(shellId);
    return '';
  }
  const shell = shells.get(shellId);
  if (operation === 'Command') return started(shell, xml);
  const command = shell.commands.get(/CommandId="([^"]*)"/.exec(xml)?.[1] ?? '');
  if (!command) throw noShell();
  if (operation === 'Receive') return received(command, xml);
  if (operation === 'Send') {
    await command.send(Buffer.from(element(xml, 'Stream'), 'base64'), / End="true"/.test(xml));
    return '<rsp:SendResponse/>';
  }
  command.stop();
  shell.commands.delete(command.id);
  return '<rsp:SignalResponse/>';
}

export function answer(to: string, operation: string, body: string): string {
  const action =
    operation === 'Fault' ? FAULT : `${/^(Create|Delete)$/.test(operation) ? TRANSFER : SHELL}/${operation}Response`;
  return (
    `<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"` +
    ` xmlns:x="${TRANSFER}" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="${SHELL}"><s:Header><a:Action>${action}</a:Action>` +
    `<a:MessageID>uuid:${randomUUID().toUpperCase()}</a:MessageID><a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>` +
    `<a:RelatesTo>${element(to, 'MessageID')}</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`
  );
}

export function faultBody({ code, subcode, message }: Fault): string {
  return (
    `<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:${subcode}</s:Value></s:Subcode></s:Code><s:Reason>` +
    `<s:Text xml:lang="en-US">${message}</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"` +
    ` Code="${code}" Machine="host"><f:Message>${message}</f:Message></f:WSManFault></s:Detail></s:Fault>`
  );
}

function created({ id }: Shell): string {
  return (
    `<x:ResourceCreated><a:Address>http://host:5985/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>${SHELL}/cmd</w:ResourceURI>` +
    `<w:SelectorSet><w:Selector Name="ShellId">${id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>` +
    `<rsp:Shell><rsp:ShellId>${id}</rsp:ShellId></rsp:Shell>`
  );
}

function started(shell: Shell, xml: string): string {
  const command = new Command([element(xml, 'Command'), ...elements(xml, 'Arguments')].join(' '), shell.env, shell.cwd);
  shell.commands.set(command.id, command);
  return `<rsp:CommandResponse><rsp:CommandId>${command.id}</rsp:CommandId></rsp:CommandResponse>`;
}

async function received(command: Command, xml: string): Promise<string> {
  const seconds = Number(/PT([\d.]+)S/.exec(element(xml, 'OperationTimeout'))?.[1] ?? 60);
  const limit = Number(element(xml, 'MaxEnvelopeSize')) / 2;
  const pieces = await command.receive(seconds * 1000, limit);
  return `<rsp:ReceiveResponse>${pieces.map((piece) => written(command.id, piece)).join('')}</rsp:ReceiveResponse>`;
}

function written(id: string, piece: Piece): string {
  if ('bytes' in piece)
    return `<rsp:Stream Name="${piece.stream}" CommandId="${id}">${piece.bytes.toString('base64')}</rsp:Stream>`;
  const ends = ['stdout', 'stderr']
    .map((name) => `<rsp:Stream Name="${name}" CommandId="${id}" End="true"></rsp:Stream>`)
    .join('');
  return `${ends}<rsp:CommandState CommandId="${id}" State="${SHELL}/CommandState/Done"><rsp:ExitCode>${piece.code}</rsp:ExitCode></rsp:CommandState>`;
}

function variables(xml: string): Readonly<Record<string, string>> {
  const found = [...xml.matchAll(/<rsp:Variable Name="([^"]*)">([^<]*)</g)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [unescaped(name), unescaped(value)]));
}

function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`, 'g'))].map(([, text = '']) =>
    unescaped(text),
  );
}

function element(xml: string, name: string): string {
  return elements(xml, name)[0] ?? '';
}

const NAMES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
    code === undefined ? (NAMES[String(name)] ?? whole) : String.fromCodePoint(Number(code)),
  );
}
