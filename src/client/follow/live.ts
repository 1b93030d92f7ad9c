import type { Msg, NatsConnection, Subscription } from 'nats';
import { announcementId, readAnnouncement } from './announcement.ts';
import { Backlog } from './backlog.ts';
import { type Channel, type ChannelParts, type Delivered, rememberedIds } from './channel.ts';
import { connectionLost, refused } from './failure.ts';
import type { FollowProblem, LiveOptions } from './options.ts';
import { Repeats } from './repeats.ts';

const defaultBuffer = 1_000;

/** What is announced on core NATS while it listens. */
export class LiveChannel implements Channel {
  readonly ready: Promise<void>;
  readonly #subscriptions: readonly Subscription[];
  readonly #backlog = new Backlog<Msg>();
  readonly #repeats = new Repeats(rememberedIds);
  readonly #buffer: number;
  readonly #onProblem: (problem: FollowProblem) => void;
  #dropped = 0;

  constructor({ connection, options, subjects }: ChannelParts<LiveOptions>) {
    this.#buffer = options.buffer ?? defaultBuffer;
    this.#onProblem = options.onProblem ?? (() => {});
    this.#subscriptions = subjects.each.map((subject) =>
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) void this.stop(refused(`follow ${subject}`, error.message, error));
          else this.#keep(message);
        },
      }),
    );
    this.ready = listening(connection);
  }

  async next(): Promise<Delivered | undefined> {
    for (;;) {
      const message = await this.#backlog.take();
      this.#reportDropped();
      if (message === undefined) return undefined;
      const event = this.#read(message);
      if (event !== undefined) return event;
    }
  }

  leave(): Promise<void> {
    return this.stop();
  }

  reconnected(): void {
    this.#onProblem({ kind: 'interrupted' });
  }

  async stop(error?: Error): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#backlog.end(error);
  }

  #keep(message: Msg): void {
    if (this.#backlog.size >= this.#buffer) {
      this.#backlog.dropOldest();
      this.#dropped += 1;
    }
    this.#backlog.push(message);
  }

  #reportDropped(): void {
    if (this.#dropped === 0) return;
    this.#onProblem({ kind: 'dropped', count: this.#dropped });
    this.#dropped = 0;
  }

  #read(message: Msg): Delivered | undefined {
    const id = announcementId(message);
    if (this.#repeats.has(id)) return undefined;
    const reading = readAnnouncement(message);
    if (!reading.ok) {
      this.#onProblem({ kind: 'malformed', subject: message.subject, why: reading.why });
      return undefined;
    }
    this.#repeats.add(id);
    return reading.announcement;
  }
}

/** Resolves when the server has every subscription; a connection that is lost meanwhile brings them when it is back. */
async function listening(connection: NatsConnection): Promise<void> {
  for (;;) {
    try {
      await connection.flush();
      return;
    } catch (cause) {
      if (connection.isClosed()) throw connectionLost(cause);
    }
  }
}
