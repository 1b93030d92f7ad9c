import type { Announced } from './group-commit.ts';
import { unpackEntry } from './journal.ts';
import type { Clock, Store } from './ports.ts';

/** Where announcements go. Resolves when all of them have arrived, in order for each actor; rejects otherwise. */
export type Announce = (announced: readonly Announced[]) => Promise<void>;

const PAGE = 512;
const CURSOR = 'publisher';
/** How long to wait before trying again what could not be published, in ms. */
const RETRY_MS = 1_000;
/** A place is remembered after so many feed items: a crash repeats them, and listeners know repeats by their id. */
const SAVE_EVERY = 4_096;

/**
 * Publishes announcements from the feed, by a cursor: in order for each actor, at least once. As long as it keeps up,
 * it is handed what has just been written; when it is behind, after a restart or an outage, it reads the feed.
 */
export class Publisher {
  readonly #store: Store;
  readonly #announce: Announce;
  readonly #clock: Clock;
  readonly #onTrouble: (error: unknown) => void;
  /** The last feed position of which everything is published. */
  #position: number;
  #saved: number;
  /** What was written while a publication was under way, if it follows on without a gap; `to` is the last offer. */
  #tail: { from: number; to: number; announced: Announced[] };
  #running: Promise<void> | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(options: {
    readonly store: Store;
    readonly announce: Announce;
    readonly clock: Clock;
    readonly onTrouble: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#announce = options.announce;
    this.#clock = options.clock;
    this.#onTrouble = options.onTrouble;
    this.#position = options.store.cursor(CURSOR);
    this.#saved = this.#position;
    this.#tail = { from: options.store.feedHead, to: options.store.feedHead, announced: [] };
  }

  /** How many feed items it is behind. */
  get lag(): number {
    return this.#store.feedHead - this.#position;
  }

  /** Takes up where the last process left off. */
  start(): void {
    this.#run();
  }

  /** Hands over what has just been written: all announcements from `before` to `after` in the feed. */
  offer(announced: readonly Announced[], before: number, after: number): void {
    const tail = this.#tail;
    if (tail.to === before && tail.announced.length < PAGE * 16) {
      for (const one of announced) tail.announced.push(one);
      tail.to = after;
    } else {
      // A gap, or too much to hold: the feed has it all.
      this.#tail = { from: after, to: after, announced: [] };
    }
    this.#run();
  }

  /** Publishes what is left, remembers the place, stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    if (this.#position !== this.#saved) await this.#store.saveCursor(CURSOR, this.#position);
  }

  #run(): void {
    if (this.#running !== undefined || this.#stopped || !this.#isBehind) return;
    this.#running = this.#catchUp().finally(() => {
      this.#running = undefined;
      this.#run();
    });
  }

  /** Counts what was offered: what is in the feed a moment before is about to be handed over. */
  get #isBehind(): boolean {
    return this.#position < this.#tail.to;
  }

  async #catchUp(): Promise<void> {
    while (this.#isBehind) {
      try {
        const next = await this.#next();
        if (next.announced.length > 0) await this.#announce(next.announced);
        this.#position = next.to;
        if (this.#position - this.#saved >= SAVE_EVERY) {
          this.#saved = this.#position;
          await this.#store.saveCursor(CURSOR, this.#position);
        }
      } catch (error) {
        if (this.#stopped) return;
        this.#onTrouble(error);
        await new Promise<void>((resolve) => {
          const cancel = this.#clock.schedule(RETRY_MS, resolve);
          this.#wake = () => {
            cancel();
            resolve();
          };
        });
        this.#wake = undefined;
        if (this.#stopped) return;
      }
    }
  }

  async #next(): Promise<{ announced: readonly Announced[]; to: number }> {
    const tail = this.#tail;
    if (tail.from === this.#position && tail.to > tail.from) {
      this.#tail = { from: tail.to, to: tail.to, announced: [] };
      return tail;
    }
    const page = await this.#store.feed(this.#position, PAGE);
    const announced = page.flatMap(({ address, seq, announcements }): Announced[] => {
      if (announcements === 0) return [];
      const bytes = this.#store.entry(address, seq);
      if (bytes === undefined) throw new Error(`The journal entry ${address}/${seq} is in the feed, yet missing`);
      const { at, trace, announcements: kept } = unpackEntry(bytes);
      return kept.map((announcement, index) => ({
        address,
        seq,
        index,
        at,
        trace,
        announcement,
      }));
    });
    const to = page.at(-1)?.position ?? this.#store.feedHead;
    // What has been read need not be handed over: whatever follows on from here may be again.
    if (this.#tail.from < to) {
      const end = Math.max(to, this.#tail.to);
      this.#tail = { from: end, to: end, announced: [] };
    }
    return { announced, to };
  }
}
