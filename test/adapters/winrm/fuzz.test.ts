import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverEndPoint } from '../../../src/adapters/winrm/http/certificate.ts';
import { sealBody, unsealBody } from '../../../src/adapters/winrm/http/sealed-body.ts';
import { NtlmError } from '../../../src/adapters/winrm/ntlm/error.ts';
import { NtlmHandshake } from '../../../src/adapters/winrm/ntlm/handshake.ts';
import { NtlmSession } from '../../../src/adapters/winrm/ntlm/session.ts';
import { WinrmError } from '../../../src/adapters/winrm/problem.ts';
import { bodyOf, commandIdIn, outputIn, shellIdIn } from '../../../src/adapters/winrm/wsman/answers.ts';
import { parseDocument } from '../../../src/adapters/winrm/wsman/document.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { TestAuthority } from '../../fakes/winrm/certificates.ts';
import { NtlmAcceptor } from '../../fakes/winrm/ntlm-acceptor.ts';
import { quotaUsedUp } from '../../fakes/winrm/shells.ts';
import { answer, faultBody } from '../../fakes/winrm/soap.ts';
import { seeded } from '../../runbooks/postgres/support/random.ts';

/** Numbers below a limit, the same in every run. */
function dice(seed: number): (below: number) => number {
  const random = seeded(seed);
  return (below) => random.int(below);
}

/** The bytes with a few of them changed, taken out, doubled or cut off. */
function mutated(bytes: Buffer, pick: (below: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let changes = 1 + pick(4); changes > 0; changes -= 1) {
    const at = pick(result.length + 1);
    const length = pick(24);
    const ways = [
      () => Buffer.concat([result.subarray(0, at), Buffer.from([pick(256)]), result.subarray(at + 1)]),
      () => Buffer.concat([result.subarray(0, at), result.subarray(at + length)]),
      () => Buffer.concat([result.subarray(0, at + length), result.subarray(at)]),
      () => result.subarray(0, at),
      () => Buffer.concat([result.subarray(0, at), Buffer.from([0xff, 0xff, 0xff, 0xff]), result.subarray(at + 4)]),
    ];
    result = Buffer.from(ways[pick(ways.length)]?.() ?? result);
  }
  return result;
}

/** Whatever the work throws must be of that class; gives how often it did. */
function refusals(work: () => unknown, kind: typeof NtlmError | typeof WinrmError): number {
  try {
    work();
    return 0;
  } catch (error) {
    if (error instanceof kind) return 1;
    throw error;
  }
}

const ROUNDS = 4000;

describe('NTLM messages of a hostile host', () => {
  const handshake = new NtlmHandshake(
    { user: 'user', domain: 'LAB', password: new Secret('password') },
    { targetName: 'HTTP/host', random: (length) => Buffer.alloc(length, 1), now: () => 1_700_000_000_000 },
  );
  const challenge = new NtlmAcceptor({ accounts: [] }).challenge(handshake.negotiate());

  it('cut off at every byte', () => {
    for (let length = 0; length < challenge.length; length += 1) {
      expect(refusals(() => handshake.authenticate(challenge.subarray(0, length)), NtlmError)).toBe(1);
    }
  });

  it(`mutated ${ROUNDS} times, and as many times nothing but noise`, () => {
    const pick = dice(1);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      refused += refusals(() => handshake.authenticate(mutated(challenge, pick)), NtlmError);
      const noise = Buffer.from(Array.from({ length: pick(300) }, () => pick(256)));
      expect(refusals(() => handshake.authenticate(noise), NtlmError)).toBe(1);
    }
    expect(refused).toBeGreaterThan(ROUNDS / 4);
  });

  it('too large', () => {
    expect(refusals(() => handshake.authenticate(Buffer.concat([challenge, Buffer.alloc(1 << 20)])), NtlmError)).toBe(
      1,
    );
  });
});

describe('sealed bodies of someone in between', () => {
  const key = Buffer.alloc(16, 9);
  const sealed = (): Buffer => sealBody(new NtlmSession(key, 'server'), Buffer.from('<s:Envelope/>'.repeat(40)));
  const read = (body: Buffer): Buffer => unsealBody(new NtlmSession(key, 'client'), body);

  it('are read when they are whole', () => {
    expect(read(sealed()).toString()).toBe('<s:Envelope/>'.repeat(40));
  });

  it('cut off at every byte', () => {
    const body = sealed();
    // Without the last line end and dashes it is still whole: the signature covers what lies before.
    const needed = body.lastIndexOf('--Encrypted Boundary') + '--Encrypted Boundary'.length;
    for (let length = 0; length < needed; length += 1) {
      expect(refusals(() => read(body.subarray(0, length)), WinrmError)).toBe(1);
    }
  });

  it(`mutated ${ROUNDS} times are refused or give the very message`, () => {
    const pick = dice(2);
    const body = sealed();
    for (let round = 0; round < ROUNDS; round += 1) {
      const changed = mutated(body, pick);
      expect(refusals(() => expect(read(changed).toString()).toBe('<s:Envelope/>'.repeat(40)), WinrmError)).toBeOneOf([
        0, 1,
      ]);
    }
  });

  it('a declared length that is not the message’s is refused', () => {
    const body = Buffer.from(
      sealed()
        .toString('latin1')
        .replace(/Length=\d+/, 'Length=7'),
      'latin1',
    );
    expect(refusals(() => read(body), WinrmError)).toBe(1);
  });

  it('a sealed message that comes twice is refused the second time', () => {
    const session = new NtlmSession(key, 'client');
    const body = sealed();
    expect(refusals(() => unsealBody(session, body), WinrmError)).toBe(0);
    expect(refusals(() => unsealBody(session, body), WinrmError)).toBe(1);
  });
});

