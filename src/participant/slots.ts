/** At most so many at a time. Whoever is urgent goes before the others, in the order of asking among themselves. */
export class Slots {
  #free: number;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];

  constructor(slots: number) {
    this.#free = slots;
  }

  async use<Result>(isUrgent: boolean, work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => (isUrgent ? this.#urgent : this.#others).push(resolve));
    try {
      return await work();
    } finally {
      // A slot goes straight on to whoever waits: it is never free in between.
      const next = this.#urgent.shift() ?? this.#others.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
