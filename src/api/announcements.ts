import { setTimeout as pause } from 'node:timers/promises';
import { type MsgHdrs, type NatsConnection, nuid } from 'nats';
import { keyOf, typeOf } from '../../runtime/address.ts';
import type { Announced } from '../../runtime/group-commit.ts';
import type { Announce } from '../../runtime/publisher.ts';
import {
  type AnnouncementKind,
  type AnnouncementSource,
  announcementSubject,
  announcementType,
  constantEventHeaders,
  headers,
} from '../contracts/index.ts';

/** An announcement as it goes over the wire: a CloudEvent in binary mode. */
interface CloudEvent {
  readonly subject: string;
  readonly headers: MsgHdrs;
  readonly data: string;
}

const CONSTANT = ['NATS/1.0', ...Object.entries(constantEventHeaders).map(([name, value]) => `${name}: ${value}`)];

/**
 * Headers that are only written, never looked up: the client library's own are a multimap that costs more than the rest
 * of the announcement.
 */
class EventHeaders {
  readonly #lines: readonly string[];

  /** @param lines one header each, none with a line break. */
  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  /** What `publish` asks of headers. */
  encode(): Uint8Array {
    return Buffer.from(`${[...CONSTANT, ...this.#lines].join('\r\n')}\r\n\r\n`);
  }
}

/** The name under which an announcement's data gives what it is about. */
const ID_FIELD: Readonly<Record<AnnouncementSource, string>> = {
  order: 'order',
  transaction: 'transaction',
  stock: 'sku',
};

/** Puts an announcement into the words of api.md. */
export function cloudEvent({ address, seq, index, at, trace, announcement }: Announced): CloudEvent {
  const source = typeOf(address) as AnnouncementSource;
  const kind = announcement.type as AnnouncementKind;
  const id = `${address}/${seq}/${index}`;
  const key = keyOf(address);
  const eventId = encodeURI(id);
  const lines = [
    `${headers.eventId}: ${eventId}`,
    `${headers.eventType}: ${announcementType(source, kind as never)}`,
    `${headers.eventSubject}: ${encodeURI(key)}`,
    `${headers.eventTime}: ${new Date(at).toISOString()}`,
    `${headers.messageId}: ${eventId}`,
  ];
  if (trace !== undefined) lines.push(`${headers.traceparent}: ${trace}`);
  const data = {
    [ID_FIELD[source]]: key,
    ...(source === 'transaction' && { order: key.slice(0, key.lastIndexOf('~')) }),
    version: seq,
    change: announcement.change,
  };
  return {
    subject: announcementSubject(source, key, kind as never),
    headers: new EventHeaders(lines) as unknown as MsgHdrs,
    data: JSON.stringify(data),
  };
}

/** How long a stream may take to say that it has an announcement, in ms. */
const ACK_TIMEOUT_MS = 5_000;
/** How long the server is left alone before it is asked whether it has what was published, in ms. */
const CONFIRM_MS = 5;
/** How often it is looked up whether a stream takes the announcements, in ms. */
const LOOK_UP_MS = 30_000;

/**
 * Publishes announcements over NATS. Where a JetStream stream takes `events.>`, each is published until the stream has
 * acknowledged it, one after the other for each actor, so that they are in order and none is missing. Without one they
 * go to whoever listens.
 */
export class Announcer {
  readonly #connection: NatsConnection;
  readonly #now: () => number;
  #hasStream = false;
  #lookedUpAt = Number.NEGATIVE_INFINITY;

  constructor(connection: NatsConnection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** For the publisher. Resolves once the server, or the stream, has all of them. */
  readonly announce: Announce = async (announced) => {
    if (this.#now() - this.#lookedUpAt >= LOOK_UP_MS) {
      this.#hasStream = await this.#lookUp();
      this.#lookedUpAt = this.#now();
    }
    const events = announced.map((one) => ({ address: one.address, ...cloudEvent(one) }));
    if (!this.#hasStream) {
      for (const { subject, headers: eventHeaders, data } of events) {
        this.#connection.publish(subject, data, { headers: eventHeaders });
      }
      // They are on their way; what is announced meanwhile shares the question whether they have arrived.
      await pause(CONFIRM_MS);
      await this.#connection.flush();
      return;
    }
    const byActor = groupByActor(events);
    await Promise.all([...byActor.values()].map((own) => this.#acknowledged(own)));
  };

  async #acknowledged(events: readonly CloudEvent[]): Promise<void> {
    for (const { subject, headers: eventHeaders, data } of events) {
      const reply = await this.#connection.request(subject, data, {
        headers: eventHeaders,
        timeout: ACK_TIMEOUT_MS,
        noMux: true,
        reply: `_INBOX.${nuid.next()}`,
      });
      const { error } = reply.json<{ error?: { description?: string } }>();
      if (error !== undefined) throw new Error(`The stream has not taken ${subject}: ${error.description}`);
    }
  }

  /**
   * Whether a stream takes all that is announced, and acknowledges it. One that takes only some of it gets that like
   * everybody who listens: waiting for its word on the others would be waiting for ever.
   */
  async #lookUp(): Promise<boolean> {
    try {
      const request = JSON.stringify({ subject: ALL_EVENTS });
      const reply = await this.#connection.request('$JS.API.STREAM.LIST', request, { timeout: ACK_TIMEOUT_MS });
      const { streams } = reply.json<StreamList>();
      return (streams ?? []).some(
        ({ config }) =>
          config.no_ack !== true && config.subjects?.some((subject) => TAKES_ALL.includes(subject)) === true,
      );
    } catch {
      // No JetStream at all answers "no responders".
      return false;
    }
  }
}

const ALL_EVENTS = 'events.>';
const TAKES_ALL: readonly string[] = [ALL_EVENTS, '>'];

interface StreamList {
  readonly streams?:
    | readonly { readonly config: { readonly subjects?: readonly string[] | null; readonly no_ack?: boolean } }[]
    | null;
}

function groupByActor<Event extends { readonly address: string }>(events: readonly Event[]): Map<string, Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const group = groups.get(event.address);
    if (group === undefined) groups.set(event.address, [event]);
    else group.push(event);
  }
  return groups;
}
