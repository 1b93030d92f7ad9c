import { pack } from 'msgpackr';
import type { Facets } from '../ports.ts';
import type { CountChanges } from './counts.ts';
import { indexKey, openKey } from './keys.ts';
import type { SealedBatch } from './sealed.ts';

/** An index key says all there is to say. */
const NOTHING = new Uint8Array(0);

/** What an actor that was never written, or was forgotten, is found by: nothing. */
export const NOWHERE: Facets = { counts: [], listing: null, wakes: [] };

/**
 * The facets as they are stored: nothing twice, wakes in order. `before` itself when nothing has changed, which is so
 * for most steps.
 */
export function normalized(before: Facets, given: Facets): Facets {
  if (
    same(before.counts, given.counts) &&
    same(before.wakes, given.wakes) &&
    before.listing?.at === given.listing?.at &&
    same(before.listing?.tags ?? [], given.listing?.tags ?? [])
  ) {
    return before;
  }
  return {
    counts: once(given.counts),
    listing: given.listing === null ? null : { at: given.listing.at, tags: once(given.listing.tags) },
    wakes: once(given.wakes).toSorted((a, b) => a - b),
  };
}

/** The list itself, which others may share, where nothing stands in it twice. */
function once<T>(items: readonly T[]): readonly T[] {
  const distinct = new Set(items);
  return distinct.size === items.length ? items : [...distinct];
}

function same<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((item, place) => item === others[place]);
}

/** Takes an actor from one place to another, touching no key that stays. Both facets are normalized. */
export function move(batch: SealedBatch, counts: CountChanges, actor: Moved, from: Facets, to: Facets): void {
  for (const name of from.counts) if (!to.counts.includes(name)) counts.add(actor.type, name, -1);
  for (const name of to.counts) if (!from.counts.includes(name)) counts.add(actor.type, name, 1);
  moveListing(batch, actor, from.listing, to.listing);
  moveWakes(batch, actor, from.wakes, to.wakes);
}

/** An actor by its type, and by its address as it stands in keys. */
interface Moved {
  readonly type: string;
  readonly encoded: string;
}

function moveListing(
  batch: SealedBatch,
  { type, encoded }: Moved,
  from: Facets['listing'],
  to: Facets['listing'],
): void {
  const moved = from?.at !== to?.at;
  for (const tag of from?.tags ?? []) {
    if (from !== null && (moved || !to?.tags.includes(tag))) batch.del(indexKey(type, tag, from.at, encoded));
  }
  for (const tag of to?.tags ?? []) {
    if (to !== null && (moved || !from?.tags.includes(tag))) batch.put(indexKey(type, tag, to.at, encoded), NOTHING);
  }
}

/**
 * Each wake is stored with the one before it of the same actor: so whoever reads from a moment on sees at once
 * whether this is the actor's first since then, and each address comes once whatever the pages are.
 */
function moveWakes(batch: SealedBatch, { encoded }: Moved, from: readonly number[], to: readonly number[]): void {
  for (const at of from) if (!to.includes(at)) batch.del(openKey(at, encoded));
  for (const [place, at] of to.entries()) {
    const before = to[place - 1] ?? null;
    const old = from.indexOf(at);
    if (old === -1 || (from[old - 1] ?? null) !== before) batch.put(openKey(at, encoded), pack(before));
  }
}
