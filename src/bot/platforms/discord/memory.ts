/** What is worth knowing but can be found out again: the oldest is forgotten. */
export interface Memory<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): boolean;
}

const REMEMBERED = 2_000;

export function createMemory<Value>(): Memory<Value> {
  const known = new Map<string, Value>();
  return {
    get: (key) => known.get(key),
    set(key, value) {
      known.delete(key);
      known.set(key, value);
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    },
    delete: (key) => known.delete(key),
  };
}
