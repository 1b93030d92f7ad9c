/** Stands for all values that there was no room for, or that are none. */
export const OTHER = 'other';

const PLAIN = /^[A-Za-z0-9_.:-]{1,64}$/;

/**
 * The values of a label that others choose, such as the codes of outside participants: the first so many keep their
 * name, so that nobody can make a metric grow without end.
 */
export class LabelValues {
  readonly #most: number;
  readonly #known = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value to count under. */
  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#most || !PLAIN.test(value)) return OTHER;
    this.#known.add(value);
    return value;
  }
}
