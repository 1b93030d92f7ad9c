import { isDeepStrictEqual } from 'node:util';
import { derivedItems } from '../../../runtime/level/derived.ts';
import { type Item, readRow, rowOf } from '../../../runtime/level/items.ts';
import { FORMAT } from '../../../runtime/level/start.ts';
import type { StoredRow } from '../../../runtime/ports.ts';
import { Turns } from '../advance.ts';
import { boundsOf } from '../snapshot-rows.ts';
import { damagedRow } from './damage.ts';
import { searchFeed } from './feed-search.ts';
import { type Found, found } from './found.ts';
import type { Lookup } from './lookup.ts';
import { differs, type Expected, FeedSum } from './survey.ts';

/** How many holes in the feed are filled at once. */
const MOST_GAPS = 100_000;

/** Looks over everything that is not an actor or an entry, going by what those say. */
export class Rest {
  read = 0;
  readonly #lookup: Lookup;
  readonly #expected: Expected;
  readonly #feed = new FeedSum();
  readonly #gaps: number[] = [];
  readonly #counted = new Set<string>();
  /** The last place in the feed that could be read. The feed's rows come before those of its readers. */
  #position = 0;
  #derivedRows = 0;
  #hasFormat = false;

  constructor(lookup: Lookup, expected: Expected) {
    this.#lookup = lookup;
    this.#expected = expected;
  }

  async *run(): AsyncGenerator<readonly Found[]> {
    const { snapshot } = this.#lookup;
    const [actors, journal] = [boundsOf('actors'), boundsOf('journal')];
    const ranges = [
      [undefined, actors.from],
      [actors.to, journal.from],
      [journal.to, undefined],
    ] as const;
    for (const [from, to] of ranges) {
      for await (const page of snapshot.rows(from, to)) {
        for (const row of page) yield this.#row(row);
      }
    }
    yield this.#missingCounts();
    if (!this.#hasFormat) {
      const puts = [rowOf({ part: 'meta', kind: 'format', format: FORMAT })];
      yield [found('FORMAT_MISSING', null, 'The mark of the storage format is missing.', { puts, deletes: [] })];
    }
    if (this.#derivedRows !== this.#expected.derivedRows) yield* this.#strays();
    if (this.#gaps.length > 0 || !this.#feed.equals(this.#expected.feed)) {
      yield* searchFeed(snapshot, this.#expected.entries, this.#gaps, this.#position);
    }
  }

  #row(row: StoredRow): readonly Found[] {
    this.read += 1;
    const reading = readRow(row);
    if ('wrong' in reading) return [damagedRow(row, reading.wrong, this.#lookup)];
    const { item } = reading;
    switch (item.part) {
      case 'counts':
        return this.#count(item);
      case 'feed':
        return this.#feedItem(item);
      case 'open':
      case 'index':
        this.#derivedRows += 1;
        return [];
      case 'meta':
        return this.#meta(item, row);
      default:
        return [];
    }
  }

  #count(item: Extract<Item, { part: 'counts' }>): readonly Found[] {
    const { type, name, total } = item;
    this.#counted.add(`${type}!${name}`);
    const expected = this.#expected.tally.get(type, name);
    if (total === expected) return [];
    const message = `The count of ${type} under ${name} is ${total}, and there are ${expected}.`;
    const row = rowOf({ ...item, total: expected });
    const repair = expected === 0 ? { puts: [], deletes: [row.key] } : { puts: [row], deletes: [] };
    return [found('COUNT_DIFFERS', null, message, this.#expected.unknownTypes.has(type) ? undefined : repair)];
  }

  #missingCounts(): readonly Found[] {
    return this.#expected.tally.items().flatMap((item) => {
      const { type, name, total } = item;
      if (this.#counted.has(`${type}!${name}`)) return [];
      // A damaged one is told of where its row is read; its repair takes it out first.
      if (this.#lookup.under(item) !== undefined) return [];
      const message = `The count of ${type} under ${name} is missing, and there are ${total}.`;
      const repair = { puts: [rowOf(item)], deletes: [] };
      return [found('COUNT_DIFFERS', null, message, this.#expected.unknownTypes.has(type) ? undefined : repair)];
    });
  }

  #feedItem({ position, address, seq, announcements }: Extract<Item, { part: 'feed' }>): readonly Found[] {
    this.#feed.add(address, seq, announcements);
    const missing: Found[] = [];
    for (let gap = this.#position + 1; gap < position && this.#gaps.length < MOST_GAPS; gap += 1) {
      this.#gaps.push(gap);
      missing.push(found('FEED_DIFFERS', null, `Feed item ${gap} is missing.`));
    }
    this.#position = position;
    return missing;
  }

  #meta(item: Extract<Item, { part: 'meta' }>, { key }: StoredRow): readonly Found[] {
    if (item.kind === 'format') {
      this.#hasFormat = true;
      return [];
    }
    if (item.kind === 'note' || item.position <= this.#position) return [];
    const message = `The reader ${item.reader} is at ${item.position} in the feed, which ends at ${this.#position}.`;
    return [found('CURSOR_DIFFERS', null, message, { puts: [], deletes: [key] })];
  }

  /** There are more or fewer rows in `open` and `index` than there should be; those that are missing have been told of. */
  async *#strays(): AsyncGenerator<readonly Found[]> {
    const turns = new Turns();
    for (const part of ['index', 'open'] as const) {
      const { from, to } = boundsOf(part);
      for await (const page of this.#lookup.snapshot.rows(from, to)) {
        for (const row of page) {
          await turns.pass();
          const reading = readRow(row);
          if (!('item' in reading) || (reading.item.part !== 'index' && reading.item.part !== 'open')) continue;
          const { item } = reading;
          const facets = await this.#lookup.facets(item.address);
          if (facets === undefined) continue;
          if (derivedItems(item.address, facets).some((one) => isSamePlace(one, item))) continue;
          yield [differs(item, item.address, 'should not be there', { puts: [], deletes: [row.key] })];
        }
        yield [];
      }
    }
  }
}

function isSamePlace(one: Item, other: Item): boolean {
  return isDeepStrictEqual({ ...one, before: null }, { ...other, before: null });
}
