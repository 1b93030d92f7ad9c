import { crc32 } from 'node:zlib';
import type { Address } from '../../../runtime/address.ts';
import { unpackEntry } from '../../../runtime/journal.ts';
import { readRow, rowOf } from '../../../runtime/level/items.ts';
import type { StoreSnapshot } from '../../../runtime/ports.ts';
import { Turns } from '../advance.ts';
import { boundsOf } from '../snapshot-rows.ts';
import { type Found, found } from './found.ts';

/** How many entries are compared at once: more are compared in several goes, so that memory stays bounded. */
const BUCKET = 250_000;

/** An entry that has no place in the feed. */
export interface Unplaced {
  readonly address: Address;
  readonly seq: number;
  readonly at: number;
  readonly announcements: number;
}

interface Placed {
  readonly position: number;
  readonly announcements: number;
}

/**
 * Finds out what is wrong between feed and journals, once it is known that something is. Slow: it reads both again.
 *
 * @param gaps places in the feed where nothing is, or nothing that can be read; in their order.
 * @param head the feed's last place.
 */
export async function* searchFeed(
  snapshot: StoreSnapshot,
  entries: number,
  gaps: readonly number[],
  head: number,
): AsyncGenerator<readonly Found[]> {
  const buckets = Math.max(1, Math.ceil(Math.max(entries, head) / BUCKET));
  const unplaced: Unplaced[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const isMine = (address: Address) => crc32(address) % buckets === bucket;
    const placed = new Map<string, Placed>();
    yield* placesIn(snapshot, isMine, placed);
    yield* entriesIn(snapshot, isMine, placed, unplaced);
    yield [...placed].map(([entry, { position }]) =>
      found('FEED_DIFFERS', null, `Feed item ${position} is of journal entry ${entry}, which cannot be read.`),
    );
  }
  yield placing(unplaced, gaps, head);
}

async function* placesIn(
  snapshot: StoreSnapshot,
  isMine: (address: Address) => boolean,
  placed: Map<string, Placed>,
): AsyncGenerator<readonly Found[]> {
  const { from, to } = boundsOf('feed');
  const turns = new Turns();
  for await (const page of snapshot.rows(from, to)) {
    for (const row of page) {
      await turns.pass();
      const reading = readRow(row);
      if (!('item' in reading) || reading.item.part !== 'feed' || !isMine(reading.item.address)) continue;
      const { address, seq, position, announcements } = reading.item;
      const name = `${address}/${seq}`;
      const before = placed.get(name);
      if (before === undefined) placed.set(name, { position, announcements });
      else {
        const message = `Feed item ${position} is of ${name}, as item ${before.position} is already.`;
        yield [found('FEED_DIFFERS', address, message)];
      }
    }
    yield [];
  }
}

async function* entriesIn(
  snapshot: StoreSnapshot,
  isMine: (address: Address) => boolean,
  placed: Map<string, Placed>,
  unplaced: Unplaced[],
): AsyncGenerator<readonly Found[]> {
  const { from, to } = boundsOf('journal');
  const turns = new Turns();
  for await (const page of snapshot.rows(from, to)) {
    for (const row of page) {
      await turns.pass();
      const reading = readRow(row);
      if (!('item' in reading) || reading.item.part !== 'journal' || !isMine(reading.item.address)) continue;
      const { address, seq, bytes } = reading.item;
      const name = `${address}/${seq}`;
      const place = placed.get(name);
      placed.delete(name);
      const entry = readEntry(bytes);
      if (entry === undefined) continue;
      const announcements = entry.announcements.length;
      if (place === undefined) unplaced.push({ address, seq, at: entry.at, announcements });
      else if (place.announcements !== announcements) {
        const message = `Feed item ${place.position} counts ${place.announcements} announcements of ${name}, which has ${announcements}.`;
        const puts = [rowOf({ part: 'feed', position: place.position, address, seq, announcements })];
        yield [found('FEED_DIFFERS', address, message, { puts, deletes: [] })];
      }
    }
    yield [];
  }
}

function readEntry(bytes: Uint8Array): ReturnType<typeof unpackEntry> | undefined {
  try {
    return unpackEntry(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Gives the entries without a place the places without an entry, oldest first, and new ones at the end for the rest.
 * The feed's order then fits each actor's own; between actors it is that of their time.
 */
function placing(unplaced: readonly Unplaced[], gaps: readonly number[], head: number): readonly Found[] {
  const inOrder = unplaced.toSorted(
    (a, b) => a.at - b.at || (a.address < b.address ? -1 : a.address > b.address ? 1 : a.seq - b.seq),
  );
  return inOrder.map(({ address, seq, announcements }, index) => {
    const position = gaps[index] ?? head + 1 + index - gaps.length;
    const puts = [rowOf({ part: 'feed', position, address, seq, announcements })];
    const message = `Journal entry ${seq} of ${address} has no place in the feed.`;
    // More holes than entries to fill them with would leave the feed with a hole all the same.
    const isEnough = unplaced.length >= gaps.length;
    return found('FEED_DIFFERS', address, message, isEnough ? { puts, deletes: [] } : undefined);
  });
}
