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

  constructor(max: number) {
    this.#actors = new LRUCache({ max });
  }

  get(address: Address): Known | undefined {
    return this.#actors.get(address);
  }

  set(address: Address, known: Known): void {
    this.#actors.set(address, known);
  }
}
