import { type Address, typeOf } from './address.ts';
import type { Definition } from './definition.ts';
import { messageOf, RuntimeError } from './errors.ts';
import { CHAIN_START } from './journal.ts';
import { migrate } from './migration.ts';
import type { Store, StoredActor } from './ports.ts';
import { type ActorRecord, packRecord, unpackRecord } from './record.ts';
import { restore } from './statechart.ts';
import { type Actor, newActor, type Stepped } from './step.ts';

/** An actor in memory. */
export interface Active {
  actor: Actor;
  /** The hash of its last journal entry, packed or written, one character a byte: a third of what an array takes. */
  head: string;
  /** Ends the repetition of its asks. */
  stopRepeating: (() => void) | undefined;
  /** Its neighbors in the order of use; `ActiveActors` keeps them. */
  older: Active | undefined;
  newer: Active | undefined;
}

/** What reading an actor came to: itself and, if its record was of an older version, the step that migrates it. */
export interface Activated {
  readonly active: Active;
  readonly migration: Stepped | undefined;
}

/**
 * Brings an actor into memory from its record, or begins a new one.
 *
 * @throws RuntimeError VERSION_UNKNOWN for a record that this build cannot take over; nothing is restored on a guess.
 * @throws RuntimeError STORE_CORRUPT from the store.
 */
export function activate(
  store: Store,
  definitions: ReadonlyMap<string, Definition>,
  address: Address,
  now: number,
): Activated {
  const definition = definitions.get(typeOf(address));
  if (definition === undefined) throw new RuntimeError('MACHINE_REFUSED', `No machine is registered for ${address}`);
  const stored = store.read(address);
  if (stored?.record == null) {
    const actor = newActor(address, definition, stored?.revision ?? 0);
    return { active: activeOf(actor, stored?.head ?? CHAIN_START), migration: undefined };
  }
  return restored(address, definition, stored, unpackRecord(stored.record), now);
}

/** An actor in memory whose asks are not being repeated yet. */
export function activeOf(actor: Actor, head: Uint8Array): Active {
  return { actor, head: headText(head), stopRepeating: undefined, older: undefined, newer: undefined };
}

/** A hash as it is held in memory. */
function headText(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
}

/** The way back. */
export function headBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function restored(
  address: Address,
  definition: Definition,
  stored: StoredActor,
  record: ActorRecord,
  now: number,
): Activated {
  if (record.machine !== definition.type) {
    throw unknownVersion(address, record, `this build runs ${definition.type} there`);
  }
  let current = record;
  let snapshot: Actor['snapshot'];
  try {
    if (record.version !== definition.version) current = migrate(definition, record, now);
    snapshot = restore(definition.machine, current);
  } catch (error) {
    throw unknownVersion(address, record, messageOf(error), error);
  }
  // Actors in the same states share one value.
  const actorRecord: ActorRecord = { ...current, value: snapshot.value };
  const actor: Actor = { address, definition, record: actorRecord, snapshot, seq: current.seq };
  const active = activeOf(actor, stored.head);
  if (current === record) return { active, migration: undefined };
  const entry = {
    seq: current.seq,
    at: current.at,
    event: { type: 'migrate', from: record.version, to: definition.version },
    cause: `build with ${definition.type} version ${definition.version}`,
    from: record.value,
    to: current.value,
    announcements: [],
    record: packRecord(current),
  };
  const migration: Stepped = {
    kind: 'stepped',
    actor,
    entry,
    causedIn: undefined,
    asks: [],
    reply: undefined,
    announcements: [],
    settled: [],
    answer: undefined,
    forgotten: false,
  };
  return { active, migration };
}

function unknownVersion(address: Address, record: ActorRecord, why: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    'VERSION_UNKNOWN',
    `The record of ${address} is of ${record.machine} version ${record.version}: ${why}. ` +
      'Run the build that wrote it, or give the machine a migrate function for that version.',
    { cause },
  );
}

/**
 * The actors in memory: at most so many, least recently used first out. One that waits for the disk, or has mail, stays;
 * everything else can go, because all it waits for stands in its record.
 *
 * The order of use is a list through the actors themselves: a Map that is reordered at every use fills with gaps, which
 * whoever looks for its oldest entry has to walk over.
 */
export class ActiveActors {
  readonly #most: number;
  readonly #actors = new Map<Address, Active>();
  #oldest: Active | undefined;
  #newest: Active | undefined;
  #hits = 0;
  #misses = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** How many there are; how often one was wanted that was in memory, and how often it had to be read. */
  get load(): { readonly actors: number; readonly lookups: { readonly hits: number; readonly misses: number } } {
    return { actors: this.size, lookups: { hits: this.#hits, misses: this.#misses } };
  }

  get(address: Address): Active | undefined {
    return this.#actors.get(address);
  }

  /** The hash of an actor's last journal entry. */
  headOf(address: Address): Uint8Array | undefined {
    const active = this.#actors.get(address);
    return active === undefined ? undefined : headBytes(active.head);
  }

  setHead(address: Address, head: Uint8Array): void {
    const active = this.#actors.get(address);
    if (active !== undefined) active.head = headText(head);
  }

  /** Gets an actor and makes it the most recently used. */
  touch(address: Address): Active | undefined {
    const active = this.#actors.get(address);
    if (active === undefined) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    if (active !== this.#newest) {
      this.#unlink(active);
      this.#append(active);
    }
    return active;
  }

  add(active: Active): void {
    this.remove(active.actor.address);
    this.#actors.set(active.actor.address, active);
    this.#append(active);
  }

  remove(address: Address): void {
    const active = this.#actors.get(address);
    if (active === undefined) return;
    active.stopRepeating?.();
    this.#actors.delete(address);
    this.#unlink(active);
  }

  /** All of them, the least recently used first. */
  *values(): Iterable<Active> {
    for (let active = this.#oldest; active !== undefined; active = active.newer) yield active;
  }

  /**
   * Lets go of the least recently used until there is room again.
   *
   * @param isNeeded tells of an actor that must stay for now.
   * @returns how many of those that went still wait for answers: they are found again in the store.
   */
  passivate(isNeeded: (address: Address) => boolean): number {
    let waiting = 0;
    let next = this.#oldest;
    while (next !== undefined && this.#actors.size > this.#most) {
      const active = next;
      next = active.newer;
      if (isNeeded(active.actor.address)) continue;
      if ((active.actor.record?.asks.length ?? 0) > 0) waiting += 1;
      this.remove(active.actor.address);
    }
    return waiting;
  }

  #append(active: Active): void {
    active.older = this.#newest;
    active.newer = undefined;
    if (this.#newest === undefined) this.#oldest = active;
    else this.#newest.newer = active;
    this.#newest = active;
  }

  #unlink(active: Active): void {
    const { older, newer } = active;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    active.older = undefined;
    active.newer = undefined;
  }
}
