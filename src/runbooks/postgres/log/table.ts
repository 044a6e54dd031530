import type { MessageRow } from './message-row.ts';
import { COURSE } from './rows-course.ts';
import { FAULTS } from './rows-faults.ts';

/** Every message to know, from part 6.2 of the hazards of the procedure. */
export const ROWS: readonly LogMessage[] = [...COURSE, ...FAULTS];

/** Every id a finding can carry; `unknown-error` is an error the table does not know. */
export type MessageId = (typeof COURSE)[number]['id'] | (typeof FAULTS)[number]['id'] | 'unknown-error';

/** A row with an id of the closed set. */
export interface LogMessage extends MessageRow {
  readonly id: MessageId;
}
