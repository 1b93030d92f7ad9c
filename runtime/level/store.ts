import { pack, unpack } from 'msgpackr';
import { type Address, typeOf } from '../address.ts';
import type {
  Facets,
  FeedItem,
  ListItem,
  ListQuery,
  Store,
  StoredActor,
  StoredEntry,
  StoreSnapshot,
  Write,
  WriteOutcome,
} from '../ports.ts';
import { type FiledActor, packActor, unpackActor } from './actor.ts';
import { CountChanges, type Counts, type CountTotal } from './counts.ts';
import { move, NOWHERE, normalized } from './facets.ts';
import {
  actorKey,
  actorsRange,
  addressIn,
  checkLimit,
  countKey,
  cursorKey,
  digits,
  encodeChecked,
  entryKey,
  feedKey,
  feedRange,
  indexRange,
  journalRange,
  noteKey,
  numberOf,
  openRange,
  placeOf,
} from './keys.ts';
import { type Known, KnownActors } from './known.ts';
import { type LevelOptions, type SealedBatch, SealedLevel } from './sealed.ts';
import { checkFormat, readCounts, readFeedHead } from './start.ts';

export interface LevelStoreOptions extends LevelOptions {
  /** Of how many actors to remember revision and facets, so that a write need not read first; 65,536 by default. */
  readonly knownActors?: number;
}

/** A write that nobody has come before. */
interface Accepted {
  readonly write: Write;
  readonly encoded: string;
  readonly revision: number;
  readonly before: Facets;
  readonly after: Facets;
}

/**
 * The store in one LevelDB directory: a call of `write` is one atomic synced batch. What it holds in memory (counts,
 * the feed's head, what it knows of actors) changes only after the batch is on disk.
 */
export class LevelStore implements Store {
  readonly #files: SealedLevel;
  readonly #counts: Counts;
  readonly #known: KnownActors;
  #feedHead: number;
  #writing = false;

  private constructor(files: SealedLevel, counts: Counts, feedHead: number, knownActors: number) {
    this.#files = files;
    this.#counts = counts;
    this.#feedHead = feedHead;
    this.#known = new KnownActors(knownActors);
  }

  /**
   * Opens the directory, or makes it. What it reads does not grow with the number of actors. Throws LEVEL_LOCKED when
   * another process has it open, STORE_CORRUPT when it is damaged and STORE_FAILED for everything else.
   */
  static async open(directory: string, options: LevelStoreOptions = {}): Promise<LevelStore> {
    const files = await SealedLevel.open(directory, options);
    try {
      await checkFormat(files, options.mustExist);
      return new LevelStore(files, await readCounts(files), await readFeedHead(files), options.knownActors ?? 65_536);
    } catch (error) {
      await files.close();
      throw error;
    }
  }

  read(address: Address): StoredActor | undefined {
    const encoded = this.#known.get(address)?.encoded ?? encodeChecked(address);
    const actor = this.#load(encoded);
    this.#known.set(address, knownOf(encoded, actor));
    if (actor === undefined) return undefined;
    const { revision, head, record } = actor;
    return { revision, head, record };
  }

  async write(writes: readonly Write[]): Promise<readonly WriteOutcome[]> {
    this.#files.assertUsable();
    if (this.#writing) throw new Error('A write was begun before the one under way had ended.');
    const { accepted, outcomes } = this.#examine(writes);
    if (accepted.length === 0) return outcomes;
    this.#writing = true;
    try {
      let feedHead = this.#feedHead;
      let totals: readonly CountTotal[] = [];
      await this.#files.write((batch) => {
        const counts = new CountChanges();
        for (const item of accepted) feedHead = fillActor(batch, item, counts, feedHead);
        totals = counts.totals(this.#counts);
        for (const total of totals) this.#fillCount(batch, total);
      });
      this.#feedHead = feedHead;
      for (const { type, name, total } of totals) this.#counts.set(type, name, total);
      for (const { write, encoded, revision, after } of accepted) {
        this.#known.set(write.address, { encoded, revision, facets: after });
      }
    } finally {
      this.#writing = false;
    }
    return outcomes;
  }

  entry(address: Address, seq: number): Uint8Array | undefined {
    return this.#files.get(entryKey(encodeChecked(address), seq));
  }

  async history(address: Address, after: number, limit: number): Promise<readonly StoredEntry[]> {
    const encoded = encodeChecked(address);
    const entries: StoredEntry[] = [];
    for await (const rows of this.#files.pages(journalRange(encoded, after), checkLimit(limit))) {
      for (const [key, bytes] of rows) {
        const seq = after + entries.length + 1;
        if (numberOf(key) !== seq) throw this.#files.damaged(entryKey(encoded, seq), 'is missing');
        entries.push({ seq, bytes });
      }
    }
    return entries;
  }

