import type { BoardFile, BoardMessage, MessageBoard, ThreadItem } from '../../../src/domain/board.ts';
import type { Card } from '../../../src/domain/card.ts';

interface Kept {
  readonly message: BoardMessage & { card: Card; thread: ThreadItem[] };
  readonly key: string;
  readonly replies: Set<string>;
}

/** The board's contract in memory, for drivers that have no store. */
export function createMemoryBoard(): MessageBoard {
  const kept: Kept[] = [];
  const files = new Map<string, { readonly file: BoardFile; readonly of: string }>();
  let ids = 0;
  const find = (id: string): Kept | undefined => kept.find(({ message }) => message.id === id);
  const withMessage = (id: string, act: (found: Kept) => void): Promise<boolean> => {
    const found = find(id);
    if (found) act(found);
    return Promise.resolve(found !== undefined);
  };
  return {
    post(channel, key, card) {
      const known = kept.find((one) => one.key === key && one.message.channel === channel);
      if (known) return Promise.resolve(known.message.id);
      const id = String((ids += 1));
      kept.push({ key, replies: new Set(), message: { id, channel, card, at: new Date().toISOString(), thread: [] } });
      return Promise.resolve(id);
    },
    edit: (id, card) => withMessage(id, ({ message }) => Object.assign(message, { card })),
    reply: (id, key, card) =>
      withMessage(id, ({ message, replies }) => {
        if (!replies.has(key)) message.thread.push({ kind: 'card', card });
        replies.add(key);
      }),
    attach: (id, file) =>
      withMessage(id, ({ message }) => {
        const item = String((ids += 1));
        files.set(item, { file, of: id });
        message.thread.push({ kind: 'file', id: item, name: file.name, alt: file.alt, bytes: file.content.length });
      }),
    list: (channel, limit) =>
      Promise.resolve(
        kept.flatMap(({ message }) => (message.channel === channel ? [structuredClone(message)] : [])).slice(-limit),
      ),
    file(id) {
      const found = files.get(id);
      const message = found && find(found.of)?.message;
      return Promise.resolve(found && message && { file: found.file, message });
    },
    remove(id) {
      const at = kept.findIndex(({ message }) => message.id === id);
      if (at !== -1) kept.splice(at, 1);
      return Promise.resolve();
    },
  };
}
