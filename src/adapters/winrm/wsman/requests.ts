import { duration, type Request } from './envelope.ts';
import { ACTION, TERMINATE } from './names.ts';
import { joined, xml } from './xml.ts';

/** What differs between the requests; address, id and time-out are the service's business. */
export type ShellRequest = Omit<Request, 'to' | 'messageId' | 'operationTimeoutMs'>;

/** What a shell is made of; all its commands share it. */
export interface ShellSettings {
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; absent: the user's profile directory. */
  readonly cwd?: string;
}

/** A command for a shell. */
export interface ShellCommand {
  /** The whole text for `cmd /c`, or with `direct` the path of a program. */
  readonly command: string;
  /** Follow the command, joined by blanks. */
  readonly args?: readonly string[];
  /** Starts the program itself, without `cmd` in between. */
  readonly direct?: boolean;
}

/**
 * Bytes of standard input in one Send: its base64 and the envelope around it stay well within
 * {@link MAX_ENVELOPE_BYTES}.
 */
export const STDIN_CHUNK_BYTES = 96 * 1024;

/**
 * A new shell: no profile is loaded, its code page is UTF-8, and the host ends it with everything in it when nobody has
 * asked for anything during `idleMs`.
 */
export function createShell({ env, cwd }: ShellSettings, idleMs: number): ShellRequest {
  const variables = Object.entries(env).map(
    ([name, value]) => xml`<rsp:Variable Name="${name}">${value}</rsp:Variable>`,
  );
  const environment = variables.length === 0 ? xml`` : xml`<rsp:Environment>${joined(variables)}</rsp:Environment>`;
  const directory = cwd === undefined ? xml`` : xml`<rsp:WorkingDirectory>${cwd}</rsp:WorkingDirectory>`;
  return {
    action: ACTION.create,
    options: { WINRS_NOPROFILE: 'TRUE', WINRS_CODEPAGE: '65001' },
    body: xml`<rsp:Shell>${environment}${directory}<rsp:IdleTimeOut>${duration(idleMs)}</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`,
  };
}

/** Starts a command; its standard input is a pipe, not a console. */
export function startCommand(shellId: string, { command, args = [], direct = false }: ShellCommand): ShellRequest {
  const list = args.map((argument) => xml`<rsp:Arguments>${argument}</rsp:Arguments>`);
  return {
    action: ACTION.command,
    shellId,
    options: { WINRS_CONSOLEMODE_STDIN: 'FALSE', WINRS_SKIP_CMD_SHELL: direct ? 'TRUE' : 'FALSE' },
    body: xml`<rsp:CommandLine><rsp:Command>${command}</rsp:Command>${joined(list)}</rsp:CommandLine>`,
  };
}

/** Asks for output; the host answers when there is some, when the command has ended, or at the operation time-out. */
export function receiveOutput(shellId: string, commandId: string): ShellRequest {
  return {
    action: ACTION.receive,
    shellId,
    body: xml`<rsp:Receive><rsp:DesiredStream CommandId="${commandId}">stdout stderr</rsp:DesiredStream></rsp:Receive>`,
  };
}

/** One piece of standard input; `last` closes it. */
export function sendInput(shellId: string, commandId: string, piece: Uint8Array, last: boolean): ShellRequest {
  const end = last ? xml` End="true"` : xml``;
  const content = Buffer.from(piece).toString('base64');
  return {
    action: ACTION.send,
    shellId,
    body: xml`<rsp:Send><rsp:Stream Name="stdin" CommandId="${commandId}"${end}>${content}</rsp:Stream></rsp:Send>`,
  };
}

/** Ends a command and what it started; after it has ended by itself this gives its place in the shell back. */
export function terminateCommand(shellId: string, commandId: string): ShellRequest {
  return {
    action: ACTION.signal,
    shellId,
    body: xml`<rsp:Signal CommandId="${commandId}"><rsp:Code>${TERMINATE}</rsp:Code></rsp:Signal>`,
  };
}

/** Ends a shell and everything in it. */
export function deleteShell(shellId: string): ShellRequest {
  return { action: ACTION.delete, shellId, body: xml`` };
}
