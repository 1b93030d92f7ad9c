import type { Address } from './address.ts';
import { type Instruments, NO_INSTRUMENTS } from './instruments.ts';
import { type Announcement, chain, type JournalEntry } from './journal.ts';
import type { Mail } from './mail.ts';
import type { Store, Write, WriteOutcome } from './ports.ts';
import { type ActorRecord, packRecord } from './record.ts';
import { type Actor, type Stepped, stateOf } from './step.ts';

/** The steps of one actor that are written together, and all that waits for them to be on disk. */
export interface Pending {
  readonly address: Address;
  /** The actor after the last of these steps. */
  actor: Actor;
  readonly entries: JournalEntry[];
  /** What to do once they are synced, each with the mail to take again should they be fenced. */
  readonly releases: { readonly mail: Mail | undefined; readonly release: () => void }[];
  forgotten: boolean;
}

/** An announcement with its place: the step, and its index among that step's. */
export interface Announced {
  readonly address: Address;
  readonly seq: number;
  readonly index: number;
  readonly at: number;
  readonly trace?: string | undefined;
  readonly announcement: Announcement;
}

/** Steps that will share one sync. */
class Batch {
  readonly pending = new Map<Address, Pending>();
  steps = 0;
}

/**
 * Group commit: while one batch is being flushed, the next one fills. Two overlapping flushes are worse than one in
 * flight (measured, design.md §11), so there is never more than one.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #heads: (address: Address) => Uint8Array;
  readonly #onWritten: (written: readonly Pending[], announced: readonly Announced[], before: number) => void;
  readonly #onFenced: (address: Address, mails: readonly Mail[]) => void;
  readonly #onHead: (address: Address, head: Uint8Array) => void;
  readonly #onFatal: (error: unknown) => void;
  readonly #instruments: Pick<Instruments, 'batchWritten'>;
  #filling = new Batch();
  #flying: Batch | undefined;
  #failed = false;
  #idlers: (() => void)[] = [];

  constructor(options: {
    readonly store: Store;
    /** The hash of an actor's last entry, packed or written. */
    readonly headOf: (address: Address) => Uint8Array;
    readonly setHead: (address: Address, head: Uint8Array) => void;
    /** Called when a batch is on disk, before its releases. `before` is the feed's head before it. */
    readonly onWritten: (written: readonly Pending[], announced: readonly Announced[], before: number) => void;
    /** Somebody else has written this actor: take it out of memory and take these mails again. */
    readonly onFenced: (address: Address, mails: readonly Mail[]) => void;
    /** The store has failed: what was written is unknown, and nothing may be released any more. */
    readonly onFatal: (error: unknown) => void;
    readonly instruments?: Pick<Instruments, 'batchWritten'>;
  }) {
    this.#store = options.store;
    this.#heads = options.headOf;
    this.#onHead = options.setHead;
    this.#onWritten = options.onWritten;
    this.#onFenced = options.onFenced;
    this.#onFatal = options.onFatal;
    this.#instruments = options.instruments ?? NO_INSTRUMENTS;
  }

  /** How many steps wait to be flushed next. */
  get filling(): number {
    return this.#filling.steps;
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    if (this.isIdle || this.#failed) return;
    this.flush();
    await new Promise<void>((resolve) => this.#idlers.push(resolve));
  }

  get isIdle(): boolean {
    return this.#flying === undefined && this.#filling.pending.size === 0;
  }

  /** Whether an actor has steps that are not on disk yet. */
  isDirty(address: Address): boolean {
    return this.#filling.pending.has(address) || this.#flying?.pending.has(address) === true;
  }

  /** Adds a step; `release` lets its effects loose once it is on disk. */
  add(stepped: Stepped, mail: Mail | undefined, release: () => void): void {
    const { address } = stepped.actor;
    let pending = this.#filling.pending.get(address);
    if (pending === undefined) {
      pending = { address, actor: stepped.actor, entries: [], releases: [], forgotten: false };
      this.#filling.pending.set(address, pending);
    }
    pending.actor = stepped.actor;
    pending.entries.push(stepped.entry);
    pending.releases.push({ mail, release });
    pending.forgotten = stepped.forgotten;
    this.#filling.steps += 1;
  }

  /** Does something once all that the actor's present state was read from is on disk: at once, if it is. */
  whenSynced(address: Address, mail: Mail | undefined, release: () => void): void {
    if (this.#failed) return;
    const pending = this.#filling.pending.get(address) ?? this.#flying?.pending.get(address);
    if (pending === undefined) release();
    else pending.releases.push({ mail, release });
  }

  /** Begins to write what has gathered, unless a batch is in flight: then that one's end begins the next. */
  flush(): void {
    if (this.#flying !== undefined || this.#failed || this.#filling.pending.size === 0) return;
    const batch = this.#filling;
    this.#filling = new Batch();
    this.#flying = batch;
    const written = [...batch.pending.values()];
    const before = this.#store.feedHead;
    this.#write(written, batch.steps).then(
      (outcomes) => this.#landed(written, outcomes, before),
      (error: unknown) => {
        this.#failed = true;
        this.#onFatal(error);
      },
    );
  }

  async #write(written: readonly Pending[], steps: number): Promise<readonly WriteOutcome[]> {
    const writes = written.map((pending) => this.#packed(pending));
    const begunAt = performance.now();
    const outcomes = await this.#store.write(writes);
    this.#instruments.batchWritten(writes.length, steps, performance.now() - begunAt);
    return outcomes;
  }

  #packed({ address, actor, entries, forgotten }: Pending): Write {
    let head = this.#heads(address);
    const packed = entries.map((entry) => {
      const { bytes, head: next } = chain(head, entry);
      head = next;
      return { seq: entry.seq, bytes, announcements: entry.announcements.length };
    });
    this.#onHead(address, head);
    const { record } = actor;
    return {
      address,
      expectedRevision: (entries[0]?.seq ?? 1) - 1,
      record: forgotten || record === null ? null : packRecord(record),
      head,
      facets: forgotten || record === null ? NOWHERE : facetsOf(actor, record),
      entries: packed,
    };
  }

  #landed(written: readonly Pending[], outcomes: readonly WriteOutcome[], before: number): void {
    const landed: Pending[] = [];
    const fenced: Pending[] = [];
    for (const [index, pending] of written.entries()) (outcomes[index] === 'FENCED' ? fenced : landed).push(pending);
    this.#flying = undefined;
    for (const { address, releases } of fenced) {
      const later = this.#filling.pending.get(address);
      this.#filling.pending.delete(address);
      const mails = [...releases, ...(later?.releases ?? [])].flatMap(({ mail }) => (mail === undefined ? [] : [mail]));
      this.#onFenced(address, mails);
    }
    this.#onWritten(landed, announcedIn(landed), before);
    for (const { releases } of landed) for (const { release } of releases) release();
    if (this.#idlers.length === 0) return;
    this.flush();
    if (this.isIdle) for (const resolve of this.#idlers.splice(0)) resolve();
  }
}

const NOWHERE = { counts: [], listing: null, wakes: [] };

/** What others may find an actor by. */
export function facetsOf(actor: Actor, record: ActorRecord): Write['facets'] {
  const { counts, listing } = actor.definition.facets(stateOf(actor));
  const waits = record.asks.length > 0 || record.waiting.length > 0;
  const due = record.timers.length === 0 ? [] : [Math.min(...record.timers.map(({ dueAt }) => dueAt))];
  return { counts, listing, wakes: waits ? [0, ...due] : due };
}

function announcedIn(written: readonly Pending[]): readonly Announced[] {
  return written.flatMap(({ address, entries }) =>
    entries.flatMap(({ seq, at, trace, announcements }) =>
      announcements.map((announcement, index) => ({
        address,
        seq,
        index,
        at,
        trace,
        announcement,
      })),
    ),
  );
}
