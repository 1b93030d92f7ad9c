import { type Attributes, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { type Address, typeOf } from '../../../runtime/address.ts';
import type { Ask } from '../../../runtime/record.ts';
import type { Stepped } from '../../../runtime/step.ts';
import { stepTrace } from '../../../runtime/trace-context.ts';
import type { Tracing } from '../../../runtime/tracing.ts';
import type { RequestSpan } from '../../api/observer.ts';
import type { ApiRequest } from '../../api/request.ts';
import { type EndpointName, endpointOf, errorKinds, isErrorCode } from '../../contracts/index.ts';
import { AskedServices, voteOf } from './asked-services.ts';
import { type Spans, traceparentOf } from './spans.ts';

/**
 * A command's way as spans: the request, each step that it causes of whichever actor, each ask of an outside
 * participant. A step's span ends when it is on disk and its effects have left.
 */
export class Traces implements Tracing {
  readonly ownTrace = stepTrace;
  readonly #spans: Spans;
  readonly #services: AskedServices;
  readonly #end: () => Promise<void>;
  /** Of the requests that are under way. */
  readonly #requests = new Set<Span>();
  /** The write that was last on disk: whatever is told of next was in it. */
  #write = { begunAt: 0, steps: 0 };

  /** @param end sends what has not been sent yet. */
  constructor(spans: Spans, end: () => Promise<void>) {
    this.#spans = spans;
    this.#services = new AskedServices(spans);
    this.#end = end;
  }

  /** Sends what there is. Requests whose answer has to wait for the next start end here, or their steps had no parent. */
  stop(): Promise<void> {
    for (const span of this.#requests) span.addEvent('the service ended first').end();
    this.#requests.clear();
    return this.#end();
  }

  // ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

  begun(name: EndpointName, { key, headers }: ApiRequest<object>): RequestSpan {
    const endpoint = endpointOf(name);
    const span = this.#spans.begin(name, headers.traceparent, {
      kind: SpanKind.SERVER,
      attributes: {
        ...(endpoint.key !== null && key !== null && { [`ordo.${endpoint.key}`]: key }),
        ...(headers.requestId !== undefined && { 'ordo.request_id': headers.requestId }),
      },
    });
    this.#requests.add(span);
    return {
      traceparent: traceparentOf(span),
      end: (outcome) => {
        // One that has ended without an answer is not ended again by it.
        if (!this.#requests.delete(span)) return;
        if (outcome !== 'OK') span.setAttribute(ATTR_ERROR_TYPE, outcome);
        // A refusal is an answer: only what is our own fault is an error of this service.
        if (isErrorCode(outcome) && errorKinds[outcome].number >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  // ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────

  now(): number {
    return this.#spans.now();
  }

  /** A batch is on disk; its steps are told of next. */
  batchWritten(steps: number, ms: number): void {
    this.#write = { begunAt: this.now() - ms, steps };
  }

  stepped(result: Stepped, takenAt: number): void {
    this.#services.stepped(result);
    const { actor, entry, causedIn } = result;
    if (causedIn === undefined || entry.trace === undefined) return;
    const { begunAt, steps } = this.#write;
    const span = this.#spans.named(`${typeOf(actor.address)} ${entry.event.type}`, entry.trace, causedIn, {
      startTime: takenAt,
      attributes: attributesOf(result),
    });
    span?.addEvent('write', { 'ordo.batch_steps': steps }, Math.max(takenAt, begunAt));
    span?.end(this.now());
  }

  asked(from: Address, ask: Ask): string | undefined {
    return this.#services.asked(from, ask);
  }
}

function attributesOf({ actor, entry, reply }: Stepped): Attributes {
  return {
    'ordo.address': actor.address,
    'ordo.seq': entry.seq,
    'ordo.cause': entry.cause,
    'ordo.state': typeof entry.to === 'string' ? entry.to : JSON.stringify(entry.to),
    ...(typeof reply?.payload === 'object' && reply.payload !== null && voteOf({ ...reply.payload })),
  };
}
