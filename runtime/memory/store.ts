import { type Address, decodeAddress, decodeToken, encodeAddress, encodeToken, typeOf } from '../address.ts';
import type {
  Facets,
  FeedItem,
  ListItem,
  ListQuery,
  Store,
  StoredActor,
  StoredEntry,
  Write,
  WriteOutcome,
} from '../ports.ts';

interface Actor {
  readonly revision: number;
  readonly head: Uint8Array;
  readonly record: Uint8Array | null;
  readonly facets: Facets;
}

const NOWHERE: Facets = { counts: [], listing: null, wakes: [] };
const TYPE = /^[A-Za-z0-9_-]+$/;

/** The store in memory: for tests, for simulation and for trying things out. It is gone with the process. */
export class MemoryStore implements Store {
  readonly #actors = new Map<Address, Actor>();
  readonly #journals = new Map<Address, StoredEntry[]>();
  readonly #feed: FeedItem[] = [];
  readonly #open = new Places();
  readonly #index = new Map<string, Places>();
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #cursors = new Map<string, number>();
  readonly #notes = new Map<string, Uint8Array>();
  /** Everybody, at the moment 0. */
  readonly #addresses = new Places();

  read(address: Address): StoredActor | undefined {
    checkAddress(address);
    const actor = this.#actors.get(address);
    if (actor === undefined) return undefined;
    const { revision, head, record } = actor;
    return { revision, head: copy(head), record: record === null ? null : copy(record) };
  }

  async write(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    if (new Set(writes.map(({ address }) => address)).size < writes.length) {
      throw new Error('An address stands twice in one write.');
    }
    for (const write of writes) checkWrite(write);
    return writes.map((write) => this.#take(write));
  }

  entry(address: Address, seq: number): Uint8Array | undefined {
    checkAddress(address);
    checkNumber(seq);
    const entry = this.#journals.get(address)?.[seq - 1];
    return entry === undefined ? undefined : copy(entry.bytes);
  }

  async history(address: Address, after: number, limit: number): Promise<readonly StoredEntry[]> {
    checkAddress(address);
    checkNumber(after);
    const entries = this.#journals.get(address) ?? [];
    return entries.slice(after, after + checkLimit(limit)).map(({ seq, bytes }) => ({ seq, bytes: copy(bytes) }));
  }

  async list({ type, tag, from, to, after, limit }: ListQuery): Promise<readonly ListItem[]> {
    checkText(tag);
    const places = this.#index.get(`${type} ${tag}`) ?? new Places();
    return places.range(from ?? 0, to ?? Number.MAX_SAFE_INTEGER, after, checkLimit(limit));
  }

  counts(type: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts.get(type) ?? []);
  }

  async waking(query: {
    readonly from: number;
    readonly to: number;
    readonly limit: number;
    readonly after?: ListItem;
  }): Promise<readonly ListItem[]> {
    const { from, to, limit, after } = query;
    const isFirst = ({ at, address }: ListItem) =>
      !this.#actors.get(address)?.facets.wakes.some((wake) => from <= wake && wake < at);
    return this.#open.range(from, to, after, checkLimit(limit), isFirst);
  }

  async nextWake(after: number): Promise<number | undefined> {
    checkNumber(after);
    if (after === Number.MAX_SAFE_INTEGER) return undefined;
    return this.#open.range(after + 1, Number.MAX_SAFE_INTEGER, undefined, 1)[0]?.at;
  }

  async feed(after: number, limit: number): Promise<readonly FeedItem[]> {
    checkNumber(after);
    return this.#feed.slice(after, after + checkLimit(limit));
  }

  async addresses(after: Address | undefined, limit: number): Promise<readonly Address[]> {
    const place = after === undefined ? undefined : { at: 0, address: after };
    return this.#addresses.range(0, 0, place, checkLimit(limit)).map(({ address }) => address);
  }

  get feedHead(): number {
    return this.#feed.length;
  }

  cursor(name: string): number {
    checkText(name);
    return this.#cursors.get(name) ?? 0;
  }

  async saveCursor(name: string, position: number): Promise<void> {
    checkText(name);
    checkNumber(position);
    this.#cursors.set(name, position);
  }

  note(name: string): Uint8Array | undefined {
    checkText(name);
    const bytes = this.#notes.get(name);
    return bytes === undefined ? undefined : copy(bytes);
  }

  async saveNote(name: string, bytes: Uint8Array): Promise<void> {
    checkText(name);
    this.#notes.set(name, copy(bytes));
  }

  async close(): Promise<void> {}

