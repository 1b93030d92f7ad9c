/** Where the client has time and chance from; tests step their own. */
export interface ClientClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` after `delayMs`; the result takes that back. */
  after(delayMs: number, action: () => void): () => void;
  /** A number from 0 (included) to 1 (not included). */
  random(): number;
}

/** The machine's own clock. */
export const systemClock: ClientClock = {
  now: Date.now,
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
