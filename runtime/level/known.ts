import { LRUCache } from 'lru-cache';
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

/** The actors used last, so that a write need not read first. */
export class KnownActors {
  readonly #actors: LRUCache<Address, Known>;
  #hits = 0;
  #misses = 0;

  constructor(max: number) {
    this.#actors = new LRUCache({ max });
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
    this.#actors.set(address, known);
  }
}
