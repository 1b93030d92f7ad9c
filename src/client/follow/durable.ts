import type { Consumer, ConsumerMessages, JsMsg } from 'nats';
import { announcementId, readAnnouncement } from './announcement.ts';
import { Backlog } from './backlog.ts';
import { type Channel, type ChannelParts, type Delivered, rememberedIds } from './channel.ts';
import { openConsumer } from './durable-consumer.ts';
import { streamError } from './failure.ts';
import type { DurableOptions, FollowProblem } from './options.ts';
import { Repeats } from './repeats.ts';
import { isSelected } from './subjects.ts';

const defaultBuffer = 100;
/** How long one fetch waits for announcements, in milliseconds; the next one follows at once. */
const fetchMs = 30_000;
/** How often the server says that it is there while a fetch waits, in milliseconds; missed twice, it is asked anew. */
const heartbeatMs = 5_000;
/** How long to pause before asking a JetStream again that did not answer, in milliseconds. */
const pauseMs = 1_000;

/**
 * Announcements from a JetStream stream, at least once: each is acknowledged when the loop asks for the next one. While
 * it waits for the loop, or is being handled, the server is told so, however long that takes.
 */
export class DurableChannel implements Channel {
  readonly ready: Promise<void>;
  readonly #parts: ChannelParts<DurableOptions>;
  readonly #buffer: number;
  readonly #onProblem: (problem: FollowProblem) => void;
  readonly #backlog = new Backlog<JsMsg>();
  readonly #repeats = new Repeats(rememberedIds);
  /** Fetched and not yet acknowledged, by the sequence number in the stream. */
  readonly #unhandled = new Map<number, JsMsg>();
  /** What the loop has at hand. */
  #current: JsMsg | undefined;
  #fetching: ConsumerMessages | undefined;
  #consumer: Consumer | undefined;
  #ended: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #cancelExtension: (() => void) | undefined;

  constructor(parts: ChannelParts<DurableOptions>) {
    this.#parts = parts;
    this.#buffer = parts.options.buffer ?? defaultBuffer;
    this.#onProblem = parts.options.onProblem ?? (() => {});
    const opened = openConsumer(parts);
    this.ready = opened.then(() => {});
    opened.then(
      ({ consumer, ackWaitMs }) => {
        if (this.#hasEnded) return undefined;
        this.#consumer = consumer;
        this.#extendEvery(ackWaitMs / 2);
        return this.#pump(consumer);
      },
      (error: unknown) => this.stop(streamError(error, 'follow')),
    );
  }

  async next(): Promise<Delivered | undefined> {
    if (this.#current !== undefined) this.#handled(this.#current);
    this.#current = undefined;
    for (;;) {
      const message = await this.#backlog.take();
      if (message === undefined) return undefined;
      const event = this.#read(message);
      if (event === undefined) continue;
      this.#current = message;
      return event;
    }
  }

  async leave(): Promise<void> {
    const left = this.#current;
    this.#current = undefined;
    if (left === undefined) return this.stop();
    await this.#end(undefined, [left]);
    this.#settle(left, 'nak'); // where it had ended before
  }

  /** A fetch that was under way is taken up again by the NATS client; nothing is missed. */
  reconnected(): void {}

  stop(error?: Error): Promise<void> {
    // What the loop has at hand is not given back: it is still being handled.
    return this.#end(error, []);
  }

  #end(error: Error | undefined, left: readonly JsMsg[]): Promise<void> {
    if (this.#ended === undefined) {
      const unseen = [...this.#unhandled.values()].filter((message) => message !== this.#current);
      this.#cancelExtension?.();
      this.#fetching?.stop();
      this.#backlog.end(error);
      // What was at hand first: it is delivered again in the order in which it was given back.
      this.#ended = this.#giveBack(new Set([...left, ...unseen]));
      this.#wake?.();
    }
    return this.#ended;
  }

  /** Gives back what was not handled, for others under the same name not to wait until the server takes it for lost. */
  async #giveBack(messages: ReadonlySet<JsMsg>): Promise<void> {
    if (messages.size === 0) return;
    try {
      // Asked for this, the server forgets the fetch that nobody listens to any more. NATS 2.9 would otherwise deliver
      // the first of them to it, and take it for delivered.
      await this.#consumer?.info();
    } catch {
      return; // then the server will find out by itself
    }
    for (const message of messages) this.#settle(message, 'nak');
  }

  get #hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  async #pump(consumer: Consumer): Promise<void> {
    while (!this.#hasEnded) {
      try {
        await this.#fetch(consumer);
      } catch (cause) {
        if (this.#hasEnded) return;
        await this.#afterFailure(consumer, cause);
      }
    }
  }

  /** Fetches what there is room for, once at least half of it is free. */
  async #fetch(consumer: Consumer): Promise<void> {
    while (this.#unhandled.size > this.#buffer / 2) {
      await this.#woken();
      if (this.#hasEnded) return;
    }
    const room = this.#buffer - this.#unhandled.size;
    this.#fetching = await consumer.fetch({ max_messages: room, expires: fetchMs, idle_heartbeat: heartbeatMs });
    if (this.#hasEnded) this.#fetching.stop();
    for await (const message of this.#fetching) this.#keep(message);
  }

  /** Goes on after a pause, unless the consumer is gone. */
  async #afterFailure(consumer: Consumer, cause: unknown): Promise<void> {
    const { clock, options } = this.#parts;
    const asked = `fetch from ${options.stream} for ${options.durable}`;
    const failure = streamError(cause, asked);
    if (failure.code === 'STREAM_NOT_FOUND') {
      await this.stop(failure);
      return;
    }
    this.#onProblem({ kind: 'interrupted', cause: failure });
    const cancel = clock.after(pauseMs, () => this.#wake?.());
    await this.#woken();
    cancel();
    if (this.#hasEnded) return;
    try {
      await consumer.info();
    } catch (error) {
      const found = streamError(error, asked);
      if (found.code === 'STREAM_NOT_FOUND') await this.stop(found);
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #keep(message: JsMsg): void {
    if (this.#hasEnded) {
      message.nak();
      return;
    }
    // Delivered again while it still waits or is being handled: the first one answers for both.
    if (this.#unhandled.has(message.seq)) return;
    this.#unhandled.set(message.seq, message);
    this.#backlog.push(message);
  }

  #read(message: JsMsg): Delivered | undefined {
    if (!isSelected(message.subject, this.#parts.subjects) || this.#repeats.has(announcementId(message))) {
      this.#settle(message, 'ack');
      return undefined;
    }
    const reading = readAnnouncement(message);
    if (!reading.ok) {
      this.#onProblem({ kind: 'malformed', subject: message.subject, why: reading.why });
      this.#settle(message, 'term');
      return undefined;
    }
    const { seq: sequence, redelivered } = message;
    return { ...reading.announcement, sequence, redelivered, ack: () => this.#handled(message) };
  }

  #handled(message: JsMsg): void {
    this.#repeats.add(announcementId(message));
    this.#settle(message, 'ack');
  }

  /** Answers for a message, the first time only. */
  #settle(message: JsMsg, how: 'ack' | 'nak' | 'term'): void {
    if (!this.#unhandled.delete(message.seq)) return;
    try {
      message[how]();
    } catch {
      // The connection is closed: the server will deliver it again.
    }
    this.#wake?.();
  }

  #extendEvery(intervalMs: number): void {
    this.#cancelExtension = this.#parts.clock.after(intervalMs, () => {
      if (this.#parts.connection.isClosed()) return;
      for (const message of this.#unhandled.values()) message.working();
      this.#extendEvery(intervalMs);
    });
  }
}
