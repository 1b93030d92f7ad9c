/** How far long work has come. Its sums may still grow: a snapshot is counted before it is read. */
export interface Advance {
  /** What is being done: `counting`, `reading`. */
  readonly part: string;
  readonly done: number;
  /** How much there is in this part; `null` where that is not known. */
  readonly total: number | null;
  readonly unit: string;
}

/** Is told how far long work has come. May throw to end it. */
export type OnAdvance = (advance: Advance) => void;

/** Long work that makes a file, a bounded piece at a time: whoever pulls it decides how fast it goes. */
export type FileWork = AsyncGenerator<Advance & { readonly bytes?: Uint8Array }, void>;

/** Pulls work to its end. Should `each` throw, the work is let go of. Returns what it came to. */
export async function drained<Step, Result>(
  work: AsyncGenerator<Step, Result>,
  each: (step: Step) => void | Promise<void>,
): Promise<Result> {
  try {
    for (;;) {
      const next = await work.next();
      if (next.done) return next.value;
      await each(next.value);
    }
  } finally {
    // What it would return then is not looked at.
    await work.return(undefined as never);
  }
}

/** How long the service may be kept from everything else, in ms. */
const TURN_MS = 5;

/** Lets others have their turn when a stretch of work has taken long enough. */
export class Turns {
  #since = performance.now();

  /** To be awaited often; mostly it resolves at once. */
  async pass(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}
