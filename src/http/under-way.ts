import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../runtime/ports.ts';

/** The requests whose answers have not left yet. */
export class UnderWay {
  readonly #requests = new Map<ServerResponse, IncomingMessage>();
  #onLeft: (() => void) | undefined;

  /** Counts a request until its answer has left, or its client has. */
  add(request: IncomingMessage, response: ServerResponse): void {
    this.#requests.set(response, request);
    response.once('close', () => {
      this.#requests.delete(response);
      this.#onLeft?.();
    });
  }

  /** Whether somebody waits on this connection for the answer to a request that has come in full. */
  has(socket: unknown): boolean {
    return this.#complete().some((request) => request.socket === socket);
  }

  /**
   * Resolves once all answers have left, or time is up: at once for 0 ms. Whoever is still sending is not waited for.
   */
  async quiet(clock: Clock, graceMs: number): Promise<void> {
    if (this.#complete().length === 0 || graceMs === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.schedule(graceMs, resolve);
      this.#onLeft = () => {
        if (this.#complete().length > 0) return;
        cancel();
        resolve();
      };
    });
  }

  #complete(): readonly IncomingMessage[] {
    return [...this.#requests.values()].filter(({ complete }) => complete);
  }
}
