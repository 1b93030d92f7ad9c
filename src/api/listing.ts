import type { ActorState } from '../../runtime/definition.ts';
import type { Host } from '../../runtime/host.ts';
import type { ListItem, Store } from '../../runtime/ports.ts';
import { decodeCursor, encodeCursor, Page } from './paging.ts';

export interface Listing<Item> {
  readonly type: string;
  readonly tag: string;
  /** ms since 1970, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly cursor: string | null;
  /** Whether an actor under this tag belongs into this list too. */
  readonly isMeant: (state: ActorState) => boolean;
  readonly show: (state: ActorState) => Item;
}

/** Reads a page of a list, oldest first. */
export async function listPage<Item>(
  store: Store,
  host: Host,
  listing: Listing<Item>,
): Promise<{ items: readonly Item[]; cursor: string | null }> {
  const { type, tag, from, to, limit, cursor, isMeant, show } = listing;
  const page = new Page<Item>(limit);
  let after: ListItem | undefined = decodeCursor(type, cursor);
  for (;;) {
    const places = await store.list({
      type,
      tag,
      limit,
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(after !== undefined && { after }),
    });
    for (const place of places) {
      // It may have been written since the index was read: what it shows is what counts.
      const look = await host.look(place.address);
      if (look !== undefined && isMeant(look.state)) {
        if (page.isFull || !page.add(show(look.state))) {
          return { items: page.items, cursor: after === undefined ? null : encodeCursor(after) };
        }
      }
      after = place;
    }
    if (places.length < limit) return { items: page.items, cursor: null };
  }
}
