import { createHash, type Hash } from 'node:crypto';
import { RuntimeError } from '../../runtime/errors.ts';
import { damaged } from '../../runtime/level/damage.ts';
import { type Item, type Reading, readRow } from '../../runtime/level/items.ts';
import { numberOf, type Part, PREFIX, rangeOf } from '../../runtime/level/keys.ts';
import type { StoredRow, StoreSnapshot } from '../../runtime/ports.ts';
import type { Advance } from './advance.ts';
import { rowHead } from './backup/format.ts';

const WRONG = {
  key: 'is under a key that nothing here is written under',
  checksum: 'is damaged: its checksum does not match',
  content: 'cannot be read, although its checksum matches',
} as const;

/** What is wrong with a row, as the end of a sentence. */
export function wrongText(wrong: Extract<Reading, { wrong: unknown }>['wrong']): string {
  return WRONG[wrong];
}

/** The item that a row is. Throws STORE_CORRUPT, which names it, for a row that is none. */
export function soundItem(row: StoredRow, directory: string): Item {
  const reading = readRow(row);
  if ('item' in reading) return reading.item;
  throw damaged(Buffer.from(row.key).toString('utf8'), directory, `${WRONG[reading.wrong]}. It was not used`);
}

/** Counts the rows of a snapshot, or of one part of it. Gives how far it has come, returns the number. */
export async function* counted(snapshot: StoreSnapshot, part?: Part): AsyncGenerator<Advance, number> {
  let done = 0;
  const { from, to } = part === undefined ? {} : boundsOf(part);
  for await (const more of snapshot.count(from, to)) {
    done += more;
    yield { part: 'counting', done, total: null, unit: 'rows' };
  }
  return done;
}

/** The position of the newest feed item; 0 where there is none. */
export async function feedHeadOf(snapshot: StoreSnapshot): Promise<number> {
  const { from, to } = boundsOf('feed');
  const key = await snapshot.last(from, to);
  return key === undefined ? 0 : numberOf(Buffer.from(key).toString('utf8'));
}

/** SHA-256 over rows in their order. */
export class RowsDigest {
  readonly #hash: Hash = createHash('sha256');

  add(row: StoredRow): void {
    this.#hash.update(rowHead(row)).update(row.key).update(row.value);
  }

  hex(): string {
    return this.#hash.digest('hex');
  }
}

/** From where to where the keys of a part stand. */
export function boundsOf(part: Part): { readonly from: string; readonly to: string } {
  return { from: PREFIX[part], to: rangeOf(part).lt };
}

/** The storage format of a snapshot. Throws STORE_CORRUPT where its mark is missing. */
export function formatOf(snapshot: StoreSnapshot, key: string): number {
  const value = snapshot.get(key);
  const item = value === undefined ? undefined : soundItem({ key: Buffer.from(key), value }, snapshot.directory);
  if (item?.part === 'meta' && item.kind === 'format') return item.format;
  throw new RuntimeError(
    'STORE_CORRUPT',
    `The mark of the storage format in ${snapshot.directory} is missing. Restore a backup, or put it back with ordo doctor --rebuild.`,
  );
}
