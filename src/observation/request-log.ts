import { traceIdOf } from '../../runtime/trace-context.ts';
import type { Outcome } from '../api/observer.ts';
import type { ApiRequest } from '../api/request.ts';
import { type EndpointName, endpointOf } from '../contracts/index.ts';
import type { NodeLog } from '../log.ts';

/**
 * One line for each request, at debug; at info where it came to INTERNAL, so that the error beside it can be told whose
 * it was. What a request carries is never logged: it may be secret.
 */
export class RequestLog {
  readonly #log: NodeLog;
  readonly #logsAll: boolean;

  constructor(log: NodeLog) {
    this.#log = log;
    this.#logsAll = log.isLevelEnabled?.('debug') === true;
  }

  answered(name: EndpointName, request: ApiRequest<object>, outcome: Outcome, ms: number): void {
    if (outcome === 'INTERNAL') this.#log.info(fieldsOf(name, request, outcome, ms), 'A request has come to nothing');
    else if (this.#logsAll) this.#log.debug(fieldsOf(name, request, outcome, ms), 'Answered');
  }

  unreadable(name: EndpointName, outcome: Outcome): void {
    if (this.#logsAll) this.#log.debug({ [endpointOf(name).kind]: name, outcome }, 'Could not be read');
  }
}

/** `command` or `question`, `order`, `sku` or `transaction`, `requestId` and `traceId` where there are any. */
function fieldsOf(name: EndpointName, { key, headers }: ApiRequest<object>, outcome: Outcome, ms: number): object {
  const endpoint = endpointOf(name);
  const traceId = traceIdOf(headers.traceparent);
  return {
    [endpoint.kind]: name,
    ...(endpoint.key !== null && key !== null && { [endpoint.key]: key }),
    outcome,
    durationMs: Math.round(ms * 1_000) / 1_000,
    ...(headers.requestId !== undefined && { requestId: headers.requestId }),
    ...(traceId !== undefined && { traceId }),
  };
}
