import { addressOf, decodeAddress, encodeAddress, typeOf } from '../../runtime/address.ts';
import type { ListItem } from '../../runtime/ports.ts';
import { failure } from './failure.ts';

/** How much a page holds at most, in bytes: it ends early rather than grow beyond a message. */
export const PAGE_BYTES = 500 * 1024;

/** Where a list goes on: after this place. */
export function encodeCursor({ at, address }: ListItem): string {
  return Buffer.from(JSON.stringify([at, address])).toString('base64url');
}

/** @throws ApiFailure INVALID_REQUEST for a text that no list of this type has given out. */
export function decodeCursor(type: string, cursor: string | null): ListItem | undefined {
  const place = decodePlace(cursor);
  if (place === undefined || typeOf(place.address) === type) return place;
  throw noCursor();
}

const ADDRESS = /^([A-Za-z0-9_-]+)\/(.+)$/su;

/** @throws ApiFailure INVALID_REQUEST for a text that no list has given out. */
export function decodePlace(cursor: string | null): ListItem | undefined {
  if (cursor === null) return undefined;
  try {
    const [at, address] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    const [, type, key] = ADDRESS.exec(String(address)) ?? [];
    if (Number.isSafeInteger(at) && Number(at) >= 0 && type !== undefined && key !== undefined) {
      const place = { at: Number(at), address: addressOf(type, key) };
      if (decodeAddress(encodeAddress(place.address)) === place.address) return place;
    }
  } catch {
    // Falls through: whatever it is, it is no cursor.
  }
  throw noCursor();
}

function noCursor() {
  return failure('INVALID_REQUEST', 'cursor is none that this list has given; leave it out to begin anew.', {
    fields: [{ path: 'cursor', why: 'is none that this list has given' }],
  });
}

/** Collects items until the page is full by number or by size. */
export class Page<Item> {
  readonly items: Item[] = [];
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False: the item does not fit any more, and the page ends before it. The first always fits. */
  add(item: Item): boolean {
    const bytes = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (this.items.length > 0 && this.#bytes + bytes > PAGE_BYTES) return false;
    this.items.push(item);
    this.#bytes += bytes;
    return true;
  }

  get isFull(): boolean {
    return this.items.length >= this.#limit;
  }
}
