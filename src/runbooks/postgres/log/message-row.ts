/** What kind of message it is. */
export type MessageClass =
  | 'ok'
  | 'promote'
  | 'routine'
  | 'crash'
  | 'state'
  | 'link'
  | 'auth'
  | 'limit'
  | 'slot'
  | 'reclone'
  | 'rewind'
  | 'param'
  | 'fence'
  | 'config'
  | 'disk'
  | 'win'
  | 'damage'
  | 'other';

/**
 * How a message weighs. `fatal`: nothing that follows in the log makes it good. `open`: bad unless replication is seen to
 * work afterwards. `note`: a person should know. `none`: normal.
 */
export type Gravity = 'fatal' | 'open' | 'note' | 'none';

/** Where the cause is to be mended. */
export type Mend = 'primary' | 'standby' | 'link';

/**
 * One thing a log can say. `texts` are PostgreSQL 17's own, English first, then the Polish of its catalogue where it has
 * one; `…` stands for what varies. The id is what catalogues and reports use; it is never renamed.
 */
export interface MessageRow {
  readonly id: string;
  readonly class: MessageClass;
  readonly gravity: Gravity;
  readonly mend: Mend;
  readonly texts: readonly string[];
}

/** One row of the table, with its id as a literal type. */
export function row<Id extends string>(
  id: Id,
  messageClass: MessageClass,
  gravity: Gravity,
  mend: Mend,
  texts: readonly string[],
): MessageRow & { readonly id: Id } {
  return { id, class: messageClass, gravity, mend, texts };
}
