import type { RetryPolicy } from './retry.ts';

/** How long one attempt waits for its answer, in milliseconds: longer than a transaction has to prepare (10 s). */
export const defaultTimeoutMs = 15_000;
/** How much longer an attempt waits than the question itself waits (`orders.wait`), in milliseconds. */
const waitMarginMs = 5_000;

/** What can be said about one call. */
export interface CallOptions {
  /** Makes a command idempotent; made up where absent. Every attempt of a call carries the same. */
  readonly requestId?: string;
  /** The command must not be started later than this, nor tried again. */
  readonly deadline?: Date;
  /** How long each attempt waits for its answer, in milliseconds. */
  readonly timeoutMs?: number;
  /**
   * W3C trace context, carried through to every message that the call causes; by default that of the active
   * OpenTelemetry span, where there is one.
   */
  readonly traceparent?: string;
  /** Ends the waiting; what was sent is not taken back. The call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** When to try again; false for a single attempt. */
  readonly retry?: Partial<RetryPolicy> | false;
}

/** An attempt at a question that itself waits must wait longer than that. */
export function patienceFor(body: unknown): number {
  const asked = (body as { timeoutMs?: unknown }).timeoutMs;
  return typeof asked === 'number' ? Math.max(defaultTimeoutMs, asked + waitMarginMs) : defaultTimeoutMs;
}
