import { isDeepStrictEqual } from 'node:util';
import { crc32 } from 'node:zlib';
import type { TransactionContext } from '../../../machines/transaction/transaction-context.ts';
import { type Address, encodeAddress, typeOf } from '../../../runtime/address.ts';
import { facetsOf } from '../../../runtime/group-commit.ts';
import { derivedItems, Tally } from '../../../runtime/level/derived.ts';
import { normalized } from '../../../runtime/level/facets.ts';
import { type Item, rowOf } from '../../../runtime/level/items.ts';
import { numberOf } from '../../../runtime/level/keys.ts';
import type { Facets } from '../../../runtime/ports.ts';
import { boundsOf } from '../snapshot-rows.ts';
import type { Books } from './books.ts';
import { damagedRow } from './damage.ts';
import type { Decisions } from './decisions.ts';
import { type Found, found } from './found.ts';
import { History, type HistoryEnd, type Row } from './history.ts';
import { type Looked, type Lookup, NOWHERE } from './lookup.ts';
import { type ReadRow, RowCursor } from './row-cursor.ts';

/** Entries and feed items that refer to one another add up to the same number, whatever their order. */
export class FeedSum {
  count = 0;
  #sum = 0;

  add(address: Address, seq: number, announcements: number): void {
    this.count += 1;
    this.#sum = (this.#sum + crc32(`${address}!${seq}!${announcements}`)) % 2 ** 52;
  }

  equals(other: FeedSum): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}

/** What the rest of the store must hold, going by records and entries. */
export interface Expected {
  readonly tally: Tally;
  /** How many rows `open` and `index` should have. */
  derivedRows: number;
  readonly feed: FeedSum;
  /** Types with an actor of which nobody can say what it should be found by. */
  readonly unknownTypes: Set<string>;
  readonly actors: Map<string, number>;
  entries: number;
}

/** How many actors of each type have steps that were not replayed. */
class OlderActors {
  readonly #types = new Map<string, number>();

  add(type: string): void {
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
  }

  /** One note for a type: after an upgrade there may be a million of them. */
  notes(): readonly Found[] {
    return [...this.#types].map(([type, count]) => {
      const message = `Of ${count} actors of the type ${type}, steps were taken by an older version of its machine.`;
      return found('NOT_REPLAYED', null, message);
    });
  }
}

/** Walks through actors and their journals side by side, one actor after the other. */
export class Survey {
  readonly expected: Expected = {
    tally: new Tally(),
    derivedRows: 0,
    feed: new FeedSum(),
    unknownTypes: new Set(),
    actors: new Map(),
    entries: 0,
  };
  readonly #older = new OlderActors();
  readonly #lookup: Lookup;
  readonly #books: Books;
  readonly #decisions: Decisions;
  readonly #actors: RowCursor;
  readonly #journal: RowCursor;

  constructor(lookup: Lookup, books: Books, decisions: Decisions) {
    this.#lookup = lookup;
    this.#books = books;
    this.#decisions = decisions;
    const { snapshot } = lookup;
    const [actors, journal] = [boundsOf('actors'), boundsOf('journal')];
    this.#actors = new RowCursor(snapshot, actors.from, actors.to);
    this.#journal = new RowCursor(snapshot, journal.from, journal.to);
  }

  /** How many rows have been read. */
  read = 0;

