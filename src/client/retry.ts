import type { ClientClock } from './clock.ts';
import { OrdoError, withUnknownOutcome } from './errors.ts';

/** When a call is made again, always with the same request id. */
export interface RetryPolicy {
  /** No new attempt is made later than this after the first, in milliseconds. */
  readonly maxElapsedMs: number;
  /** The first pause, in milliseconds; each further one is twice as long. */
  readonly firstPauseMs: number;
  /** The longest pause, in milliseconds. */
  readonly maxPauseMs: number;
}

export const defaultRetry: RetryPolicy = { maxElapsedMs: 30_000, firstPauseMs: 25, maxPauseMs: 2_000 };

/** What is tried again without the caller: nothing was started, or the outcome is unknown and the id finds it out. */
const retried: ReadonlySet<string> = new Set([
  'NO_RESPONDERS',
  'TIMEOUT',
  'BUSY',
  'LOCKED',
  'SHUTTING_DOWN',
  'STORE_UNAVAILABLE',
]);

/** How long to pause before an attempt: growing, spread by chance, and never shorter than the service asks for. */
function pauseMs(policy: RetryPolicy, attempt: number, error: OrdoError, random: number): number {
  const grown = Math.min(policy.maxPauseMs, policy.firstPauseMs * 2 ** (attempt - 1));
  const asked = error.details.retryAfterMs;
  return (typeof asked === 'number' ? asked : 0) + grown * (0.5 + random / 2);
}

function paused(clock: ClientClock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', end);
      resolve();
    });
    signal?.addEventListener('abort', end, { once: true });
  });
}

/**
 * Makes attempts until one is answered for good, the time is over or the signal is aborted. Throws the last error. Once
 * an attempt has timed out, an error that only says "not now" leaves the outcome unknown, and the error says so.
 */
export async function withRetries<Answer>(
  attempt: () => Promise<Answer>,
  clock: ClientClock,
  policy: RetryPolicy,
  limits: { readonly deadlineMs?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<Answer> {
  const latestMs = Math.min(clock.now() + policy.maxElapsedMs, limits.deadlineMs ?? Number.POSITIVE_INFINITY);
  let unknown = false;
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof OrdoError)) throw error;
      const last = unknown && error.retriable && !error.outcomeUnknown ? withUnknownOutcome(error) : error;
      unknown ||= error.outcomeUnknown;
      const pause = pauseMs(policy, attempts, error, clock.random());
      if (!retried.has(error.code) || clock.now() + pause > latestMs) throw last;
      await paused(clock, pause, limits.signal);
    }
  }
}
