import { Events, type NatsConnection } from 'nats';
import type { ClientClock } from '../clock.ts';
import type { Channel, Delivered } from './channel.ts';
import { DurableChannel } from './durable.ts';
import { connectionLost } from './failure.ts';
import { LiveChannel } from './live.ts';
import type { FollowOptions } from './options.ts';
import { selectedSubjects } from './subjects.ts';

/** Announcements as they come, for one `for await` loop. */
export interface Following<Event> extends AsyncIterableIterator<Event> {
  /**
   * Resolves when nothing is missed from now on: the server listens on this connection's behalf, or the durable
   * consumer is there. Rejects with the error that the loop would throw.
   */
  readonly ready: Promise<void>;
}

/** How long the last acknowledgments may take to reach the server, in milliseconds. */
const flushPatienceMs = 1_000;

/** The loops over announcements of one client. */
export class Followings {
  readonly #connection: NatsConnection;
  readonly #clock: ClientClock;
  readonly #open = new Set<Channel>();
  #isWatching = false;

  constructor(connection: NatsConnection, clock: ClientClock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Begins to follow. Throws RangeError for options that contradict each other. */
  start(options: FollowOptions): Following<Delivered> {
    checkOptions(options);
    const channel = this.#channel(options);
    this.#open.add(channel);
    this.#watch();
    const { signal } = options;
    const aborted = (): void => void channel.stop();
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted) aborted();
    channel.ready.catch(() => {}); // the loop throws it, too
    const forget = (): void => {
      signal?.removeEventListener('abort', aborted);
      this.#open.delete(channel);
    };
    const end = async (): Promise<IteratorReturnResult<undefined>> => {
      forget();
      await channel.stop();
      if (options.stream !== undefined) await this.#flushed();
      return { done: true, value: undefined };
    };
    return {
      ready: channel.ready,
      async next() {
        const event = await channel.next().catch((error: unknown) => {
          forget();
          throw error;
        });
        return event === undefined ? end() : { done: false, value: event };
      },
      async return() {
        await channel.leave();
        return end();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Ends all loops, and lets what they have acknowledged reach the server. */
  async stop(): Promise<void> {
    if (this.#open.size === 0) return;
    const stopped = [...this.#open].map((channel) => channel.stop());
    this.#open.clear();
    await Promise.all(stopped);
    await this.#flushed();
  }

  #channel(options: FollowOptions): Channel {
    const parts = { connection: this.#connection, clock: this.#clock, subjects: selectedSubjects(options) };
    if (options.stream === undefined) return new LiveChannel({ ...parts, options });
    return new DurableChannel({ ...parts, options });
  }

  /** Tells the channels what becomes of the connection. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#watchStatus().catch(() => {}); // it ends with the connection
    this.#connection.closed().then(
      (error) => this.#lost(error ?? undefined),
      (error: unknown) => this.#lost(error),
    );
  }

  async #watchStatus(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === Events.Reconnect) for (const channel of this.#open) channel.reconnected();
    }
  }

  /** Whoever wants a loop to end stops the client or the loop: a connection that closes under it is trouble. */
  #lost(cause: unknown): void {
    for (const channel of this.#open) void channel.stop(connectionLost(cause));
  }

  async #flushed(): Promise<void> {
    let cancel = (): void => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#clock.after(flushPatienceMs, resolve);
    });
    // What does not arrive is delivered again.
    await Promise.race([this.#connection.flush().catch(() => {}), patience]);
    cancel();
  }
}

function checkOptions({ stream, durable, buffer }: FollowOptions): void {
  if ((stream === undefined) !== (durable === undefined)) {
    throw new RangeError('stream and durable belong together: name both, or neither to follow from core NATS');
  }
  if (buffer !== undefined && !(Number.isInteger(buffer) && buffer >= 1)) {
    throw new RangeError(`buffer must be a whole number from 1, but is ${buffer}`);
  }
}
