import { MemoryStore } from '../../runtime/memory/store.ts';
import type { Store, Write, WriteOutcome } from '../../runtime/ports.ts';
import type { SteppedClock } from '../fixtures/stepped-clock.ts';
import type { Random } from './random.ts';

interface InFlight {
  readonly writes: readonly Write[];
  readonly land: (outcomes: readonly WriteOutcome[]) => void;
  readonly cancel: () => void;
}

/**
 * The disk that survives its processes. A write takes time; of one that is in flight when its process dies, each
 * actor's part either happened or did not.
 */
export class Disk {
  readonly store = new MemoryStore();
  readonly #clock: SteppedClock;
  readonly #random: Random;
  readonly #latencyMs: () => number;
  readonly #onWritten: (write: Write) => void;
  #inFlight: InFlight | undefined;

  constructor(options: {
    readonly clock: SteppedClock;
    readonly random: Random;
    readonly latencyMs: () => number;
    readonly onWritten: (write: Write) => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#latencyMs = options.latencyMs;
    this.#onWritten = options.onWritten;
  }

  /** A process's way to the disk. */
  mount(): Store {
    const { store } = this;
    return {
      read: (address) => store.read(address),
      write: (writes) => this.#write(writes),
      entry: (address, seq) => store.entry(address, seq),
      history: (address, after, limit) => store.history(address, after, limit),
      list: (query) => store.list(query),
      counts: (type) => store.counts(type),
      waking: (query) => store.waking(query),
      nextWake: (after) => store.nextWake(after),
      feed: (after, limit) => store.feed(after, limit),
      get feedHead() {
        return store.feedHead;
      },
      cursor: (name) => store.cursor(name),
      saveCursor: (name, position) => store.saveCursor(name, position),
      addresses: (after, limit) => store.addresses(after, limit),
      note: (name) => store.note(name),
      saveNote: (name, bytes) => store.saveNote(name, bytes),
      close: () => store.close(),
    };
  }

  /** The process has died. */
  async unplug(): Promise<void> {
    const flying = this.#inFlight;
    if (flying === undefined) return;
    this.#inFlight = undefined;
    flying.cancel();
    await this.#store(flying.writes.filter(() => this.#random.chance(0.5)));
  }

  #write(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    if (this.#inFlight !== undefined) throw new Error('A write was begun before the one under way had ended.');
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.schedule(this.#latencyMs(), () => {
        this.#inFlight = undefined;
        this.#store(writes).then(resolve, reject);
      });
      this.#inFlight = { writes, land: resolve, cancel };
    });
  }

  async #store(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    const outcomes = await this.store.write(writes);
    for (const [index, write] of writes.entries()) if (outcomes[index] !== 'FENCED') this.#onWritten(write);
    return outcomes;
  }
}
