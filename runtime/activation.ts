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
  /** The hash of its last journal entry, packed or written. */
  head: Uint8Array;
  /** Ends the repetition of its asks. */
  stopRepeating: (() => void) | undefined;
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
    return { active: { actor, head: stored?.head ?? CHAIN_START, stopRepeating: undefined }, migration: undefined };
  }
  return restored(address, definition, stored, unpackRecord(stored.record), now);
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
  const actor: Actor = { address, definition, record: current, snapshot, seq: current.seq };
  const active: Active = { actor, head: stored.head, stopRepeating: undefined };
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
 */
export class ActiveActors {
  readonly #most: number;
  readonly #actors = new Map<Address, Active>();

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#actors.size;
  }

  get(address: Address): Active | undefined {
    return this.#actors.get(address);
  }

  /** Gets an actor and makes it the most recently used. */
  touch(address: Address): Active | undefined {
    const active = this.#actors.get(address);
    if (active !== undefined) {
      this.#actors.delete(address);
      this.#actors.set(address, active);
    }
    return active;
  }

  add(active: Active): void {
    this.#actors.set(active.actor.address, active);
  }

  remove(address: Address): void {
    this.#actors.get(address)?.stopRepeating?.();
    this.#actors.delete(address);
  }

  values(): Iterable<Active> {
    return this.#actors.values();
  }

  /**
   * Lets go of the least recently used until there is room again.
   *
   * @param isNeeded tells of an actor that must stay for now.
   * @returns how many of those that went still wait for answers: they are found again in the store.
   */
  passivate(isNeeded: (address: Address) => boolean): number {
    let waiting = 0;
    let tries = this.#actors.size - this.#most > 0 ? this.#actors.size : 0;
    for (const [address, active] of this.#actors) {
      if (tries <= 0 || this.#actors.size <= this.#most) break;
      tries -= 1;
      if (isNeeded(address)) continue;
      if ((active.actor.record?.asks.length ?? 0) > 0) waiting += 1;
      this.remove(address);
    }
    return waiting;
  }
}
