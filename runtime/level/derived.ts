import { type Address, typeOf } from '../address.ts';
import type { Facets } from '../ports.ts';
import type { Item } from './items.ts';

/** What stands in `open` and `index` for an actor with these facets. */
export function derivedItems(address: Address, { listing, wakes }: Facets): readonly Item[] {
  const listed = (listing?.tags ?? []).map((tag): Item => ({ part: 'index', tag, at: listing?.at ?? 0, address }));
  const waking = wakes.map((at, place): Item => ({ part: 'open', at, address, before: wakes[place - 1] ?? null }));
  return [...listed, ...waking];
}

/** What stands in `counts` for many actors. */
export class Tally {
  readonly #totals = new Map<string, Map<string, number>>();

  add(address: Address, { counts }: Facets): void {
    const type = typeOf(address);
    const names = this.#totals.get(type) ?? new Map<string, number>();
    this.#totals.set(type, names);
    for (const name of counts) names.set(name, (names.get(name) ?? 0) + 1);
  }

  get(type: string, name: string): number {
    return this.#totals.get(type)?.get(name) ?? 0;
  }

  items(): readonly Extract<Item, { part: 'counts' }>[] {
    return [...this.#totals].flatMap(([type, names]) =>
      [...names].map(([name, total]) => ({ part: 'counts' as const, type, name, total })),
    );
  }
}
