import type { Host } from '../../runtime/host.ts';
import type { HostLog } from '../../runtime/host-options.ts';
import type { Clock, Store } from '../../runtime/ports.ts';
import { type EndpointName, endpointNames } from '../contracts/index.ts';
import { adminQuestions } from './admin/questions.ts';
import { type OrderSettings, orderCommands, otherCommands } from './commands.ts';
import { ApiFailure, internal } from './failure.ts';
import { orderQuestions } from './order-questions.ts';
import { ledgerQuestions, transactionQuestions } from './other-questions.ts';
import type { ApiRequest } from './request.ts';

export interface EndpointsOptions {
  readonly host: Host;
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: OrderSettings;
  readonly log: HostLog;
}

type Handler = (request: ApiRequest<never>) => Promise<unknown>;

/** What every command and question of api.md is answered with, however it came in: by NATS or by HTTP. */
export class Endpoints {
  readonly #handlers: Readonly<Record<EndpointName, Handler>>;
  readonly #log: HostLog;
  readonly #stopping = new AbortController();
  #underWay = 0;
  #whenQuiet: (() => void) | undefined;

  constructor(options: EndpointsOptions) {
    this.#handlers = handlersOf(options, this.#stopping.signal);
    this.#log = options.log;
  }

  /**
   * Answers a request whose key, body and headers have been read and are valid.
   *
   * @returns the answer's JSON in UTF-8.
   * @throws ApiFailure for every answer that is an error, and nothing else.
   */
  async answer(name: EndpointName, request: ApiRequest<object>): Promise<Uint8Array> {
    this.#underWay += 1;
    try {
      const answer = await this.#handlers[name](request as ApiRequest<never>);
      return answer instanceof Uint8Array ? answer : Buffer.from(JSON.stringify(answer));
    } catch (error) {
      if (error instanceof ApiFailure) throw error;
      this.#log.error({ endpoint: name, key: request.key, err: error }, 'A request has failed');
      throw internal(`${name} has failed.`, error);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#whenQuiet?.();
    }
  }

  /** Ends all waiting for what may come, and resolves once everything that was taken is answered. */
  async close(): Promise<void> {
    this.#stopping.abort();
    if (this.#underWay > 0) await new Promise<void>((resolve) => (this.#whenQuiet = resolve));
  }
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
