/** Remembers the newest ids: announcements come at least once, and a repeat has the id of the first. */
export class Repeats {
  readonly #ids = new Set<string>();
  readonly #limit: number;

  /** @param limit how many ids are remembered; older ones count as new again */
  constructor(limit: number) {
    this.#limit = limit;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#limit) return;
    const oldest = this.#ids.values().next();
    if (!oldest.done) this.#ids.delete(oldest.value);
  }
}