const ASKED = '<a:MessageID>uuid:1</a:MessageID>';
const STREAM = Buffer.from('output').toString('base64');
const ANSWERS: Readonly<Record<string, string>> = {
  create: answer(
    ASKED,
    'Create',
    '<x:ResourceCreated><w:SelectorSet><w:Selector Name="ShellId">A-1</w:Selector></w:SelectorSet></x:ResourceCreated>',
  ),
  command: answer(ASKED, 'Command', '<rsp:CommandResponse><rsp:CommandId>B-2</rsp:CommandId></rsp:CommandResponse>'),
  receive: answer(
    ASKED,
    'Receive',
    `<rsp:ReceiveResponse><rsp:Stream Name="stdout" CommandId="B-2">${STREAM}</rsp:Stream><rsp:CommandState CommandId="B-2" State="http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState></rsp:ReceiveResponse>`,
  ),
  fault: answer(ASKED, 'Fault', faultBody(quotaUsedUp())),
};

function readAll(xml: string): void {
  const body = bodyOf(xml, 'uuid:1');
  for (const reader of [shellIdIn, commandIdIn, outputIn]) refusals(() => reader(body), WinrmError);
}

const many = (piece: string): string => piece.repeat(Math.floor(300_000 / piece.length));

describe('SOAP answers of a hostile host', () => {
  it.each(Object.keys(ANSWERS))('%s: cut off at every character and mutated', (name) => {
    const xml = ANSWERS[name] ?? '';
    for (let length = 0; length < xml.length; length += 1) {
      expect(refusals(() => readAll(xml.slice(0, length)), WinrmError)).toBe(1);
    }
    const pick = dice(3);
    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const changed = mutated(Buffer.from(xml), pick).toString('utf8');
      expect(refusals(() => readAll(changed), WinrmError)).toBeOneOf([0, 1]);
    }
  });

  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('');
  it.each([
    ['a document type', '<!DOCTYPE x><x/>'],
    ['a bomb of entities', `<!DOCTYPE x [<!ENTITY l0 "lol">${lol}]><x>&l9;</x>`],
    ['an entity from outside', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
    ['depth', many('<a>')],
    ['depth that is closed again', `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`],
    ['many elements', `<a>${many('<b/>')}</a>`],
    ['many comments', `<a>${many('<!---->')}</a>`],
    ['comments without end', `<a>${many('<!--')}`],
    ['CDATA without end', `<a>${many('<![CDATA[')}`],
    ['a name without end', `<${many('a')}`],
    ['declarations', `${many('<?x ')}<a/>`],
    ['names of JavaScript', '<__proto__><constructor prototype="x"/></__proto__>'],
    ['too much', `<a>${'x'.repeat(400_000)}</a>`],
  ])('%s is refused by the reader', (_name, xml) => {
    expect(refusals(() => parseDocument(xml, 350_000), WinrmError)).toBe(1);
  });

  it.each([
    ['an ampersand without end', `<x>${many('&')}</x>`],
    ['many attributes', `<a ${Array.from({ length: 20_000 }, (_, n) => `a${n}="1"`).join(' ')}/>`],
  ])('%s is no answer', (_name, xml) => {
    expect(refusals(() => readAll(xml), WinrmError)).toBe(1);
  });

  it('what was refused keeps no memory', () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const pick = dice(4);
    const work = (rounds: number): number => {
      for (let round = 0; round < rounds; round += 1) {
        const xml = mutated(Buffer.from(ANSWERS['receive'] ?? ''), pick).toString('utf8') + ' '.repeat(10_000);
        refusals(() => readAll(xml), WinrmError);
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = work(500);
    expect(work(3000) - before).toBeLessThan(8 * 1024 * 1024);
  });
});

describe('certificates that are none', () => {
  let authority: TestAuthority;
  beforeAll(() => {
    authority = new TestAuthority();
  });
  afterAll(() => authority.remove());

  it('give no channel binding, or one, but never an error', () => {
    const { certificate } = authority.issue('host', 'DNS:host');
    const der = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const pick = dice(5);
    expect(serverEndPoint(der)).toHaveLength(21 + 32);
    for (let length = 0; length < der.length; length += 1)
      expect(serverEndPoint(der.subarray(0, length))).toBeUndefined();
    for (let round = 0; round < ROUNDS; round += 1) {
      expect(serverEndPoint(mutated(der, pick))?.length).toBeOneOf([undefined, 53, 69, 85]);
    }
  });
});
