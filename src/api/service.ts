import { type MsgHdrs, type NatsConnection, headers as natsHeaders, type Service, type ServiceMsg } from 'nats';
import { messageOf } from '../../runtime/errors.ts';
import type { Host } from '../../runtime/host.ts';
import type { HostLog } from '../../runtime/host-options.ts';
import type { Clock, Store } from '../../runtime/ports.ts';
import {
  type EndpointName,
  type ErrorBody,
  endpointNames,
  endpointOf,
  errorKinds,
  headers,
  isErrorCode,
  parseBody,
  readHeaders,
  readKey,
  refusalBody,
  subscriptionsOf,
} from '../contracts/index.ts';
import { type OrderSettings, orderCommands, otherCommands } from './commands.ts';
import { ApiFailure, failure, internal } from './failure.ts';
import { orderQuestions } from './order-questions.ts';
import { ledgerQuestions, transactionQuestions } from './other-questions.ts';
import type { ApiRequest } from './request.ts';

export interface ApiOptions {
  readonly connection: NatsConnection;
  readonly host: Host;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: OrderSettings;
  readonly version: string;
  readonly log: HostLog;
}

type Handler = (request: ApiRequest<never>) => Promise<unknown>;

/** Answers every command and question of api.md, as a NATS micro service (ADR-32) named `orders`. */
export class Api {
  readonly #options: ApiOptions;
  readonly #handlers: Readonly<Record<EndpointName, Handler>>;
  readonly #maxAnswerBytes: number;
  #service: Service | undefined;
  readonly #stopping = new AbortController();
  #underWay = 0;
  #whenQuiet: (() => void) | undefined;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#handlers = handlersOf(options, this.#stopping.signal);
    this.#maxAnswerBytes = options.connection.info?.max_payload ?? 1_048_576;
  }

  /** Begins to answer. */
  async open(): Promise<void> {
    const { connection, version } = this.#options;
    this.#service = await connection.services.add({
      name: 'orders',
      version,
      description: 'Orders that live, pay, ship and survive.',
      queue: 'orders',
    });
    for (const name of endpointNames) {
      for (const subject of subscriptionsOf(name)) {
        const suffix = subject === name && endpointOf(name).keyOptional === true ? '-new' : '';
        this.#service.addEndpoint(`${name.replace('.', '-')}${suffix}`, {
          subject,
          metadata: { summary: endpointOf(name).summary },
          handler: (_error, message) => this.#take(name, message),
        });
      }
    }
    await connection.flush();
  }

  /** Takes nothing more, and resolves once everything that was taken is answered. */
  async close(): Promise<void> {
    await this.#service?.stop();
    this.#stopping.abort();
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#whenQuiet = resolve));
  }

  /** Answers a command whose sender only its record remembers. */
  answerOrphan(
    replyTo: string,
    { error, bytes }: { readonly error: boolean; readonly bytes: Uint8Array },
    trace: string | undefined,
  ): void {
    const { connection } = this.#options;
    if (connection.isClosed()) return;
    const body = error ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as ErrorBody) : undefined;
    const answerHeaders = body === undefined ? traced(trace) : errorHeaders(body, trace);
    connection.publish(replyTo, bytes, { headers: answerHeaders });
  }

  #take(name: EndpointName, message: ServiceMsg): void {
    this.#underWay += 1;
    this.#answer(name, message)
      .catch((error: unknown) =>
        this.#options.log.error({ subject: message.subject, err: error }, 'No answer was sent'),
      )
      .finally(() => {
        this.#underWay -= 1;
        if (this.#underWay === 0) this.#whenQuiet?.();
      });
  }

  async #answer(name: EndpointName, message: ServiceMsg): Promise<void> {
    let trace: string | undefined;
    try {
      const sent = headersOf(message);
      trace = sent?.get(headers.traceparent) || undefined;
      const answer = await this.#handle(name, message, sent);
      const bytes = answer instanceof Uint8Array ? answer : Buffer.from(JSON.stringify(answer));
      if (bytes.length > this.#maxAnswerBytes) throw tooLarge(bytes.length, this.#maxAnswerBytes);
      message.respond(bytes, trace === undefined ? {} : { headers: traced(trace) });
    } catch (error) {
      const body = error instanceof ApiFailure ? error.body : this.#unexpected(name, message, error);
      message.respond(Buffer.from(JSON.stringify(body)), { headers: errorHeaders(body, trace) });
    }
  }

  async #handle(name: EndpointName, message: ServiceMsg, sent: MsgHdrs | undefined): Promise<unknown> {
    const key = readKey(name, message.subject);
    if (!key.ok) {
      const why = key.fields.map(({ path, why: reason }) => `${path} ${reason}`).join('; ');
      throw failure('INVALID_ID', `Invalid id: ${why}.`, { fields: [...key.fields] });
    }
    const read = readHeaders((header) => sent?.get(header) || undefined);
    if (!read.ok) throw new ApiFailure(refusalBody(read));
    const parsed = parseBody(name, message.data);
    if (!parsed.ok) throw new ApiFailure(refusalBody(parsed));
    const replyTo = message.reply === '' ? undefined : message.reply;
    return this.#handlers[name]({ key: key.key, body: parsed.body as never, headers: read.headers, replyTo });
  }

  #unexpected(name: EndpointName, message: ServiceMsg, error: unknown): ErrorBody {
    this.#options.log.error({ endpoint: name, subject: message.subject, err: error }, 'A request has failed');
    return internal(`${name} has failed.`, error).body;
  }
}

/** The client library reads headers late, and throws where they are broken. */
function headersOf(message: ServiceMsg): MsgHdrs | undefined {
  try {
    return message.headers;
  } catch (error) {
    const why = `cannot be read: ${messageOf(error)}`;
    throw failure('INVALID_REQUEST', `The headers ${why}.`, { fields: [{ path: 'headers', why }] });
  }
}

function handlersOf(options: ApiOptions, stopping: AbortSignal): Readonly<Record<EndpointName, Handler>> {
  const { host, store, clock, settings } = options;
  const parts = { host, store, clock, stopping };
  const handlers: Partial<Record<string, Handler>> = {
    ...orderCommands(host, settings),
    ...otherCommands(host),
    ...orderQuestions(parts),
    ...ledgerQuestions(parts),
    ...transactionQuestions(parts),
  };
  const missing = endpointNames.filter((name) => handlers[name] === undefined);
  if (missing.length > 0) throw new Error(`These endpoints have no handler: ${missing.join(', ')}`);
  return handlers as Record<EndpointName, Handler>;
}

function tooLarge(actual: number, limit: number): ApiFailure {
  const message = `The answer has ${actual} bytes, more than a message may have (${limit}); ask for less at once.`;
  return failure('TOO_LARGE', message, { path: 'answer', limit, unit: 'bytes', actual });
}

function traced(trace: string | undefined): MsgHdrs {
  const answerHeaders = natsHeaders();
  if (trace !== undefined) answerHeaders.set(headers.traceparent, trace);
  return answerHeaders;
}

function errorHeaders(body: ErrorBody, trace?: string): MsgHdrs {
  const answerHeaders = traced(trace);
  // A header is one line.
  answerHeaders.set(headers.serviceError, body.message.replace(/[\r\n]+/g, ' '));
  answerHeaders.set(headers.serviceErrorCode, String(isErrorCode(body.code) ? errorKinds[body.code].number : 500));
  return answerHeaders;
}