  #take(write: Write): WriteOutcome {
    const { address, entries, record } = write;
    const before = this.#actors.get(address);
    if ((before?.revision ?? 0) !== write.expectedRevision) return 'FENCED';
    if (before === undefined) this.#addresses.set(0, address, 1);
    const revision = write.expectedRevision + entries.length;
    const facets = record === null ? NOWHERE : copyOf(write.facets);
    this.#place(address, before?.facets ?? NOWHERE, -1);
    this.#place(address, facets, 1);
    this.#actors.set(address, {
      revision,
      head: copy(write.head),
      record: record === null ? null : copy(record),
      facets,
    });
    const journal = this.#journals.get(address) ?? [];
    this.#journals.set(address, journal);
    for (const { seq, bytes, announcements } of entries) {
      journal.push({ seq, bytes: copy(bytes) });
      this.#feed.push({ position: this.#feed.length + 1, address, seq, announcements });
    }
    return { revision };
  }

  /** Puts an actor where its facets say (1), or takes it away from there (-1). */
  #place(address: Address, { counts, listing, wakes }: Facets, change: 1 | -1): void {
    const type = typeOf(address);
    const names = this.#counts.get(type) ?? new Map<string, number>();
    this.#counts.set(type, names);
    for (const name of counts) {
      const total = (names.get(name) ?? 0) + change;
      if (total === 0) names.delete(name);
      else names.set(name, total);
    }
    for (const tag of listing?.tags ?? []) {
      const places = this.#index.get(`${type} ${tag}`) ?? new Places();
      this.#index.set(`${type} ${tag}`, places);
      places.set(listing?.at ?? 0, address, change);
    }
    for (const at of wakes) this.#open.set(at, address, change);
  }
}

interface Place extends ListItem {
  readonly encoded: string;
}

/** Actors in order of moment, then address as it is encoded. */
class Places {
  readonly #sorted: Place[] = [];

  set(at: number, address: Address, change: 1 | -1): void {
    const place = { at, address, encoded: encodeAddress(address) };
    const position = this.#firstNotBefore(place);
    if (change === 1) this.#sorted.splice(position, 0, place);
    else this.#sorted.splice(position, 1);
  }

  range(
    from: number,
    to: number,
    after: ListItem | undefined,
    limit: number,
    keep: (item: ListItem) => boolean = () => true,
  ): ListItem[] {
    for (const moment of [from, to, after?.at ?? 0]) checkNumber(moment);
    const items: ListItem[] = [];
    for (let position = this.#start(from, after); items.length < limit; position += 1) {
      const place = this.#sorted[position];
      if (place === undefined || place.at > to) break;
      const item = { at: place.at, address: place.address };
      if (keep(item)) items.push(item);
    }
    return items;
  }

  #start(from: number, after: ListItem | undefined): number {
    const first = this.#firstNotBefore({ at: from, encoded: '' });
    if (after === undefined) return first;
    checkAddress(after.address);
    const last = { at: after.at, encoded: encodeAddress(after.address) };
    const position = this.#firstNotBefore(last);
    const place = this.#sorted[position];
    const isIt = place !== undefined && compare(place, last) === 0;
    return Math.max(first, isIt ? position + 1 : position);
  }

  #firstNotBefore(place: Pick<Place, 'at' | 'encoded'>): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && compare(other, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(a: Pick<Place, 'at' | 'encoded'>, b: Pick<Place, 'at' | 'encoded'>): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.encoded < b.encoded ? -1 : a.encoded === b.encoded ? 0 : 1;
}

/** Not `slice`: that of a Buffer shares its memory. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function copyOf({ counts, listing, wakes }: Facets): Facets {
  return {
    counts: [...new Set(counts)],
    listing: listing === null ? null : { at: listing.at, tags: [...new Set(listing.tags)] },
    wakes: [...new Set(wakes)],
  };
}

function checkWrite({ address, expectedRevision, record, facets, entries }: Write): void {
  checkAddress(address);
  let last = expectedRevision;
  for (const { seq } of entries) {
    if (seq !== last + 1) throw new Error(`The entries of ${address} do not follow one another: ${seq} after ${last}.`);
    last = seq;
  }
  if (last === expectedRevision) throw new Error(`A write of ${address} holds no entry.`);
  if (record === null) return;
  for (const text of [...facets.counts, ...(facets.listing?.tags ?? [])]) checkText(text);
  for (const moment of [...facets.wakes, facets.listing?.at ?? 0]) checkNumber(moment);
}

function checkAddress(address: Address): void {
  if (TYPE.test(typeOf(address)) && decodeAddress(encodeAddress(address)) === address) return;
  throw new TypeError(`${JSON.stringify(address)} is not an address: it must be type/key, both non-empty text.`);
}

function checkText(text: string): void {
  if (decodeToken(encodeToken(text)) !== text)
    throw new TypeError(`${JSON.stringify(text)} cannot be a name or a tag.`);
}

function checkNumber(number: number): void {
  if (Number.isSafeInteger(number) && number >= 0) return;
  throw new TypeError(`${number} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`);
}

function checkLimit(limit: number): number {
  if (limit === Infinity || (Number.isInteger(limit) && limit >= 0)) return limit;
  throw new TypeError(`${limit} is not a limit: it must be a whole number.`);
}
