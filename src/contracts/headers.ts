import { limits } from './limits.ts';
import { isWellFormed, utf8Bytes } from './schema/text.ts';
import { time } from './schema/values.ts';

/** The names of every header that the interface uses. */
export const headers = {
  requestId: 'Ordo-Request-Id',
  deadline: 'Ordo-Deadline',
  traceparent: 'traceparent',
  serviceError: 'Nats-Service-Error',
  serviceErrorCode: 'Nats-Service-Error-Code',
  messageId: 'Nats-Msg-Id',
  specVersion: 'ce-specversion',
  eventId: 'ce-id',
  eventType: 'ce-type',
  eventSource: 'ce-source',
  eventSubject: 'ce-subject',
  eventTime: 'ce-time',
  dataContentType: 'ce-datacontenttype',
} as const;

/** What a caller may say about a request in its headers. */
export interface RequestHeaders {
  /** Makes a command idempotent. */
  readonly requestId?: string | undefined;
  /** Milliseconds since the epoch after which the command must not be started. */
  readonly deadlineMs?: number | undefined;
  /** W3C trace context, carried through as it came. */
  readonly traceparent?: string | undefined;
}

export type HeaderReading =
  | { readonly ok: true; readonly headers: RequestHeaders }
  | { readonly ok: false; readonly code: 'INVALID_REQUEST'; readonly fields: readonly { path: string; why: string }[] };

const traceContext = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/**
 * Reads the headers of a request. `get` gives a header's value, empty or undefined where there is none. A malformed
 * trace context is ignored, as its standard asks; a malformed id or deadline is INVALID_REQUEST, since without it the
 * command would be done twice or too late.
 */
export function readHeaders(get: (name: string) => string | undefined): HeaderReading {
  const fields: { path: string; why: string }[] = [];
  const requestId = get(headers.requestId) || undefined;
  if (requestId !== undefined && (!isWellFormed(requestId) || utf8Bytes(requestId) > limits.requestIdBytes)) {
    fields.push({ path: headers.requestId, why: `must be at most ${limits.requestIdBytes} bytes of UTF-8` });
  }
  const deadline = get(headers.deadline) || undefined;
  if (deadline !== undefined && !time.safeParse(deadline).success) {
    fields.push({ path: headers.deadline, why: 'must be a time such as 2010-12-01T08:26:00.000Z' });
  }
  if (fields.length > 0) return { ok: false, code: 'INVALID_REQUEST', fields };
  const traceparent = get(headers.traceparent) || undefined;
  return {
    ok: true,
    headers: {
      requestId,
      deadlineMs: deadline === undefined ? undefined : Date.parse(deadline),
      traceparent: traceparent !== undefined && traceContext.test(traceparent) ? traceparent : undefined,
    },
  };
}
