import { connect, type MsgHdrs, headers as makeHeaders, type NatsConnection } from 'nats';
import {
  type AnswerOf,
  type EndpointName,
  endpointOf,
  headers,
  type InputOf,
  type OrderCommandInput,
  type OrderCommandName,
  type OrderView,
  subjectOf,
} from '../contracts/index.ts';
import { notSent, settleWith, timedOut } from './answer.ts';
import { type CallOptions, patienceFor } from './call-options.ts';
import { type ClientClock, systemClock } from './clock.ts';
import { type EventStreamOptions, ensureEventStream } from './follow/event-stream.ts';
import { type Following, Followings } from './follow/following.ts';
import type { Followed, FollowOptions, OnlyKnown } from './follow/options.ts';
import { Inbox } from './inbox.ts';
import { type NatsAccess, natsConnecting, notConnected } from './nats-access.ts';
import { defaultRetry, withRetries } from './retry.ts';
import { type Calls, makeCalls } from './surface.ts';
import { activeTraceparent } from './trace.ts';

interface Common {
  readonly clock?: ClientClock;
  /** For all calls that do not say otherwise. */
  readonly defaults?: Pick<CallOptions, 'timeoutMs' | 'retry'>;
}

export type ClientOptions = Common &
  (
    | (NatsAccess & {
        /** Shown in the server's list of connections. */
        readonly name?: string;
        /** Keep trying when the server goes away, instead of giving up after ten attempts. */
        readonly reconnectForEver?: boolean;
        /** How long a server may take to be reached, in milliseconds; 20 s where left out. */
        readonly connectTimeoutMs?: number;
      })
    | {
        /** A connection that is open already; closing the client leaves it open. */
        readonly connection: NatsConnection;
      }
  );

/**
 * Connects to the service.
 *
 * @throws {OrdoError} CONNECTION_FAILED when no NATS server answers, NOT_AUTHORIZED when it lets nobody in so,
 * INVALID_NATS_URL when its address cannot be read.
 */
export async function connectClient(options: ClientOptions): Promise<Client> {
  if ('connection' in options) return new Client(options.connection, options, false);
  const { name = 'ordo-client', reconnectForEver = false, connectTimeoutMs } = options;
  const { options: access, shown } = natsConnecting(options);
  try {
    const connection = await connect({
      ...access,
      name,
      ...(reconnectForEver && { maxReconnectAttempts: -1 }),
      ...(connectTimeoutMs !== undefined && { timeout: connectTimeoutMs }),
    });
    return new Client(connection, options, true);
  } catch (cause) {
    throw notConnected(shown, cause);
  }
}

const encoder = new TextEncoder();

/** Gives every command, asks every question and follows every announcement of the service. */
export class Client {
  /** Commands on orders, and questions about them: `client.orders.pay('SO-1', { amount: 3330 })`. */
  readonly orders: Calls['orders'];
  /** Articles: `client.stock.get('85123A')`. */
  readonly stock: Calls['stock'];
  /** The money of orders: `client.payments.get('SO-1')`. */
  readonly payments: Calls['payments'];
  /** Transactions, for operators: `client.transactions.list({ state: 'inDoubt' })`. */
  readonly transactions: Calls['transactions'];
  /** The store, for operators: `client.admin.timers({ dueWithinMs: 3_600_000 })`. */
  readonly admin: Calls['admin'];
  /** The connection, for what the client does not do itself. */
  readonly connection: NatsConnection;
  readonly #followings: Followings;
  readonly #inbox: Inbox;
  readonly #clock: ClientClock;
  readonly #defaults: Pick<CallOptions, 'timeoutMs' | 'retry'>;
  readonly #ownsConnection: boolean;

