import type { Clock } from '../../runtime/ports.ts';
import type { NodeLog } from '../log.ts';
import type { Observed } from './metrics/node-metrics.ts';

/** How often it looks, while there is anything to look at, in ms. */
const LOOK_MS = 60_000;
/** How much longer than all votes may take a transaction may be in doubt before somebody should know, in ms. */
const DOUBT_GRACE_MS = 60_000;
/** How many steps may wait to be announced before somebody should know. */
const MOST_LAG = 10_000;

/**
 * Looks out for what does not end by itself, and warns in the log for as long as it lasts: transactions in doubt that
 * are old, announcements that pile up. It looks once something was written, and again only while there is something.
 */
export class Lookout {
  readonly #observed: Pick<Observed, 'store' | 'publisher'>;
  readonly #clock: Clock;
  readonly #doubtMs: number;
  readonly #log: NodeLog;
  #disarm: (() => void) | undefined;
  #stopped = false;

  constructor(observed: Pick<Observed, 'store' | 'publisher' | 'clock'>, prepareTimeoutMs: number, log: NodeLog) {
    this.#observed = observed;
    this.#clock = observed.clock;
    this.#doubtMs = prepareTimeoutMs + DOUBT_GRACE_MS;
    this.#log = log;
    this.wake();
  }

  /** Something was written: it is worth looking, by and by. */
  wake(): void {
    if (this.#disarm !== undefined || this.#stopped) return;
    this.#disarm = this.#clock.schedule(LOOK_MS, () => void this.#goOn());
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm?.();
  }

  async #goOn(): Promise<void> {
    let mayLast = false;
    try {
      mayLast = await this.#look();
    } catch (err) {
      // The store may have been closed meanwhile.
      if (!this.#stopped) this.#log.warn({ err }, 'It could not be looked up whether anything is stuck');
    }
    this.#disarm = undefined;
    if (mayLast) this.wake();
  }

  /** @returns whether there is anything that will have to be looked at again. */
  async #look(): Promise<boolean> {
    const { store, publisher } = this.#observed;
    const { lag } = publisher;
    if (lag > MOST_LAG) {
      this.#log.warn({ lag }, 'Announcements pile up: is NATS, or the stream that takes them, slow or gone?');
    }
    const [oldest] = await store.list({ type: 'transaction', tag: 'inDoubt', limit: 1 });
    if (oldest === undefined) return lag > MOST_LAG;
    const ageMs = this.#clock.now() - oldest.at;
    if (ageMs >= this.#doubtMs) {
      const counts = store.counts('transaction');
      const inDoubt = (counts['state:preparing'] ?? 0) + (counts['state:committing'] ?? 0);
      const message = 'A transaction has been in doubt for long: see transactions.get, then retry or resolve it';
      this.#log.warn({ address: oldest.address, ageMs, inDoubt }, message);
    }
    return true;
  }
}
