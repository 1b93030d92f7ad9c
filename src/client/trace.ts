import { isSpanContextValid, trace } from '@opentelemetry/api';

/**
 * The W3C trace context of the caller's active OpenTelemetry span; undefined without one, as always where no SDK is
 * registered. It is written from the span itself: the interface has `traceparent`, whatever the caller's propagator is.
 */
export function activeTraceparent(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return undefined;
  const flags = (active.traceFlags & 0xff).toString(16).padStart(2, '0');
  return `00-${active.traceId}-${active.spanId}-${flags}`;
}
