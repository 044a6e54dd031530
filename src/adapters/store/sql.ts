/** A statement and its parameters; values never become part of the text. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Makes a statement: every `${value}` becomes a parameter. */
export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  return { text: parts.reduce((text, part, index) => `${text}$${index}${part}`), values };
}

/** What runs statements: the pool, or one transaction. */
export interface Queries {
  /** The rows. Throws `store.unavailable`, or the database's own error when the statement was at fault. */
  rows<Row extends object>(statement: Sql): Promise<readonly Row[]>;
}

export interface Database extends Queries {
  /**
   * Runs `work` in one transaction, which ends with it: committed when it settles, rolled back when it throws.
   *
   * A COMMIT can fail after it was carried out. `committed` is then asked, as soon as the store answers again, whether the
   * rows say so; without it, or when they do not, `store.unavailable` is thrown.
   */
  transaction<Result>(
    work: (queries: Queries) => Promise<Result>,
    committed?: (result: Result, queries: Queries) => Promise<boolean>,
  ): Promise<Result>;
}
