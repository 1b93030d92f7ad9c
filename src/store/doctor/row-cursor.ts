import type { Address } from '../../../runtime/address.ts';
import { type Reading, readRow } from '../../../runtime/level/items.ts';
import { addressOfKey } from '../../../runtime/level/keys.ts';
import type { StoredRow, StoreSnapshot } from '../../../runtime/ports.ts';

/** A row, what it came to, and the actor that it is about, as far as its key says. */
export interface ReadRow {
  readonly row: StoredRow;
  readonly reading: Reading;
  readonly address: Address | undefined;
}

/** Reads rows one by one, and shows the next before it is taken. */
export class RowCursor {
  readonly #pages: AsyncGenerator<readonly StoredRow[]>;
  #page: readonly StoredRow[] = [];
  #at = 0;
  #next: ReadRow | undefined;

  constructor(snapshot: StoreSnapshot, from: string | undefined, to: string | undefined) {
    this.#pages = snapshot.rows(from, to);
  }

  /** The next row; `undefined` at the end. */
  async peek(): Promise<ReadRow | undefined> {
    if (this.#next !== undefined) return this.#next;
    if (this.#at === this.#page.length) {
      const { done, value } = await this.#pages.next();
      this.#page = done === true ? [] : value;
      this.#at = 0;
    }
    const row = this.#page[this.#at];
    this.#next = row === undefined ? undefined : read(row);
    return this.#next;
  }

  /** Goes on to the row after the one that `peek` shows. */
  take(): void {
    this.#at += 1;
    this.#next = undefined;
  }

  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }
}

function read(row: StoredRow): ReadRow {
  const reading = readRow(row);
  if ('item' in reading) {
    const { item } = reading;
    return { row, reading, address: 'address' in item ? item.address : undefined };
  }
  const key = Buffer.from(row.key);
  const text = key.toString('utf8');
  return { row, reading, address: key.equals(Buffer.from(text)) ? addressOfKey(text) : undefined };
}
