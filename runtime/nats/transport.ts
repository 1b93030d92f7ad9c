import { gunzipSync, gzipSync } from 'node:zlib';
import { headers, type Msg, type MsgHdrs, type NatsConnection, type Subscription } from 'nats';
import { addressOf, decodeToken, encodeToken, keyOf, typeOf } from '../address.ts';
import { messageOf } from '../errors.ts';
import type { ActorEvent, OutgoingAnswer, OutgoingAsk, Receiver, Transport } from '../transport.ts';

/** What actors say to one another, as it stands on the wire. */
interface Envelope {
  readonly event: ActorEvent;
  readonly cause: string;
  readonly trace?: string | undefined;
}

export interface NatsTransportOptions {
  readonly connection: NatsConnection;
  /** Puts an event into the words of the contract with outside participants. */
  readonly toService: (event: ActorEvent) => unknown;
  /** What was dropped, and why: a malformed message, an error in the place of an answer. */
  readonly onDropped: (subject: string, why: string) => void;
}

const ACTORS = 'actors';
const ANSWERS = 'answers';
const PARTICIPANTS = 'participants';
const SERVICE = 'service:';

/** Larger messages between actors are compressed: a transaction of 2,000 articles is beyond what NATS carries. */
const COMPRESS_BYTES = 256 * 1024;
const ENCODING = 'Content-Encoding';
/** What a compressed message may unpack to. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/**
 * Carries messages over NATS subjects: `actors.<type>.<key>` to an actor, `participants.<name>.<what>` to a service;
 * the reply subject, `answers.<type>.<key>.<ask>`, brings the answer back.
 */
export class NatsTransport implements Transport {
  readonly #options: NatsTransportOptions;
  #subscriptions: readonly Subscription[] = [];

  constructor(options: NatsTransportOptions) {
    this.#options = options;
  }

  async open(receiver: Receiver): Promise<void> {
    this.#subscriptions = [
      this.#subscribe(`${ACTORS}.*.*`, (message) => this.#message(receiver, message)),
      this.#subscribe(`${ANSWERS}.*.*.*`, (message) => this.#answer(receiver, message)),
    ];
    // The server knows of both once it has answered the flush.
    await this.#options.connection.flush();
  }

  #subscribe(subject: string, take: (message: Msg) => void): Subscription {
    const { connection, onDropped } = this.#options;
    return connection.subscribe(subject, {
      callback: (error, message) => {
        // An error, such as a permission that is missing, comes without a message.
        if (error !== null) return onDropped(subject, error.message);
        try {
          take(message);
        } catch (thrown) {
          // Headers are read late, and broken ones throw: thrown on from here, that would end all reading.
          onDropped(message.subject, messageOf(thrown));
        }
      },
    });
  }

  ask({ from, ask, to, event, cause, trace }: OutgoingAsk): void {
    const { connection } = this.#options;
    if (connection.isClosed()) return;
    const reply = `${ANSWERS}.${typeOf(from)}.${encodeToken(keyOf(from))}.${encodeToken(ask)}`;
    if (to.startsWith(SERVICE)) {
      const subject = `${PARTICIPANTS}.${to.slice(SERVICE.length)}.${event.type}`;
      this.#publish(subject, this.#options.toService(event), reply, trace === undefined ? undefined : traced(trace));
      return;
    }
    const slash = to.indexOf('/');
    const subject = `${ACTORS}.${to.slice(0, slash)}.${encodeToken(to.slice(slash + 1))}`;
    // What is undefined does not stand in JSON.
    const envelope: Envelope = { event, cause, trace };
    this.#publish(subject, envelope, reply);
  }

  /** Never throws: it is called while effects are released, and whoever is not reached is asked again. */
  #publish(subject: string, body: unknown, reply?: string, own?: MsgHdrs): void {
    try {
      const json = Buffer.from(JSON.stringify(body));
      const isLarge = json.length > COMPRESS_BYTES && own === undefined;
      const messageHeaders = isLarge ? compressed() : own;
      this.#options.connection.publish(subject, isLarge ? gzipSync(json, { level: 1 }) : json, {
        reply: reply ?? '',
        ...(messageHeaders !== undefined && { headers: messageHeaders }),
      });
    } catch (error) {
      this.#options.onDropped(subject, messageOf(error));
    }
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    if (!this.#options.connection.isClosed()) await this.#options.connection.flush();
  }

  #message(receiver: Receiver, message: Msg): void {
    const [, type, token] = message.subject.split('.');
    const key = decodeToken(token ?? '');
    const envelope = parse(message) as Partial<Envelope> | undefined;
    const event = envelope?.event;
    if (type === undefined || key === undefined || typeof event?.type !== 'string') {
      return this.#options.onDropped(message.subject, 'it is no message between actors');
    }
    // The runtime raises these itself: from outside they would be forged timers.
    if (event.type.startsWith('xstate.')) return this.#options.onDropped(message.subject, `${event.type} from outside`);
    receiver.message({
      to: addressOf(type, key),
      event,
      cause: String(envelope?.cause ?? 'unknown'),
      trace: typeof envelope?.trace === 'string' ? envelope.trace : undefined,
      answer: (answer) => {
        if (message.reply !== undefined && !this.#options.connection.isClosed()) {
          this.#publish(message.reply, bodyOf(answer));
        }
      },
    });
  }

  #answer(receiver: Receiver, message: Msg): void {
    const [, type, token, name] = message.subject.split('.');
    const key = decodeToken(token ?? '');
    const ask = decodeToken(name ?? '');
    if (type === undefined || key === undefined || ask === undefined) {
      return this.#options.onDropped(message.subject, 'no ask has such a name');
    }
    // Errors, "no responders" and what is no JSON are not answers: they never end an ask.
    if (message.headers?.hasError === true || message.headers?.has('Nats-Service-Error') === true) {
      return this.#options.onDropped(message.subject, message.headers.get('Nats-Service-Error') || 'no responders');
    }
    const answer = parse(message);
    if (answer === undefined) return this.#options.onDropped(message.subject, 'it is no JSON object');
    if ('error' in answer) return this.#options.onDropped(message.subject, JSON.stringify(answer.error));
    receiver.answer({ to: addressOf(type, key), ask, answer });
  }
}

function compressed(): MsgHdrs {
  const encodingHeaders = headers();
  encodingHeaders.set(ENCODING, 'gzip');
  return encodingHeaders;
}

function traced(trace: string): MsgHdrs {
  const traceHeaders = headers();
  traceHeaders.set('traceparent', trace);
  return traceHeaders;
}

function bodyOf(answer: OutgoingAnswer): unknown {
  switch (answer.kind) {
    case 'reply':
      return answer.payload;
    case 'refusal':
      return { error: { code: 'NOT_ACCEPTED', ...answer.refusal } };
    case 'failure':
      return { error: { code: 'INTERNAL', message: answer.message } };
  }
}

function parse(message: Msg): Readonly<Record<string, unknown>> | undefined {
  try {
    const isCompressed = message.headers?.get(ENCODING) === 'gzip';
    const bytes = isCompressed ? gunzipSync(message.data, { maxOutputLength: LARGEST_BYTES }) : message.data;
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
