import type { Clock } from './ports.ts';

/** The real clock. Delays beyond what Node's timers can hold (24.8 days, then they fire at once) are waited in parts. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const MOST_MS = 2 ** 31 - 1;
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const partMs = Math.min(leftMs, MOST_MS);
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : callback()), partMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
