/** Lets so many acts go on at once; the others wait for their turn in the order in which they came. */
export type Turnstile = <Result>(act: () => Promise<Result>) => Promise<Result>;

export function createTurnstile(atOnce: number): Turnstile {
  const waiting: (() => void)[] = [];
  let under = 0;
  return async (act) => {
    if (under >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else under += 1;
    try {
      return await act();
    } finally {
      // Whoever is next takes this one's place.
      const next = waiting.shift();
      if (next) next();
      else under -= 1;
    }
  };
}
