import { STORES } from '../adapters/store/scratch.ts';
import { createMemoryBoard } from '../fakes/web/board.ts';
import { boardContract } from './board.ts';

boardContract('in memory', () => Promise.resolve({ board: createMemoryBoard(), close: () => Promise.resolve() }));
for (const [name, open] of STORES)
  boardContract(name, async () => {
    const scratch = await open();
    return { board: scratch.store.board, close: () => scratch.remove() };
  });
