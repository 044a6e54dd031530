import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageBoard } from '../../src/domain/board.ts';
import type { Card } from '../../src/domain/card.ts';

const card = (title: string): Card => ({
  id: `run:${title}`,
  rev: 1,
  tone: 'info',
  title,
  blocks: [{ kind: 'text', style: 'plain', text: 'NUL \u0000 and Łódź' }],
  buttons: [],
  fallback: title,
});
const PICTURE = { name: 'lag.png', alt: 'Lag', content: new Uint8Array([0, 255, 10, 13]) };

/** What the web console needs of the place where its messages stand. */
export function boardContract(
  name: string,
  open: () => Promise<{ readonly board: MessageBoard; close(): Promise<void> }>,
): void {
  describe(`a board (${name})`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let board: MessageBoard;
    let channels = 0;
    let channel = '';
    beforeAll(async () => {
      opened = await open();
      ({ board } = opened);
    });
    afterAll(async () => await opened.close());
    const fresh = (): string => (channel = `c${(channels += 1)}`);

    it('keeps messages in order, each once, whatever is in them', async () => {
      fresh();
      const first = await board.post(channel, 'a', card('one'));
      const second = await board.post(channel, 'b', card('two'));
      expect(await board.post(channel, 'a', card('another'))).toBe(first);
      expect(await board.list(channel, 10)).toMatchObject([
        { id: first, channel, card: card('one'), thread: [] },
        { id: second, card: card('two') },
      ]);
      expect((await board.list(channel, 1)).map(({ id }) => id)).toEqual([second]);
      expect(await board.list('elsewhere', 10)).toEqual([]);
    });

    it('redraws one in place', async () => {
      fresh();
      const id = await board.post(channel, 'a', card('one'));
      expect(await board.edit(id, card('changed'))).toBe(true);
      expect((await board.list(channel, 10)).map((one) => one.card.title)).toEqual(['changed']);
    });

    it('keeps threads: a card once per key, files with every byte', async () => {
      fresh();
      const id = await board.post(channel, 'a', card('one'));
      expect(await board.reply(id, 'k', card('detail'))).toBe(true);
      expect(await board.reply(id, 'k', card('detail'))).toBe(true);
      expect(await board.attach(id, PICTURE)).toBe(true);
      const [message] = await board.list(channel, 10);
      expect(message?.thread).toMatchObject([
        { kind: 'card', card: { title: 'detail' } },
        { kind: 'file', name: 'lag.png', alt: 'Lag', bytes: 4 },
      ]);
      const item = message?.thread[1];
      const found = item?.kind === 'file' ? await board.file(item.id) : undefined;
      expect([...(found?.file.content ?? [])]).toEqual([0, 255, 10, 13]);
      expect(found?.message.id).toBe(id);
    });

    it('says so when a message is no more, or never was', async () => {
      fresh();
      const id = await board.post(channel, 'a', card('one'));
      await board.attach(id, PICTURE);
      const [message] = await board.list(channel, 1);
      const item = message?.thread[0];
      await board.remove(id);
      for (const gone of [id, '999999', 'x; drop'])
        expect([
          await board.edit(gone, card('x')),
          await board.reply(gone, 'k', card('x')),
          await board.attach(gone, PICTURE),
        ]).toEqual([false, false, false]);
      expect(await board.list(channel, 10)).toEqual([]);
      expect(item?.kind === 'file' && (await board.file(item.id))).toBeUndefined();
    });
  });
}
