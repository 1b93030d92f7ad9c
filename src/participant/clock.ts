/** Where a participant has time and chance from; tests step their own. */
export interface ParticipantClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after `delayMs`; the result takes that back. */
  schedule(delayMs: number, callback: () => void): () => void;
  /** A number from 0 (included) to 1 (not included). */
  random(): number;
}

/** Node's timers hold 24.8 days, and fire at once when they are set to more. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own clock. A delay beyond 24.8 days is cut to that. */
export const systemClock: ParticipantClock = {
  now: Date.now,
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_MS));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
