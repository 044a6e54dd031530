import { NtlmError } from './error.ts';

/** Ids of AV_PAIRs (MS-NLMP 2.2.2.1). */
export const AV = { end: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 } as const;

/** One AV_PAIR: an id and its bytes. */
export interface AvPair {
  readonly id: number;
  readonly value: Buffer;
}

/** More pairs than any host sends; a list that is longer is refused. */
const MAX_PAIRS = 64;

/** The pairs of a target info field, in order, without the end mark. Throws {@link NtlmError}. */
export function parseTargetInfo(bytes: Buffer): readonly AvPair[] {
  const pairs: AvPair[] = [];
  let offset = 0;
  while (pairs.length <= MAX_PAIRS) {
    if (offset + 4 > bytes.length) throw new NtlmError('malformed', 'target info has no end');
    const id = bytes.readUInt16LE(offset);
    const length = bytes.readUInt16LE(offset + 2);
    if (id === AV.end) return pairs;
    const value = bytes.subarray(offset + 4, offset + 4 + length);
    if (value.length < length) throw new NtlmError('malformed', 'a pair of the target info is cut off');
    pairs.push({ id, value });
    offset += 4 + length;
  }
  throw new NtlmError('malformed', 'target info has too many pairs');
}

/** The pairs as bytes, with the end mark. */
export function writeTargetInfo(pairs: readonly AvPair[]): Buffer {
  const parts = [...pairs, { id: AV.end, value: Buffer.alloc(0) }].flatMap(({ id, value }) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return [head, value];
  });
  return Buffer.concat(parts);
}

/** The value of the first pair of that id. */
export function findPair(pairs: readonly AvPair[], id: number): Buffer | undefined {
  return pairs.find((pair) => pair.id === id)?.value;
}