  /** Gives what it finds after every row. */
  async *run(): AsyncGenerator<readonly Found[]> {
    try {
      for (;;) {
        const [actor, entry] = [await this.#actors.peek(), await this.#journal.peek()];
        const astray = this.#astray(actor, this.#actors) ?? this.#astray(entry, this.#journal);
        if (astray !== undefined) yield [astray];
        else if (actor === undefined && entry === undefined) break;
        else yield* this.#actor(actor, entry);
      }
      yield [...this.#older.notes(), ...this.#books.end()];
    } finally {
      await this.#actors.close();
      await this.#journal.close();
    }
  }

  /** Takes a row that belongs to no actor, or elsewhere. */
  #astray(next: ReadRow | undefined, cursor: RowCursor): Found | undefined {
    if (next === undefined || 'item' in next.reading) return undefined;
    const found = damagedRow(next.row, next.reading.wrong, this.#lookup);
    if (next.address !== undefined && next.reading.wrong !== 'key' && found.repair?.isExact !== true) return undefined;
    this.#take(cursor);
    return found;
  }

  async *#actor(actor: ReadRow | undefined, entry: ReadRow | undefined): AsyncGenerator<readonly Found[]> {
    const address = first(actor?.address, entry?.address);
    if (address === undefined) return;
    let row: Row = 'none';
    if (actor !== undefined && actor.address === address) {
      this.#take(this.#actors);
      const { reading } = actor;
      row = 'item' in reading && reading.item.part === 'actors' ? reading.item.actor : 'unreadable';
      yield 'wrong' in reading ? [damagedRow(actor.row, reading.wrong, this.#lookup)] : [];
    }
    const history = new History(address, row, this.#lookup.definition(address));
    const entriesBefore = this.expected.entries;
    for (let next = entry; next !== undefined; next = await this.#journal.peek()) {
      const astray = this.#astray(next, this.#journal);
      if (astray === undefined && next.address !== address) break;
      yield astray === undefined ? this.#entry(next, address, history) : [astray];
    }
    // A damaged row without a journal has strayed here: there is no such actor.
    if (this.expected.entries === entriesBefore && row === 'unreadable') return;
    yield this.#judge(address, row, history.end());
  }

  #entry({ row, reading }: ReadRow, address: Address, history: History): readonly Found[] {
    this.#take(this.#journal);
    this.expected.entries += 1;
    const bytes = 'item' in reading && reading.item.part === 'journal' ? reading.item.bytes : undefined;
    const seq = numberOf(Buffer.from(row.key).toString('utf8'));
    const announcements = history.take(seq, bytes);
    if (announcements !== undefined) this.expected.feed.add(address, seq, announcements);
    return 'wrong' in reading ? [damagedRow(row, reading.wrong, this.#lookup)] : [];
  }

  #take(cursor: RowCursor): void {
    cursor.take();
    this.read += 1;
  }

  #judge(address: Address, row: Row, { found: told, rebuilt, replay, isOlder }: HistoryEnd): readonly Found[] {
    const type = typeOf(address);
    this.expected.actors.set(type, (this.expected.actors.get(type) ?? 0) + 1);
    if (isOlder) this.#older.add(type);
    const stored = row === 'none' || row === 'unreadable' ? undefined : row;
    const looked = this.#looked(address, stored, rebuilt);
    const facets = expectedFacets(looked) ?? stored?.facets;
    const all = [...this.#withRepair(address, told, rebuilt, facets)];
    if (facets === undefined) this.expected.unknownTypes.add(type);
    else {
      if (stored !== undefined) all.push(...this.#compareFacets(address, stored, facets));
      all.push(...this.#compareDerived(address, facets));
    }
    if (looked.kind === 'unreadable') this.#books.unreadable(type);
    if (looked.kind === 'there') all.push(...this.#books.add(looked.actor), ...this.#decisions.ofHolds(looked.actor));
    if (type === 'transaction') all.push(...this.#compareBranches(looked, replay));
    return all;
  }

  /** A transaction that is forgotten is judged by what it was at last. */
  #compareBranches(looked: Looked, replay: HistoryEnd['replay']): readonly Found[] {
    const isForgotten = looked.kind === 'forgotten';
    const last = looked.kind === 'there' ? looked.actor : isForgotten && replay?.isWhole ? replay.last : undefined;
    if (last?.record == null) return [];
    return this.#decisions.ofTransaction(last.snapshot.context as TransactionContext, isForgotten);
  }

  #looked(address: Address, stored: Exclude<Row, string> | undefined, rebuilt: HistoryEnd['rebuilt']): Looked {
    if (rebuilt !== undefined) return this.#lookup.restored(address, { ...rebuilt, facets: NOWHERE });
    return stored === undefined ? { kind: 'unreadable' } : this.#lookup.restored(address, stored);
  }

  /** The rebuilt row mends whatever was told of the old one. A damaged value has been told of already: it is mended too. */
  #withRepair(
    address: Address,
    told: readonly Found[],
    rebuilt: HistoryEnd['rebuilt'],
    facets: Facets | undefined,
  ): readonly Found[] {
    if (rebuilt === undefined || facets === undefined) return told;
    const repair = { puts: [rowOf({ part: 'actors', address, actor: { ...rebuilt, facets } })], deletes: [] };
    const [one, ...others] = told.filter(({ finding: { code } }) => REBUILT.has(code));
    if (one === undefined) {
      return [...told, found('RECORD_UNREADABLE', address, `The record of ${address} cannot be used.`, repair)];
    }
    return [...told.filter((other) => other !== one && !others.includes(other)), { ...one, repair }, ...others];
  }

  #compareFacets(address: Address, actor: Exclude<Row, string>, facets: Facets): readonly Found[] {
    if (isDeepStrictEqual(actor.facets, facets)) return [];
    const puts = [rowOf({ part: 'actors', address, actor: { ...actor, facets } })];
    return [
      found('FACETS_DIFFER', address, `${address} is stored under other facets than its record has.`, {
        puts,
        deletes: [],
      }),
    ];
  }

  #compareDerived(address: Address, facets: Facets): readonly Found[] {
    this.expected.tally.add(address, facets);
    return derivedItems(address, facets).flatMap((item) => {
      this.expected.derivedRows += 1;
      const reading = this.#lookup.under(item);
      // A damaged one is told of where its row is read.
      if (reading !== undefined && (!('item' in reading) || isDeepStrictEqual(reading.item, item))) return [];
      const why = reading === undefined ? 'is missing' : 'differs from its record';
      return [differs(item, address, why, { puts: [rowOf(item)], deletes: [] })];
    });
  }
}

const REBUILT: ReadonlySet<string> = new Set(['RECORD_MISSING', 'RECORD_UNREADABLE', 'HEAD_DIFFERS']);

/** Tells of a row of `open` or `index`. */
export function differs(item: Item, address: Address, why: string, repair: Found['repair']): Found {
  if (item.part === 'index')
    return found('INDEX_DIFFERS', address, `The listing of ${address} under ${item.tag} ${why}.`, repair);
  const at = item.part === 'open' ? item.at : 0;
  return found('OPEN_DIFFERS', address, `The wake-up of ${address} at ${at} ${why}.`, repair);
}

function expectedFacets(looked: Looked): Facets | undefined {
  if (looked.kind === 'there') return normalized(NOWHERE, facetsOf(looked.actor, looked.record));
  return looked.kind === 'forgotten' ? NOWHERE : undefined;
}

/** The one that comes first in the order of keys. */
function first(one: Address | undefined, other: Address | undefined): Address | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return encodeAddress(one) <= encodeAddress(other) ? one : other;
}
