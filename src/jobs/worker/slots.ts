/** Lets at most so many acts run at once; the others wait in the order they came. */
export interface Slots {
  run(act: () => Promise<void>): Promise<void>;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  const take = async (): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  };
  // A slot is handed to the next in line directly, so that nobody who comes later can take it.
  const give = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async run(act) {
      await take();
      try {
        await act();
      } finally {
        give();
      }
    },
  };
}
