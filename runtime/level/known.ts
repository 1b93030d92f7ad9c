import type { Address } from '../address.ts';
import type { Facets } from '../ports.ts';

/** What a write must know of an actor before. */
export interface Known {
  /** The address as it stands in keys. */
  readonly encoded: string;
  readonly revision: number;
  /** As stored. */
  readonly facets: Facets;
}

/** The actors used last, so that a write need not read first. A Map keeps the order in which it was filled. */
export class KnownActors {
  readonly #max: number;
  readonly #actors = new Map<Address, Known>();
  #hits = 0;
  #misses = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How often an actor was looked up that was known, and how often one that was not. */
  get lookups(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses };
  }

  get(address: Address): Known | undefined {
    const known = this.#actors.get(address);
    if (known === undefined) this.#misses += 1;
    else this.#hits += 1;
    return known;
  }

  set(address: Address, known: Known): void {
    this.#actors.delete(address);
    this.#actors.set(address, known);
    if (this.#actors.size <= this.#max) return;
    for (const oldest of this.#actors.keys()) {
      this.#actors.delete(oldest);
      return;
    }
  }
}
