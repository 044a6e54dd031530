import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WinrmError } from '../../../../src/adapters/winrm/problem.ts';
import { bodyOf, commandIdIn, outputIn, shellIdIn } from '../../../../src/adapters/winrm/wsman/answers.ts';
import type { XmlElement } from '../../../../src/adapters/winrm/wsman/document.ts';
import { parseDocument } from '../../../../src/adapters/winrm/wsman/document.ts';
import { envelope, MAX_ENVELOPE_BYTES } from '../../../../src/adapters/winrm/wsman/envelope.ts';
import {
  createShell,
  deleteShell,
  receiveOutput,
  type ShellRequest,
  STDIN_CHUNK_BYTES,
  sendInput,
  startCommand,
  terminateCommand,
} from '../../../../src/adapters/winrm/wsman/requests.ts';

const ID = 'uuid:11111111-1111-4111-8111-111111111111';

function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../fixtures/winrm', `${name}.xml`), 'utf8');
}

function refusal(name: string): WinrmError {
  try {
    bodyOf(recorded(name), ID);
  } catch (error) {
    if (error instanceof WinrmError) return error;
    throw error;
  }
  throw new Error(`${name} is no fault`);
}

describe('answers of Windows hosts', () => {
  it('the id of a new shell and of a command', () => {
    expect(shellIdIn(bodyOf(recorded('create'), ID))).toBe('5E5E5E5E-0000-4444-8888-00000000000A');
    expect(commandIdIn(bodyOf(recorded('command'), ID))).toBe('C0C0C0C0-0000-4444-8888-00000000000B');
  });

  it('the id of the request is compared without regard to letter case', () => {
    expect(() => bodyOf(recorded('create'), ID.toUpperCase().replace('UUID', 'uuid'))).not.toThrow();
    expect(() => bodyOf(recorded('create'), 'uuid:22222222-2222-4222-8222-222222222222')).toThrow(/another request/);
  });

  it('output while a command runs', () => {
    const { stdout, stderr, exitCode } = outputIn(bodyOf(recorded('receive-running'), ID));
    expect(Buffer.concat(stdout).toString()).toBe('Zażółć \r\n');
    expect(Buffer.concat(stderr)).toHaveLength(0);
    expect(exitCode).toBeUndefined();
  });

  it('output in order, and the exit code, when it has ended', () => {
    const { stdout, stderr, exitCode } = outputIn(bodyOf(recorded('receive-done'), ID));
    expect(Buffer.concat(stdout).toString()).toBe('first second');
    expect(Buffer.concat(stderr).toString()).toBe('problem');
    expect(exitCode).toBe(0xc000013a);
  });

  it('an exit code written as a signed number is the same one', () => {
    expect(outputIn(bodyOf(recorded('receive-done-empty'), ID))).toEqual({
      stdout: [],
      stderr: [],
      exitCode: 0xc000013a,
    });
  });

  it.each([
    ['fault-timed-out', 'timed-out', 2150858793, /OperationTimeout/],
    ['fault-shell-gone', 'shell-gone', 2150858843, /the shell was not found on the server/],
    ['fault-access-denied', 'access-denied', 5, /Access is denied/],
    ['fault-quota', 'quota', 2150859173, /maximum number of 30 concurrent shells/],
    ['fault-provider', 'fault', 2147942402, /cannot find the file specified\.$/],
  ])('%s is the problem %s', (name, problem, faultCode, message) => {
    const error = refusal(name);
    expect(error).toMatchObject({ problem, details: { faultCode } });
    expect(error.message).toMatch(message);
    expect(error.mayHaveActed).toBe(false);
  });
});

const written = (request: ShellRequest): string =>
  envelope({ ...request, to: 'https://db01:5986/wsman', messageId: ID, operationTimeoutMs: 20_000 });
const shape = (element: XmlElement | undefined): unknown =>
  element && [
    element.name,
    element.attributes,
    element.children.length === 0 ? element.text : element.children.map(shape),
  ];
const bodyShape = (request: ShellRequest): unknown =>
  shape(parseDocument(written(request), 1e6).children.at(-1)?.children[0]);
const options = (request: ShellRequest): unknown => request.options;

describe('requests', () => {
  it('Create has the elements in the order of MS-WSMV 4.1.1, no profile and UTF-8', () => {
    const request = createShell({ env: { PGDATA: 'D:\\Zażółć gęślą', A: '"<&>\r\n' }, cwd: 'C:\\' }, 180_000);
    expect(options(request)).toEqual({ WINRS_NOPROFILE: 'TRUE', WINRS_CODEPAGE: '65001' });
    expect(bodyShape(request)).toEqual([
      'Shell',
      {},
      [
        [
          'Environment',
          {},
          [
            ['Variable', { Name: 'PGDATA' }, 'D:\\Zażółć gęślą'],
            ['Variable', { Name: 'A' }, '"<&>\r\n'],
          ],
        ],
        ['WorkingDirectory', {}, 'C:\\'],
        ['IdleTimeOut', {}, 'PT180.000S'],
        ['InputStreams', {}, 'stdin'],
        ['OutputStreams', {}, 'stdout stderr'],
      ],
    ]);
  });

  it('Command says that standard input is no console, and whether cmd stands in between', () => {
    expect(options(startCommand('S', { command: 'dir' }))).toEqual({
      WINRS_CONSOLEMODE_STDIN: 'FALSE',
      WINRS_SKIP_CMD_SHELL: 'FALSE',
    });
    const direct = startCommand('S', { command: 'C:\\pg\\psql.exe', args: ['-c', 'select "x"'], direct: true });
    expect(options(direct)).toMatchObject({ WINRS_SKIP_CMD_SHELL: 'TRUE' });
    expect(bodyShape(direct)).toEqual([
      'CommandLine',
      {},
      [
        ['Command', {}, 'C:\\pg\\psql.exe'],
        ['Arguments', {}, '-c'],
        ['Arguments', {}, 'select "x"'],
      ],
    ]);
  });

  it('Receive, Signal and Delete name shell and command', () => {
    expect(bodyShape(receiveOutput('S', 'C'))).toEqual([
      'Receive',
      {},
      [['DesiredStream', { CommandId: 'C' }, 'stdout stderr']],
    ]);
    expect(bodyShape(terminateCommand('S', 'C'))).toEqual([
      'Signal',
      { CommandId: 'C' },
      [['Code', {}, 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate']],
    ]);
    expect(written(deleteShell('S'))).toContain('<w:Selector Name="ShellId">S</w:Selector>');
  });

  it('a piece of standard input stays within MaxEnvelopeSize; the last one says so', () => {
    const request = sendInput('S'.repeat(36), 'C'.repeat(36), Buffer.alloc(STDIN_CHUNK_BYTES), true);
    expect(Buffer.byteLength(written(request))).toBeLessThan(MAX_ENVELOPE_BYTES);
    expect(written(request)).toContain('End="true"');
    expect(written(sendInput('S', 'C', Buffer.alloc(1), false))).not.toContain('End=');
  });

  it.each(['\u0000', '\u001b', '\ud800', '\ufffe'])('text that no XML can carry is refused (%j)', (character) => {
    expect(() => written(startCommand('S', { command: `echo ${character}` }))).toThrow(/no XML document/);
  });
});
