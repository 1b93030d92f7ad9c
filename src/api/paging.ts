import { addressOf } from '../../runtime/address.ts';
import type { ListItem } from '../../runtime/ports.ts';
import { failure } from './failure.ts';

/** How much a page holds at most, in bytes: it ends early rather than grow beyond a message. */
export const PAGE_BYTES = 500 * 1024;

/** Where a list goes on: after this place. */
export function encodeCursor({ at, address }: ListItem): string {
  return Buffer.from(JSON.stringify([at, address])).toString('base64url');
}

/** @throws ApiFailure INVALID_REQUEST for a text that no list has given out. */
export function decodeCursor(type: string, cursor: string | null): ListItem | undefined {
  if (cursor === null) return undefined;
  try {
    const [at, address] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    if (Number.isSafeInteger(at) && Number(at) >= 0 && typeof address === 'string' && address.startsWith(`${type}/`)) {
      const key = address.slice(type.length + 1);
      if (key !== '') return { at: Number(at), address: addressOf(type, key) };
    }
  } catch {
    // Falls through: whatever it is, it is no cursor.
  }
  throw failure('INVALID_REQUEST', 'cursor is none that this list has given; leave it out to begin anew.', {
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