  async list({ type, tag, from, to, after, limit }: ListQuery): Promise<readonly ListItem[]> {
    const range = indexRange(type, tag, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, after);
    const items: ListItem[] = [];
    for await (const rows of this.#files.pages(range, checkLimit(limit))) {
      for (const [key] of rows) items.push(this.#place(key));
    }
    return items;
  }

  counts(type: string): Readonly<Record<string, number>> {
    this.#files.assertUsable();
    return this.#counts.of(type);
  }

  async waking(query: {
    readonly from: number;
    readonly to: number;
    readonly limit: number;
    readonly after?: ListItem;
  }): Promise<readonly ListItem[]> {
    const { from, to } = query;
    const limit = checkLimit(query.limit);
    const items: ListItem[] = [];
    if (limit === 0) return items;
    for await (const rows of this.#files.pages(openRange(from, to, query.after), Infinity)) {
      for (const [key, payload] of rows) {
        const before: number | null = unpack(payload);
        if (before !== null && before >= from) continue;
        items.push(this.#place(key));
        if (items.length === limit) return items;
      }
    }
    return items;
  }

  async nextWake(after: number): Promise<number | undefined> {
    if (after === Number.MAX_SAFE_INTEGER) return undefined;
    const range = openRange(after + 1, Number.MAX_SAFE_INTEGER, undefined);
    for await (const rows of this.#files.pages(range, 1)) {
      for (const [key] of rows) return this.#place(key).at;
    }
    return undefined;
  }

  async feed(after: number, limit: number): Promise<readonly FeedItem[]> {
    const items: FeedItem[] = [];
    for await (const rows of this.#files.pages(feedRange(after), checkLimit(limit))) {
      for (const [key, payload] of rows) {
        const position = after + items.length + 1;
        if (numberOf(key) !== position) throw this.#files.damaged(feedKey(position), 'is missing');
        const [address, seq, announcements]: [Address, number, number] = unpack(payload);
        items.push({ position, address, seq, announcements });
      }
    }
    return items;
  }

  async addresses(after: Address | undefined, limit: number): Promise<readonly Address[]> {
    const range = actorsRange(after === undefined ? undefined : encodeChecked(after));
    return (await this.#files.keys(range, checkLimit(limit))).map((key) => {
      const address = addressIn(key);
      if (address === undefined) throw this.#files.damaged(key, 'cannot be read: its key has no address');
      return address;
    });
  }

  get feedHead(): number {
    this.#files.assertUsable();
    return this.#feedHead;
  }

  get lookups(): { readonly hits: number; readonly misses: number } {
    return this.#known.lookups;
  }

  cursor(name: string): number {
    const payload = this.#files.get(cursorKey(name));
    return payload === undefined ? 0 : unpack(payload);
  }

  async saveCursor(name: string, position: number): Promise<void> {
    digits(position);
    await this.#files.put(cursorKey(name), pack(position));
  }

  note(name: string): Uint8Array | undefined {
    return this.#files.get(noteKey(name));
  }

  async saveNote(name: string, bytes: Uint8Array): Promise<void> {
    await this.#files.write((batch) => batch.put(noteKey(name), bytes));
  }

  snapshot(): StoreSnapshot {
    return this.#files.snapshot();
  }

  async close(): Promise<void> {
    await this.#files.close();
  }

  #load(encoded: string): FiledActor | undefined {
    const payload = this.#files.get(actorKey(encoded));
    return payload === undefined ? undefined : unpackActor(payload);
  }

  /** Sorts out who was too late. Throws, before anything is written, what is our own bug. */
  #examine(writes: readonly Write[]): { accepted: readonly Accepted[]; outcomes: readonly WriteOutcome[] } {
    const accepted: Accepted[] = [];
    const seen = new Set<Address>();
    const outcomes: WriteOutcome[] = [];
    for (const write of writes) {
      const { address, expectedRevision } = write;
      if (seen.has(address)) throw new Error(`${address} stands twice in one write.`);
      seen.add(address);
      const revision = lastSeq(write);
      const { encoded, revision: stored, facets: before } = this.#know(address);
      if (stored !== expectedRevision) {
        outcomes.push('FENCED');
        continue;
      }
      const after = normalized(before, write.record === null ? NOWHERE : write.facets);
      accepted.push({ write, encoded, revision, before, after });
      outcomes.push({ revision });
    }
    return { accepted, outcomes };
  }

  #know(address: Address): Known {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const encoded = encodeChecked(address);
    return knownOf(encoded, this.#load(encoded));
  }

  #fillCount(batch: SealedBatch, { type, name, total }: CountTotal): void {
    const key = countKey(type, name);
    if (total < 0) throw this.#files.damaged(key, 'does not fit the records: it would fall below 0');
    if (total === 0) batch.del(key);
    else batch.put(key, pack(total));
  }

  #place(key: string): ListItem {
    const place = placeOf(key);
    if (place === undefined) throw this.#files.damaged(key, 'cannot be read: its key has no address');
    return place;
  }
}

/** `undefined` is an actor that was never written. */
function knownOf(encoded: string, actor: FiledActor | undefined): Known {
  return { encoded, revision: actor?.revision ?? 0, facets: actor?.facets ?? NOWHERE };
}

/** One actor's part of a batch. Gives the feed's new head. */
function fillActor(batch: SealedBatch, item: Accepted, counts: CountChanges, feedHead: number): number {
  const { write, encoded, revision, before, after } = item;
  batch.put(actorKey(encoded), packActor({ revision, head: write.head, record: write.record, facets: after }));
  let position = feedHead;
  for (const { seq, bytes, announcements } of write.entries) {
    position += 1;
    batch.put(entryKey(encoded, seq), bytes);
    batch.put(feedKey(position), pack([write.address, seq, announcements]));
  }
  if (after !== before) move(batch, counts, { type: typeOf(write.address), encoded }, before, after);
  return position;
}

/** The last sequence number of a write whose entries follow one another. */
function lastSeq({ address, expectedRevision, entries }: Write): number {
  let last = expectedRevision;
  for (const { seq } of entries) {
    if (seq !== last + 1) throw new Error(`The entries of ${address} do not follow one another: ${seq} after ${last}.`);
    last = seq;
  }
  if (last === expectedRevision) throw new Error(`A write of ${address} holds no entry.`);
  return last;
}
