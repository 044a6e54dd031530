import { isProblem, WinrmError } from '../problem.ts';
import { STDIN_CHUNK_BYTES, sendInput } from '../wsman/requests.ts';
import type { CommandPlace } from './run-command.ts';

/**
 * Sends standard input to a command and closes it, while its output is read elsewhere. A refusal means that the command
 * reads no more; whether that is a failure its exit code will say.
 */
export class Feed {
  /** Rejects when a piece may or may not have arrived; never resolves. */
  readonly lost: Promise<never>;
  #stopped = false;

  constructor(place: CommandPlace, commandId: string, input: Uint8Array) {
    this.lost = new Promise<never>((_resolve, reject) => {
      this.#send(place, commandId, input).catch((error: unknown) => {
        if (error instanceof WinrmError && !error.mayHaveActed && !isProblem(error, 'aborted')) return;
        reject(error);
      });
    });
  }

  /** The piece under way may still arrive, no other is sent: ending a request half-way would cost its connection. */
  stop(): void {
    this.#stopped = true;
  }

  async #send({ service, shellId, limits, signal }: CommandPlace, commandId: string, input: Uint8Array): Promise<void> {
    const pieces = Math.max(1, Math.ceil(input.length / STDIN_CHUNK_BYTES));
    for (let index = 0; index < pieces && !this.#stopped; index += 1) {
      const piece = input.subarray(index * STDIN_CHUNK_BYTES, (index + 1) * STDIN_CHUNK_BYTES);
      const request = sendInput(shellId, commandId, piece, index === pieces - 1);
      await service.ask(request, { operationTimeoutMs: limits.operationMs, signal, repeatable: false });
    }
  }
}
