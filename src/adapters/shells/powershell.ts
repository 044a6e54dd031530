import { randomBytes } from 'node:crypto';
import type { CommandLine, ExecResult } from '../../domain/command.ts';
import { text } from '../../domain/command.ts';
import { OpsError } from '../../domain/errors.ts';
import type { Word } from '../../domain/secret.ts';
import { revealWord } from '../../domain/secret.ts';
import { asRendered } from '../gateway/contracts.ts';
import type { Errand, Guard } from './posix.ts';
import { readAnswer } from './posix-answer.ts';
import { JOB_PRELUDE, PRELUDE } from './powershell-prelude.ts';

/** Milliseconds the host may need beyond a command's own time: to log in, to start PowerShell, to end what does not want to end. */
const GRACE_MS = 30_000;

/** A script for a Windows host. Values and payload come by standard input: they never stand in a text or among arguments. */
export interface Task {
  readonly script: string;
  /** `$words[0]`, `$words[1]` … in the script. */
  readonly values: readonly string[];
  /** `$payload`, bytes. */
  readonly payload?: Word;
  readonly timeoutMs: number;
}

/**
 * Reads eight digits, then so many characters: words in base64, the first of them the script. All other text is constant, of letters
 * that neither cmd nor PowerShell touches, so it is the same under WinRM's shell and under either login shell of OpenSSH.
 */
const BOOTSTRAP = `
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$in = [IO.BufferedStream]::new([Console]::OpenStandardInput(), 65536)
function Read-Bytes([int]$count) {
  $bytes = [byte[]]::new($count)
  $have = 0
  while ($have -lt $count) {
    $got = $in.Read($bytes, $have, $count - $have)
    if ($got -eq 0) { break }
    $have += $got
  }
  if ($have -lt $count) { [Array]::Resize([ref]$bytes, $have) }
  return , $bytes
}
$utf8 = [Text.UTF8Encoding]::new($false)
$size = [int]$utf8.GetString((Read-Bytes 8))
$words = @(foreach ($word in $utf8.GetString((Read-Bytes $size)).Split(' ')) { $utf8.GetString([Convert]::FromBase64String($word)) })
. ([scriptblock]::Create($words[0]))
`;

/** What starts PowerShell with a script, on every Windows host. */
export function powershell(script: string): string {
  // Comments and indentation would only lengthen the line; cmd takes 8191 characters.
  const short = script.replace(/^\s+/gm, '').trim();
  const options = '-NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -InputFormat None -OutputFormat Text';
  return `powershell.exe ${options} -EncodedCommand ${Buffer.from(short, 'utf16le').toString('base64')}`;
}

const LINE = powershell(BOOTSTRAP);

/** Makes a task ready for a connection, under the lock of `guard` when there is one. `told` is the command that errors speak of. */
export function prepareTask(task: Task, told: CommandLine, guard?: Guard): Errand {
  const tag = `zapas-${randomBytes(16).toString('hex')}`;
  const payload = task.payload === undefined ? Buffer.alloc(0) : Buffer.from(revealWord(task.payload));
  const fence = guard ? [guard.fence, guard.token, `${guard.patience}`] : ['', '', '0'];
  const words = [`${PRELUDE}${task.script.trim()}`, tag, ...fence, `${payload.length}`, ...task.values];
  const rendered = asRendered({
    text: LINE,
    stdin: Buffer.concat([Buffer.from(letter(words)), payload]),
    timeoutMs: task.timeoutMs + (guard?.patience ?? 0) * 1000 + GRACE_MS,
  });
  return { rendered, answer: (result) => answerOf(result, tag, told) };
}

/** A script as the program of a detached job: its words on a command line, and what it reads. */
export function prepareJob(
  script: string,
  values: readonly string[],
): { readonly argv: readonly [string, ...string[]]; readonly stdin: string } {
  const [program = '', ...options] = LINE.split(' ');
  return { argv: [program, ...options], stdin: letter([`${JOB_PRELUDE}${script.trim()}`, ...values]) };
}

/** Words as the bootstrap reads them. */
function letter(words: readonly string[]): string {
  const line = words.map((word) => Buffer.from(word).toString('base64')).join(' ');
  return `${line.length}`.padStart(8, '0') + line;
}

/** PowerShell that never came to our first word is missing, older than 5, or held back by a policy of the host. */
function answerOf(result: ExecResult, tag: string, told: CommandLine): ExecResult {
  const begun = Buffer.from(result.stderr).includes(tag);
  if (begun) return readAnswer(result, tag, told);
  const said = text(result.stderr).trim() || text(result.stdout).trim() || `exit ${result.code}`;
  throw new OpsError('host.tool-missing', { detail: `Windows PowerShell 5.1: ${said.slice(0, 400)}` });
}