  constructor(connection: NatsConnection, options: Common, ownsConnection: boolean) {
    this.connection = connection;
    this.#inbox = new Inbox(connection);
    this.#clock = options.clock ?? systemClock;
    this.#defaults = options.defaults ?? {};
    this.#ownsConnection = ownsConnection;
    this.#followings = new Followings(connection, this.#clock);
    const calls = makeCalls((name, key, body, callOptions) => this.#call(name, key, body, callOptions));
    this.orders = calls.orders;
    this.stock = calls.stock;
    this.payments = calls.payments;
    this.transactions = calls.transactions;
    this.admin = calls.admin;
  }

  /** How many calls wait for an answer. */
  get waiting(): number {
    return this.#inbox.waiting;
  }

  /** A command on an order: `command('pay', 'SO-1', {})`. `place` may go without an id (null). */
  command<Name extends OrderCommandName>(
    name: Name,
    orderId: string | null,
    body: OrderCommandInput<Name>,
    options?: CallOptions,
  ): Promise<OrderView> {
    return this.#call(`orders.${name}`, orderId, body, options) as Promise<OrderView>;
  }

  /**
   * Any command or question: `call('orders.list', null, {status: 'paid'})`. `key` is the id, SKU or transaction as it
   * is, not escaped; null where the endpoint takes none. Rejects with OrdoError, or with the reason of the signal.
   */
  call<Name extends EndpointName>(
    name: Name,
    key: string | null,
    body: InputOf<Name>,
    options?: CallOptions,
  ): Promise<AnswerOf<Name>> {
    return this.#call(name, key, body, options) as Promise<AnswerOf<Name>>;
  }

  /**
   * Follows what is announced: `for await (const event of client.follow({ types: ['paid'] }))`. From core NATS, what is
   * announced while it listens; with `stream` and `durable` from a JetStream stream, each at least once. Following
   * begins with this call, and `ready` says when; it ends with the loop, with the signal, or when the client is closed.
   * Throws RangeError for options that contradict each other. The loop throws OrdoError CONNECTION_CLOSED,
   * FOLLOW_REFUSED, JETSTREAM_UNAVAILABLE or STREAM_NOT_FOUND.
   */
  follow<const Options extends FollowOptions>(options: Options & OnlyKnown<Options>): Following<Followed<Options>> {
    return this.#followings.start(options) as Following<Followed<Options>>;
  }

  /**
   * Makes a JetStream stream that takes every announcement, where it is missing. One that is there is left as it is.
   * Resolves to whether it was made. Rejects with OrdoError JETSTREAM_UNAVAILABLE or FOLLOW_REFUSED.
   */
  ensureEventStream(options: EventStreamOptions = {}): Promise<boolean> {
    return ensureEventStream(this.connection, options);
  }

  /**
   * Stops: loops over announcements end, and calls that still wait are rejected with CONNECTION_CLOSED. Closes the
   * connection if the client made it.
   */
  async close(): Promise<void> {
    await this.#followings.stop();
    this.#inbox.close();
    if (this.#ownsConnection) await this.connection.close();
  }

  async #call(name: EndpointName, key: string | null, body: unknown, options: CallOptions = {}): Promise<unknown> {
    const { signal, deadline, retry = this.#defaults.retry } = options;
    const subject = subjectOf(name, key);
    const payload = encoder.encode(JSON.stringify(body));
    const sent = headersOf(name, options);
    const timeoutMs = options.timeoutMs ?? this.#defaults.timeoutMs ?? patienceFor(body);
    const attempt = () => this.#attempt(subject, payload, sent, timeoutMs, signal);
    if (retry === false) return attempt();
    const policy = { ...defaultRetry, ...retry };
    return withRetries(attempt, this.#clock, policy, { deadlineMs: deadline?.getTime(), signal });
  }

  #attempt(
    subject: string,
    payload: Uint8Array,
    sent: MsgHdrs | undefined,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const end = (settle: () => void): void => {
        release();
        cancelTimer();
        signal?.removeEventListener('abort', aborted);
        settle();
      };
      const { reply, release } = this.#inbox.reserve({
        answered: (message) => end(() => settleWith(message, resolve, reject)),
        closed: (error) => end(() => reject(error)),
      });
      const cancelTimer = this.#clock.after(timeoutMs, () => end(() => reject(timedOut(subject, timeoutMs))));
      const aborted = (): void => end(() => reject(signal?.reason));
      signal?.addEventListener('abort', aborted, { once: true });
      try {
        this.connection.publish(subject, payload, { reply, ...(sent && { headers: sent }) });
      } catch (cause) {
        end(() => reject(notSent(cause)));
      }
    });
  }
}

function headersOf(name: EndpointName, options: CallOptions): MsgHdrs | undefined {
  const { deadline, traceparent = activeTraceparent() } = options;
  const isCommand = endpointOf(name).kind === 'command';
  if (!isCommand && deadline === undefined && traceparent === undefined) return undefined;
  const sent = makeHeaders();
  if (isCommand) sent.set(headers.requestId, options.requestId ?? crypto.randomUUID());
  if (deadline !== undefined) sent.set(headers.deadline, deadline.toISOString());
  if (traceparent !== undefined) sent.set(headers.traceparent, traceparent);
  return sent;
}
