import { connect, type Msg, type MsgHdrs, headers as makeHeaders, type NatsConnection, NatsError } from 'nats';
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
import { type ClientClock, systemClock } from './clock.ts';
import { answeredError, clientError, OrdoError } from './errors.ts';
import { Inbox } from './inbox.ts';
import { type NatsAccess, natsConnecting, notConnected } from './nats-access.ts';
import { defaultRetry, type RetryPolicy, withRetries } from './retry.ts';

/** How long one attempt waits for its answer, in milliseconds: longer than a transaction has to prepare (10 s). */
export const defaultTimeoutMs = 15_000;
/** How much longer an attempt waits than the question itself waits (`orders.wait`), in milliseconds. */
const waitMarginMs = 5_000;

/** What can be said about one call. */
export interface CallOptions {
  /** Makes a command idempotent; made up where absent. Every attempt of a call carries the same. */
  readonly requestId?: string;
  /** The command must not be started later than this, nor tried again. */
  readonly deadline?: Date;
  /** How long each attempt waits for its answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** W3C trace context, carried through to every message that the call causes. */
  readonly traceparent?: string;
  /** Ends the waiting; what was sent is not taken back. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** When to try again; false for a single attempt. */
  readonly retry?: Partial<RetryPolicy> | false;
}

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
const decoder = new TextDecoder();

/** Calls every command and question of the service by name. */
export class Client {
  /** The connection, for what the client does not do itself. */
  readonly connection: NatsConnection;
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

  /** Stops; calls that still wait are rejected with CONNECTION_CLOSED. Closes the connection if the client made it. */
  async close(): Promise<void> {
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

/** An attempt at a question that itself waits must wait longer than that. */
function patienceFor(body: unknown): number {
  const asked = (body as { timeoutMs?: unknown }).timeoutMs;
  return typeof asked === 'number' ? Math.max(defaultTimeoutMs, asked + waitMarginMs) : defaultTimeoutMs;
}

function headersOf(name: EndpointName, options: CallOptions): MsgHdrs | undefined {
  const { deadline, traceparent } = options;
  const isCommand = endpointOf(name).kind === 'command';
  if (!isCommand && deadline === undefined && traceparent === undefined) return undefined;
  const sent = makeHeaders();
  if (isCommand) sent.set(headers.requestId, options.requestId ?? crypto.randomUUID());
  if (deadline !== undefined) sent.set(headers.deadline, deadline.toISOString());
  if (traceparent !== undefined) sent.set(headers.traceparent, traceparent);
  return sent;
}

function settleWith(message: Msg, resolve: (answer: unknown) => void, reject: (error: Error) => void): void {
  // The server's own "no responders" is a status line, which an answer of the service never has.
  if (message.data.length === 0 && message.headers?.code === 503) {
    reject(
      clientError('NO_RESPONDERS', 'Nobody answers: the Ordo service is not running, or not on this NATS server.'),
    );
    return;
  }
  const errorNumber = message.headers?.get(headers.serviceErrorCode);
  try {
    const answer: unknown = message.data.length === 0 ? {} : JSON.parse(decoder.decode(message.data));
    if (errorNumber)
      reject(answeredError(answer, message.headers?.get(headers.serviceError) ?? '', Number(errorNumber)));
    else resolve(answer);
  } catch (cause) {
    reject(
      clientError('UNREADABLE_ANSWER', 'The answer is not JSON: is another service listening on this subject?', {
        cause,
      }),
    );
  }
}

function timedOut(subject: string, timeoutMs: number): OrdoError {
  const message = `No answer on ${subject} within ${timeoutMs} ms: whether it was done is unknown.`;
  return clientError('TIMEOUT', message, { outcomeUnknown: true });
}

function notSent(cause: unknown): OrdoError {
  if (cause instanceof NatsError && cause.code === 'MAX_PAYLOAD_EXCEEDED') {
    const message = 'The message is larger than the NATS server takes; make it smaller.';
    return new OrdoError('TOO_LARGE', message, { number: 413, retriable: false, cause });
  }
  return clientError('CONNECTION_CLOSED', `The connection is closed: ${(cause as Error).message}.`, { cause });
}
