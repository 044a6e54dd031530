import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/adapters/shells/posix-answer.ts';

const TAG = 'zapas-0123';
const command = { argv: ['x'], as: 'postgres', timeoutMs: 1500 } as const;
const answer = (stdout: string, stderr: string, code = 0) =>
  readAnswer({ code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) }, TAG, command);
const verdict =
  (words: string, own = '') =>
  () =>
    answer(`${TAG}\n`, `${TAG}\n${own}\n${TAG} ${words}\n`);

describe("the runner's answer", () => {
  it("is the command's own, without the marks and without what the login said before", () => {
    const { code, stdout, stderr } = answer(
      `Welcome!\n${TAG}\nout\n`,
      `sudo: unable to resolve host x\n${TAG}\nerr\n\n${TAG} exit 3\n`,
      3,
    );
    expect([code, String(stdout), String(stderr)]).toEqual([3, 'out\n', 'err\n']);
  });

  it.each([
    ['timeout', 'exec.timeout'],
    ['aborted', 'exec.aborted'],
    ['busy', 'host.busy'],
    ['fenced 12', 'host.fenced'],
    ['tool flock', 'host.tool-missing'],
    ['account', 'host.become-failed'],
    ['truncated', 'host.unreachable'],
    ['unwritable', 'file.write-failed'],
    ['stuck', 'exec.outcome-unknown'],
  ])('%s is %s', (words, code) => {
    expect(verdict(words)).toThrow(code);
  });

  it.each(['No space left on device', 'Disk quota exceeded', 'Brak miejsca na urządzeniu'])(
    '%s is a full disk',
    (said) => {
      expect(verdict('unwritable', `mktemp: ${said}`)).toThrow('disk.full');
    },
  );

  it('a runner that was killed leaves the outcome unknown', () => {
    expect(() => answer(`${TAG}\nhalf`, `${TAG}\n`, 137)).toThrow('exec.outcome-unknown');
  });

  it.each([
    ['sudo: a password is required', 1, 'password'],
    ['sudo: wymagane jest hasło', 1, 'password'],
    ['anna is not in the sudoers file.', 1, 'not-allowed'],
    ['Sorry, user anna is not allowed to execute …', 1, 'not-allowed'],
    ['bash: line 1: exec: sudo: not found', 127, 'missing'],
    ['This account is currently not available.', 1, 'other'],
  ])('%s: nothing was begun', (said, code, reason) => {
    let thrown: unknown;
    try {
      answer('', said, code);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'host.become-failed', params: { reason, detail: said } });
  });
});
