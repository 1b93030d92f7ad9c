import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { formatTrace, parseTrace } from '../../../runtime/trace-context.ts';
import type { GivenIds } from './given-ids.ts';

/** Starts spans under contexts that have come a long way: through records, the journal, messages. */
export class Spans {
  readonly #tracer: Tracer;
  readonly #ids: GivenIds;

  /** @param ids the tracer's own, so that a span can be given the id that others know it by already. */
  constructor(tracer: Tracer, ids: GivenIds) {
    this.#tracer = tracer;
    this.#ids = ids;
  }

  /** A moment in the time that spans are measured in: ms since 1970, with fractions. */
  now(): number {
    return performance.timeOrigin + performance.now();
  }

  /** Begins a span of a new trace, or under `parent`. */
  begin(name: string, parent: string | undefined, options: SpanOptions): Span {
    return this.#tracer.startSpan(name, options, contextOf(parent));
  }

  /** Begins the span that `own` names, under `parent`; `undefined` where nobody records the trace. */
  named(name: string, own: string, parent: string, options: SpanOptions): Span | undefined {
    const context = parseTrace(own);
    // A step that has no span of its own is in that of its parent.
    if (context?.isSampled !== true || own === parent) return undefined;
    this.#ids.give(context.spanId);
    return this.#tracer.startSpan(name, options, contextOf(parent));
  }
}

function contextOf(parent: string | undefined): Context {
  const context = parent === undefined ? undefined : parseTrace(parent);
  if (context === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = context;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

/** The `traceparent` of what happens in a span. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return formatTrace({ traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
}
