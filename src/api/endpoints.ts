import type { Host } from '../../runtime/host.ts';
import type { HostLog } from '../../runtime/host-options.ts';
import type { Clock, Store } from '../../runtime/ports.ts';
import { traceIdOf } from '../../runtime/trace-context.ts';
import { type EndpointName, endpointNames } from '../contracts/index.ts';
import { adminQuestions } from './admin/questions.ts';
import { type OrderSettings, orderCommands, otherCommands } from './commands.ts';
import { ApiFailure, internal } from './failure.ts';
import { NO_OBSERVER, type Outcome, type RequestObserver } from './observer.ts';
import { orderQuestions } from './order-questions.ts';
import { ledgerQuestions, transactionQuestions } from './other-questions.ts';
import type { ApiRequest } from './request.ts';

export interface EndpointsOptions {
  readonly host: Host;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: OrderSettings;
  readonly log: HostLog;
  readonly observer?: RequestObserver;
}

type Handler = (request: ApiRequest<never>) => Promise<unknown>;

/** What every command and question of api.md is answered with, however it came in: by NATS or by HTTP. */
export class Endpoints {
  readonly #handlers: Readonly<Record<EndpointName, Handler>>;
  readonly #log: HostLog;
  readonly #observer: RequestObserver;
  readonly #stopping = new AbortController();
  #underWay = 0;
  #whenQuiet: (() => void) | undefined;

  constructor(options: EndpointsOptions) {
    this.#handlers = handlersOf(options, this.#stopping.signal);
    this.#log = options.log;
    this.#observer = options.observer ?? NO_OBSERVER;
  }

  /**
   * Answers a request whose key, body and headers have been read and are valid.
   *
   * @returns the answer's JSON in UTF-8.
   * @throws ApiFailure for every answer that is an error, and nothing else.
   */
  async answer(name: EndpointName, request: ApiRequest<object>): Promise<Uint8Array> {
    this.#underWay += 1;
    const begunAt = performance.now();
    const span = this.#observer.begun(name, request);
    const observed = span === undefined ? request : within(request, span.traceparent);
    let outcome: Outcome = 'OK';
    try {
      const answer = await this.#handlers[name](observed as ApiRequest<never>);
      return answer instanceof Uint8Array ? answer : Buffer.from(JSON.stringify(answer));
    } catch (error) {
      const failed = error instanceof ApiFailure ? error : this.#unexpected(name, observed, error);
      outcome = failed.body.code;
      throw failed;
    } finally {
      span?.end(outcome);
      this.#observer.answered(name, observed, outcome, performance.now() - begunAt);
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#whenQuiet?.();
    }
  }

  /** Tells of a request that has got no further than to whoever tried to read it. */
  unreadable(name: EndpointName, code: string): void {
    this.#observer.unreadable(name, code);
  }

  /** Ends all waiting for what may come, and resolves once everything that was taken is answered. */
  async close(): Promise<void> {
    this.#stopping.abort();
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#whenQuiet = resolve));
  }

  #unexpected(name: EndpointName, { key, headers }: ApiRequest<object>, error: unknown): ApiFailure {
    const { requestId, traceparent } = headers;
    const fields = { endpoint: name, key, requestId, traceId: traceIdOf(traceparent), err: error };
    this.#log.error(fields, 'A request has failed');
    return internal(`${name} has failed.`, error);
  }
}

/** A request as a part of its own span. */
function within(request: ApiRequest<object>, traceparent: string): ApiRequest<object> {
  return { ...request, headers: { ...request.headers, traceparent } };
}

function handlersOf(options: EndpointsOptions, stopping: AbortSignal): Readonly<Record<EndpointName, Handler>> {
  const { host, store, clock, settings } = options;
  const parts = { host, store, clock, stopping };
  const handlers: Partial<Record<string, Handler>> = {
    ...orderCommands(host, settings),
    ...otherCommands(host),
    ...orderQuestions(parts),
    ...ledgerQuestions(parts),
    ...transactionQuestions(parts),
    ...adminQuestions(parts),
  };
  const missing = endpointNames.filter((name) => handlers[name] === undefined);
  if (missing.length > 0) throw new Error(`These endpoints have no handler: ${missing.join(', ')}`);
  return handlers as Record<EndpointName, Handler>;
}
