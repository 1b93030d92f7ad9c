import type { Address } from './address.ts';

/**
 * What others may find an actor by, derived from its record alone. The store keeps it up to date in the same batch
 * that writes the record.
 */
export interface Facets {
  /** Names it counts under, e.g. `state:payment.paid`. */
  readonly counts: readonly string[];
  /** Where it is listed: at a moment (ms since 1970), once under each tag, e.g. `status:paid`. `null`: nowhere. */
  readonly listing: { readonly at: number; readonly tags: readonly string[] } | null;
  /** The moments (ms since 1970) at which it wants to be in memory; 0 means always: it waits for somebody. */
  readonly wakes: readonly number[];
}

/** An actor as the store holds it. `record: null` is one that was forgotten: only its revision and hash remain. */
export interface StoredActor {
  /** The sequence number of its last journal entry. */
  readonly revision: number;
  /** The hash of its last journal entry: the head of its chain. */
  readonly head: Uint8Array;
  readonly record: Uint8Array | null;
}

/** One journal entry, packed. Its bytes hold the hash of the entry before. */
export interface StoredEntry {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** One actor's new record together with the entries of the steps that led to it: written all or not at all. */
export interface Write {
  readonly address: Address;
  /** The revision that the steps were taken from; 0 for an actor that was never written. */
  readonly expectedRevision: number;
  readonly record: Uint8Array | null;
  /** The hash of the last of `entries`. */
  readonly head: Uint8Array;
  readonly facets: Facets;
  /** At least one, with consecutive sequence numbers from `expectedRevision + 1`. */
  readonly entries: readonly (StoredEntry & { readonly announcements: number })[];
}

/** `FENCED`: somebody else has written this actor since; nothing of this write was stored. */
export type WriteOutcome = { readonly revision: number } | 'FENCED';

/** One line of the node's own order of things. `announcements` is how many that entry holds. */
export interface FeedItem {
  /** 1 for the first entry that this store ever took. */
  readonly position: number;
  readonly address: Address;
  readonly seq: number;
  readonly announcements: number;
}

export interface ListQuery {
  readonly type: string;
  readonly tag: string;
  /** From this moment on (ms since 1970), inclusive. */
  readonly from?: number;
  /** Up to this moment, inclusive. */
  readonly to?: number;
  /** Only what comes after this place; an item's own place is `at` and `address`. */
  readonly after?: { readonly at: number; readonly address: Address };
  readonly limit: number;
}

export interface ListItem {
  readonly at: number;
  readonly address: Address;
}

/**
 * Where records live. The host is its only writer; questions read from it too.
 *
 * Every read is verified: what is damaged is thrown as STORE_CORRUPT, with its address or entry, and never served.
 * Any error from `write` other than an outcome is final: the host stops, because nobody can know what was stored.
 */
export interface Store {
  /** One actor's record. Synchronous, because one point read is quicker than a trip through the thread pool. */
  read(address: Address): StoredActor | undefined;

  /**
   * Writes many actors at once and answers, in the same order, with an outcome for each. When the promise resolves,
   * what was written survives the loss of power. One actor's write is atomic; the batch as a whole need not be.
   * The host has at most one call under way. No address stands twice in one call.
   */
  write(writes: readonly Write[]): Promise<readonly WriteOutcome[]>;

  /** One journal entry. */
  entry(address: Address, seq: number): Uint8Array | undefined;

  /** An actor's entries with a sequence number above `after`, oldest first, at most `limit`. */
  history(address: Address, after: number, limit: number): Promise<readonly StoredEntry[]>;

  /** Actors listed under a tag, by moment, then address. */
  list(query: ListQuery): Promise<readonly ListItem[]>;

  /** How many actors of a type count under each name; names that nobody counts under are left out. */
  counts(type: string): Readonly<Record<string, number>>;

  /** Actors that want to wake at a moment from `from` to `to`, both inclusive, earliest first, each address once. */
  waking(query: {
    readonly from: number;
    readonly to: number;
    readonly limit: number;
    /** Only what comes after this place. */
    readonly after?: ListItem;
  }): Promise<readonly ListItem[]>;

  /** The earliest moment above `after` at which anybody wants to wake. */
  nextWake(after: number): Promise<number | undefined>;

  /** Entries of all actors in the order this node took them, from the position after `after`. */
  feed(after: number, limit: number): Promise<readonly FeedItem[]>;

  /**
   * Actors that were ever written, forgotten ones too, in the order of their encoded addresses, from after `after` on
   * (`undefined`: from the first). Not one snapshot: one that comes into being meanwhile may be missed.
   */
  addresses(after: Address | undefined, limit: number): Promise<readonly Address[]>;

  /** The position of the newest feed item; 0 when there is none. */
  readonly feedHead: number;

  /**
   * How often a write found what it must know of an actor in memory, and how often it had to be read, since the start.
   * For operators; a store that always reads, or never has to, does without it.
   */
  readonly lookups?: { readonly hits: number; readonly misses: number };

  /** A reader's own place in the feed; 0 at first. */
  cursor(name: string): number;

  /** Remembers a reader's place. Not synced: after a crash the reader may find an older place, never a newer one. */
  saveCursor(name: string, position: number): Promise<void>;

  /** What the node has noted for itself under a name, beside its actors. */
  note(name: string): Uint8Array | undefined;

  /** Notes something in the place of what stood there. When the promise resolves, it survives the loss of power. */
  saveNote(name: string, bytes: Uint8Array): Promise<void>;

  /**
   * All that is stored as it stands now, for backups and examinations, while writing goes on. Only stores on a disk
   * have it. Whoever takes one closes it: until then the disk keeps what has been overwritten since.
   */
  snapshot?(): StoreSnapshot;

  close(): Promise<void>;
}

/** One key and its value as they lie on the disk, checksum and all; damaged ones too. */
export interface StoredRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** All that is stored, as it stood at one moment. Keys are sorted by bytes. */
export interface StoreSnapshot {
  /** The directory that it is of, for messages. */
  readonly directory: string;

  /** All rows from one key (inclusive) up to another (exclusive), a bounded number at a time. */
  rows(from?: string, to?: string): AsyncGenerator<readonly StoredRow[]>;

  /** How many rows `rows` would give, a bounded number at a time: the numbers add up. */
  count(from?: string, to?: string): AsyncGenerator<number>;

  /** The last key from one (inclusive) up to another (exclusive). */
  last(from: string, to: string): Promise<Uint8Array | undefined>;

  /** A value as it lies on the disk; nothing is verified. */
  get(key: string | Uint8Array): Uint8Array | undefined;

  close(): Promise<void>;
}

/** The only clock that the runtime knows. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once, `delayMs` from now. The answer cancels it. A delay may be of any length. */
  schedule(delayMs: number, callback: () => void): () => void;
}
