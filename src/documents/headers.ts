import { headers, type JsonObject, limits, timePattern } from '../contracts/index.ts';

const time = { type: 'string', format: 'date-time', pattern: timePattern };

/** W3C trace context. */
export const traceHeader: JsonObject = {
  description: 'W3C trace context, carried through to every message that the request causes.',
  type: 'string',
  examples: ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
};

/** Makes a command idempotent. */
export const requestIdHeader: JsonObject = {
  description:
    'Makes a command idempotent: the same request gets the same answer, and is done once. Scope: one order (or one ' +
    `SKU). At most ${limits.requestIdBytes} bytes of UTF-8.`,
  type: 'string',
  maxLength: limits.requestIdBytes,
};

/** Bounds when a command is started. */
export const deadlineHeader: JsonObject = {
  description: 'A command that is reached later than this is answered DEADLINE_EXCEEDED and not started.',
  ...time,
};

/** The schema of a message's headers. */
export function headersOf(
  properties: Readonly<Record<string, JsonObject>>,
  required: readonly string[] = [],
): JsonObject {
  return { type: 'object', ...(required.length > 0 && { required }), properties };
}

/** A header that always has the same value. */
export function always(value: string, description: string): JsonObject {
  return { description, type: 'string', const: value };
}

/** The headers of a request over NATS. */
export function requestHeaders(kind: 'once' | 'any'): JsonObject {
  return headersOf({
    ...(kind === 'once' && { [headers.requestId]: requestIdHeader, [headers.deadline]: deadlineHeader }),
    [headers.traceparent]: traceHeader,
  });
}

/** A moment in a header. */
export function timeHeader(description: string): JsonObject {
  return { description, ...time };
}
