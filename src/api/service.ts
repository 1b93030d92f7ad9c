import { type MsgHdrs, type NatsConnection, headers as natsHeaders, type Service, type ServiceMsg } from 'nats';
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
  makeErrorBody,
  parseBody,
  readHeaders,
  readKey,
  refusalBody,
  subscriptionsOf,
} from '../contracts/index.ts';
import { type OrderSettings, orderCommands, otherCommands } from './commands.ts';
import { ApiFailure, failure } from './failure.ts';
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
  answerOrphan(replyTo: string, answer: { readonly error: boolean; readonly bytes: Uint8Array }): void {
    const { connection } = this.#options;
    if (connection.isClosed()) return;
    const body = answer.error ? (JSON.parse(Buffer.from(answer.bytes).toString('utf8')) as ErrorBody) : undefined;
    const options = body === undefined ? {} : { headers: errorHeaders(body) };
    connection.publish(replyTo, answer.bytes, options);
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
    const trace = message.headers?.get(headers.traceparent) || undefined;
    try {
      const answer = await this.#handle(name, message);
      const bytes = answer instanceof Uint8Array ? answer : Buffer.from(JSON.stringify(answer));
      if (bytes.length > this.#maxAnswerBytes) throw tooLarge(bytes.length, this.#maxAnswerBytes);
      if (trace === undefined) message.respond(bytes);
      else message.respond(bytes, { headers: traced(trace) });
    } catch (error) {
      const body = error instanceof ApiFailure ? error.body : this.#unexpected(name, message, error);
      message.respond(Buffer.from(JSON.stringify(body)), { headers: errorHeaders(body, trace) });
    }
  }

  async #handle(name: EndpointName, message: ServiceMsg): Promise<unknown> {
    const key = readKey(name, message.subject);
    if (!key.ok) {
      const why = key.fields.map(({ path, why: reason }) => `${path} ${reason}`).join('; ');
      throw failure('INVALID_ID', `Invalid id: ${why}.`, { fields: [...key.fields] });
    }
    const read = readHeaders((header) => message.headers?.get(header) || undefined);
    if (!read.ok) throw new ApiFailure(refusalBody(read));
    const parsed = parseBody(name, message.data);
    if (!parsed.ok) throw new ApiFailure(refusalBody(parsed));
    const replyTo = message.reply === '' ? undefined : message.reply;
    return this.#handlers[name]({ key: key.key, body: parsed.body as never, headers: read.headers, replyTo });
  }

  #unexpected(name: EndpointName, message: ServiceMsg, error: unknown): ErrorBody {
    this.#options.log.error({ endpoint: name, subject: message.subject, err: error }, 'A request has failed');
    return makeErrorBody('INTERNAL', `${name} has failed; the log of the service has the details.`, {});
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

function traced(trace: string): MsgHdrs {
  const answerHeaders = natsHeaders();
  answerHeaders.set(headers.traceparent, trace);
  return answerHeaders;
}

function errorHeaders(body: ErrorBody, trace?: string): MsgHdrs {
  const answerHeaders = trace === undefined ? natsHeaders() : traced(trace);
  // A header is one line.
  answerHeaders.set(headers.serviceError, body.message.replace(/[\r\n]+/g, ' '));
  answerHeaders.set(headers.serviceErrorCode, String(isErrorCode(body.code) ? errorKinds[body.code].number : 500));
  return answerHeaders;
}
