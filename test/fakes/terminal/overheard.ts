import { EventEmitter, once } from 'node:events';
import type { Answer } from '../../../src/bot/platform.ts';
import type { Router } from '../../../src/bot/router.ts';
import type { Form } from '../../../src/domain/card.ts';

/** Something a person asked for: the form it opened, or the work, and when that is over. */
export interface Heard {
  readonly form?: Form;
  readonly done: Promise<unknown>;
}

/** The router as it is, with a note of everything that people ask of it. */
export function overheard(router: Router, heard: Heard[]): Router {
  const noted = (answer: Answer): Answer => {
    if (answer.now === 'form') {
      heard.push({ form: answer.form, done: Promise.resolve() });
      return answer;
    }
    const over = new EventEmitter();
    heard.push({ done: once(over, 'end') });
    return {
      now: 'work',
      async finish() {
        try {
          return await answer.finish();
        } finally {
          over.emit('end');
        }
      },
    };
  };
  return {
    ...router,
    command: (incoming) => noted(router.command(incoming)),
    press: (incoming) => noted(router.press(incoming)),
    submit: (incoming) => noted(router.submit(incoming)),
  };
}
