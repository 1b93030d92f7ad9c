interface Lane<Result> {
  /** What waits or runs, by what it is: a repeat joins it. */
  readonly works: Map<string, Promise<Result>>;
  /** Resolves when everything in the lane so far is over. */
  tail: Promise<unknown>;
}

/** One thing at a time for each branch; the same thing asked again meanwhile is done once, for all who asked. */
export class Lanes<Result> {
  readonly #lanes = new Map<string, Lane<Result>>();
  #size = 0;

  /** How many works wait or run. */
  get size(): number {
    return this.#size;
  }

  /** Whether anything, or this, waits or runs for a branch. */
  has(key: string, what?: string): boolean {
    const lane = this.#lanes.get(key);
    return lane !== undefined && (what === undefined || lane.works.has(what));
  }

  run(key: string, what: string, work: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes.get(key) ?? { works: new Map(), tail: Promise.resolve() };
    this.#lanes.set(key, lane);
    const joined = lane.works.get(what);
    if (joined !== undefined) return joined;
    const result = lane.tail.then(work);
    const over = () => {
      this.#size -= 1;
      lane.works.delete(what);
      if (lane.works.size === 0) this.#lanes.delete(key);
    };
    this.#size += 1;
    lane.works.set(what, result);
    lane.tail = result.then(over, over);
    return result;
  }

  /** Resolves when nothing waits or runs any more. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all([...this.#lanes.values()].map(({ tail }) => tail));
  }
}
