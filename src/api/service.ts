import { type MsgHdrs, type NatsConnection, headers as natsHeaders, type Service, type ServiceMsg } from 'nats';
import { messageOf } from '../../runtime/errors.ts';
import type { HostLog } from '../../runtime/host-options.ts';
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
  type ServiceName,
  serviceOf,
  services,
  subscriptionsOf,
} from '../contracts/index.ts';
import { answerName, requestName, schemaId } from '../documents/schemas/names.ts';
import type { Endpoints } from './endpoints.ts';
import { ApiFailure, failure, internal } from './failure.ts';
import type { ApiRequest } from './request.ts';

export interface ApiOptions {
  readonly connection: NatsConnection;
  readonly endpoints: Endpoints;
  readonly version: string;
  readonly log: HostLog;
}

/** Answers every command and question of api.md, as NATS micro services (ADR-32): `orders`, and `admin` for operators. */
export class Api {
  readonly #options: ApiOptions;
  readonly #maxAnswerBytes: number;
  #services: readonly Service[] = [];

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#maxAnswerBytes = options.connection.info?.max_payload ?? 1_048_576;
  }

  /** Begins to answer. */
  async open(): Promise<void> {
    const { connection } = this.#options;
    const added = Object.keys(services).map((name) => this.#add(name as ServiceName));
    this.#services = await Promise.all(added);
    await connection.flush();
  }

  async #add(service: ServiceName): Promise<Service> {
    const { connection, version } = this.#options;
    const added = await connection.services.add({
      name: service,
      version,
      description: services[service],
      queue: service,
    });
    for (const name of endpointNames.filter((one) => serviceOf(one) === service)) {
      for (const subject of subscriptionsOf(name)) {
        const suffix = subject === name && endpointOf(name).keyOptional === true ? '-new' : '';
        added.addEndpoint(`${name.replace('.', '-')}${suffix}`, {
          subject,
          metadata: {
            summary: endpointOf(name).summary,
            request: schemaId(requestName(name)),
            answer: schemaId(answerName(name)),
          },
          handler: (_error, message) => this.#take(name, message),
        });
      }
    }
    return added;
  }

  /** Takes nothing more, and resolves once everything that was taken is answered. */
  async close(): Promise<void> {
    if (!this.#options.connection.isClosed()) await Promise.all(this.#services.map((service) => service.stop()));
    await this.#options.endpoints.close();
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
    this.#answer(name, message).catch((error: unknown) =>
      this.#options.log.error({ subject: message.subject, err: error }, 'No answer was sent'),
    );
  }

  async #answer(name: EndpointName, message: ServiceMsg): Promise<void> {
    let trace: string | undefined;
    let request: ApiRequest<object> | undefined;
    try {
      const sent = headersOf(message);
      trace = sent?.get(headers.traceparent) || undefined;
      request = readRequest(name, message, sent);
      const bytes = await this.#options.endpoints.answer(name, request);
      if (bytes.length > this.#maxAnswerBytes) throw tooLarge(bytes.length, this.#maxAnswerBytes);
      message.respond(bytes, trace === undefined ? {} : { headers: traced(trace) });
    } catch (error) {
      const body = error instanceof ApiFailure ? error.body : this.#unexpected(name, message, error);
      if (request === undefined) this.#options.endpoints.unreadable(name, body.code);
      message.respond(Buffer.from(JSON.stringify(body)), { headers: errorHeaders(body, trace) });
    }
  }

  #unexpected(name: EndpointName, message: ServiceMsg, error: unknown): ErrorBody {
    this.#options.log.error({ endpoint: name, subject: message.subject, err: error }, 'A request has failed');
    return internal(`${name} has failed.`, error).body;
  }
}

/** Reads what was sent. Throws ApiFailure INVALID_ID, INVALID_REQUEST or TOO_LARGE. */
function readRequest(name: EndpointName, message: ServiceMsg, sent: MsgHdrs | undefined): ApiRequest<object> {
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
  return { key: key.key, body: parsed.body, headers: read.headers, replyTo };
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
