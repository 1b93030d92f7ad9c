import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/ports.ts';

/** The requests that have been taken and whose answers have not left yet. */
export class UnderWay {
  readonly #responses = new Map<ServerResponse, Socket | null>();
  #whenQuiet: (() => void) | undefined;

  /** Counts a request until its answer has left, or its client has. */
  add(response: ServerResponse): void {
    this.#responses.set(response, response.socket);
    response.once('close', () => {
      this.#responses.delete(response);
      if (this.#responses.size === 0) this.#whenQuiet?.();
    });
  }

  /** Whether somebody waits for an answer on this connection. */
  has(socket: unknown): boolean {
    return [...this.#responses.values()].some((one) => one === socket);
  }

  /** Resolves once all answers have left, or time is up. */
  async quiet(clock: Clock, graceMs: number): Promise<void> {
    if (this.#responses.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.schedule(graceMs, resolve);
      this.#whenQuiet = () => {
        cancel();
        resolve();
      };
    });
  }
}
