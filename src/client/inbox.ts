import { createInbox, type Msg, type NatsConnection, type Subscription } from 'nats';
import { clientError } from './errors.ts';

/** What a call waits for. */
interface Waiting {
  readonly answered: (message: Msg) => void;
  readonly closed: (error: Error) => void;
}

/**
 * One subscription for the answers to all calls: each call publishes with a reply subject of its own under this inbox.
 * (The stock `request()` costs several times as much for each call.)
 */
export class Inbox {
  readonly #waiting = new Map<string, Waiting>();
  readonly #prefix: string;
  readonly #subscription: Subscription;
  #last = 0;

  constructor(connection: NatsConnection) {
    this.#prefix = `${createInbox()}.`;
    this.#subscription = connection.subscribe(`${this.#prefix}*`, {
      callback: (error, message) => {
        if (error) this.#closeAll(error);
        else this.#take(message);
      },
    });
    connection.closed().then(
      (error) => this.#closeAll(error ?? undefined),
      (error: unknown) => this.#closeAll(error),
    );
  }

  /** How many calls wait for an answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Reserves a reply subject; the first message on it, or the end of the connection, is handed over once. */
  reserve(waiting: Waiting): { reply: string; release: () => void } {
    const token = (++this.#last).toString(36);
    this.#waiting.set(token, waiting);
    return { reply: this.#prefix + token, release: () => this.#waiting.delete(token) };
  }

  /** Stops listening; calls that still wait fail. */
  close(): void {
    this.#subscription.unsubscribe();
    this.#closeAll(undefined);
  }

  #take(message: Msg): void {
    const token = message.subject.slice(this.#prefix.length);
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) return; // a second answer, or one after its time-out
    this.#waiting.delete(token);
    waiting.answered(message);
  }

  #closeAll(cause: unknown): void {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    const message = 'The connection was closed before the answer came: whether the command was done is unknown.';
    for (const { closed } of all) closed(clientError('CONNECTION_CLOSED', message, { outcomeUnknown: true, cause }));
  }
}
