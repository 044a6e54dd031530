import { PlatformError } from '../../../src/bot/platform.ts';
import type { MessageBoard } from '../../../src/domain/board.ts';
import type { ChatDriver } from '../../contracts/chat-driver.ts';

/** A board whose writes fail when a test says so. Reading goes on: people look at what there is. */
export function faulty(board: MessageBoard): { readonly board: MessageBoard; readonly faults: ChatDriver['faults'] } {
  let until = 0;
  let kind: 'rate-limited' | 'unavailable' = 'unavailable';
  let loseNext = false;
  const write = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    const left = until - performance.now();
    if (left > 0) throw new PlatformError(kind, { retryAfterMs: left });
    const done = await act();
    if (!loseNext) return done;
    loseNext = false;
    throw new Error('the answer got lost');
  };
  const fail = (as: typeof kind, milliseconds: number): void => {
    kind = as;
    until = performance.now() + milliseconds;
  };
  return {
    board: {
      ...board,
      post: (channel, key, card) => write(() => board.post(channel, key, card)),
      edit: (id, card) => write(() => board.edit(id, card)),
      reply: (id, key, card) => write(() => board.reply(id, key, card)),
      attach: (id, file) => write(() => board.attach(id, file)),
    },
    faults: {
      rateLimit: (milliseconds) => fail('rate-limited', milliseconds),
      outage: (milliseconds) => fail('unavailable', milliseconds),
      loseNextAnswer() {
        loseNext = true;
      },
    },
  };
}
