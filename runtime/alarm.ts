import type { Address } from './address.ts';
import type { Clock, ListItem, Store } from './ports.ts';

/** How many actors are woken before the others get their turn. */
const PAGE = 256;
/** How often actors that wait for an answer, but were let go of, are brought back to ask again. */
const SWEEP_MS = 30_000;

/**
 * Wakes actors whose time has come. One wake-up is armed, for the earliest moment in the store's `open`; memory does
 * not grow with the number of timers, and no timer is too long.
 */
export class Alarm {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #wake: (address: Address) => Promise<void>;
  readonly #onFatal: (error: unknown) => void;
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;
  #disarmSweep: (() => void) | undefined;
  /** Everything due up to here has been woken: the next look begins after it. */
  #seen = 0;
  #looking = false;
  #stopped = false;

  constructor(options: {
    readonly store: Store;
    readonly clock: Clock;
    /** Resolves when the actor has been given its turn. */
    readonly wake: (address: Address) => Promise<void>;
    readonly onFatal: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#wake = options.wake;
    this.#onFatal = (error) => {
      // A read that the store's closing has cut off is no failure.
      if (!this.#stopped) options.onFatal(error);
    };
  }

  /** Wakes what was open when the last process ended, due timers first, and arms for the rest. */
  async recover(): Promise<void> {
    await this.#lookUntil(this.#clock.now());
    await this.#wakeAll(0, 0);
  }

  /** Tells of a moment at which an actor, now on disk, wants to wake. */
  expect(at: number): void {
    if (at <= this.#seen) this.#seen = at - 1;
    if (at < this.#armedFor) this.#arm(at);
  }

  /** Actors that wait for answers have left memory: bring them back after a while. */
  sweepLater(): void {
    if (this.#disarmSweep !== undefined || this.#stopped) return;
    this.#disarmSweep = this.#clock.schedule(SWEEP_MS, () => {
      this.#disarmSweep = undefined;
      this.#wakeAll(0, 0).catch(this.#onFatal);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm?.();
    this.#disarmSweep?.();
  }

  #arm(at: number): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = at;
    if (this.#stopped || at === Number.POSITIVE_INFINITY) return;
    this.#disarm = this.#clock.schedule(Math.max(0, at - this.#clock.now()), () => {
      this.#disarm = undefined;
      if (this.#looking) return;
      this.#lookUntil(this.#clock.now()).catch(this.#onFatal);
    });
  }

  async #lookUntil(now: number): Promise<void> {
    this.#looking = true;
    try {
      const from = Math.max(1, this.#seen + 1);
      this.#seen = Math.max(this.#seen, now);
      // While it looks, new moments may be expected; they are found by the next look.
      this.#armedFor = Number.POSITIVE_INFINITY;
      if (from <= now) await this.#wakeAll(from, now);
    } finally {
      this.#looking = false;
    }
    if (this.#stopped) return;
    const next = await this.#store.nextWake(this.#seen);
    this.#arm(Math.min(next ?? Number.POSITIVE_INFINITY, this.#armedFor));
  }

  async #wakeAll(from: number, to: number): Promise<void> {
    let after: ListItem | undefined;
    do {
      const page: readonly ListItem[] = await this.#store.waking({
        from,
        to,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      // Whom it finds now would be woken in a host that writes nothing any more.
      if (this.#stopped) return;
      await Promise.all(page.map(({ address }) => this.#wake(address)));
      after = page.length === PAGE ? page.at(-1) : undefined;
    } while (after !== undefined && !this.#stopped);
  }
}
