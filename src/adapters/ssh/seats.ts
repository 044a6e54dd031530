import { OpsError } from '../../domain/errors.ts';
import { onAbort } from '../gateway/abort.ts';

/** A number of seats; who comes when all are taken waits in order. */
export class Seats {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Returns how to leave. Throws `exec.aborted` when the signal comes before a seat. */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new OpsError('exec.aborted');
    if (this.#free > 0) this.#free -= 1;
    else await this.#queue(signal);
    return () => this.#leave();
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }

  #queue(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        ignore();
        resolve();
      };
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new OpsError('exec.aborted'));
      };
      const ignore = onAbort(signal, abort);
      this.#waiting.push(enter);
    });
  }
}
