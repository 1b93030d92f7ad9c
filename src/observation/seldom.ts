/** Says something at most once in a while, and then how often it would have said it meanwhile. */
export class Seldom {
  readonly #pauseMs: number;
  readonly #now: () => number;
  #saidAt = Number.NEGATIVE_INFINITY;
  #kept = 0;

  constructor(pauseMs: number, now: () => number) {
    this.#pauseMs = pauseMs;
    this.#now = now;
  }

  /** @param say is told how often it was kept back since it was last said. */
  say(say: (kept: number) => void): void {
    const now = this.#now();
    if (now - this.#saidAt < this.#pauseMs) {
      this.#kept += 1;
      return;
    }
    const kept = this.#kept;
    this.#kept = 0;
    this.#saidAt = now;
    say(kept);
  }
}
