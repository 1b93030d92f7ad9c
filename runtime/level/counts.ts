/** How many actors of each type count under each name, as it stands on disk. */
export class Counts {
  readonly #types = new Map<string, Map<string, number>>();

  get(type: string, name: string): number {
    return this.#types.get(type)?.get(name) ?? 0;
  }

  set(type: string, name: string, total: number): void {
    let names = this.#types.get(type);
    if (names === undefined) {
      names = new Map();
      this.#types.set(type, names);
    }
    if (total === 0) names.delete(name);
    else names.set(name, total);
  }

  of(type: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#types.get(type) ?? []);
  }
}

export interface CountTotal {
  readonly type: string;
  readonly name: string;
  readonly total: number;
}

/** What one write does to the counts. They take it over only when it is on disk. */
export class CountChanges {
  readonly #types = new Map<string, Map<string, number>>();

  add(type: string, name: string, delta: 1 | -1): void {
    let names = this.#types.get(type);
    if (names === undefined) {
      names = new Map();
      this.#types.set(type, names);
    }
    names.set(name, (names.get(name) ?? 0) + delta);
  }

  /** The new totals of the counts that change. */
  totals(counts: Counts): readonly CountTotal[] {
    const totals: CountTotal[] = [];
    for (const [type, names] of this.#types) {
      for (const [name, delta] of names) {
        if (delta !== 0) totals.push({ type, name, total: counts.get(type, name) + delta });
      }
    }
    return totals;
  }
}
