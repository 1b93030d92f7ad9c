import type { Address } from '../../../runtime/address.ts';
import { typeOf } from '../../../runtime/address.ts';
import type { Definition } from '../../../runtime/definition.ts';
import { facetsOf } from '../../../runtime/group-commit.ts';
import type { FiledActor } from '../../../runtime/level/actor.ts';
import { type Item, keyOf, type Reading, readRow } from '../../../runtime/level/items.ts';
import { actorKey, encodeChecked, journalRange } from '../../../runtime/level/keys.ts';
import type { Facets, StoreSnapshot } from '../../../runtime/ports.ts';
import { type ActorRecord, unpackRecord } from '../../../runtime/record.ts';
import { restore } from '../../../runtime/statechart.ts';
import type { Actor } from '../../../runtime/step.ts';

/** An actor's row, as far as it can be read. */
export type Looked =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'there'; readonly actor: Actor; readonly record: ActorRecord };

/** Reads single rows of a snapshot for the doctor: what is damaged is no error, it is found elsewhere. */
export class Lookup {
  readonly snapshot: StoreSnapshot;
  readonly #definitions: ReadonlyMap<string, Definition>;

  constructor(snapshot: StoreSnapshot, definitions: ReadonlyMap<string, Definition>) {
    this.snapshot = snapshot;
    this.#definitions = definitions;
  }

  definition(address: Address): Definition | undefined {
    return this.#definitions.get(typeOf(address));
  }

  /** What lies under an item's key; `undefined` for nothing. */
  under(item: Item): Reading | undefined {
    const key = keyOf(item);
    const value = this.snapshot.get(key);
    return value === undefined ? undefined : readRow({ key: Buffer.from(key), value });
  }

  /** An actor as it is on the disk. */
  actor(address: Address): Looked {
    const row = this.#row(address);
    if (row === 'absent' || row === 'unreadable') return { kind: row };
    return this.restored(address, row);
  }

  /** An actor's row, if it can be read. */
  row(address: Address): FiledActor | undefined {
    const row = this.#row(address);
    return row === 'absent' || row === 'unreadable' ? undefined : row;
  }

  async #hasJournal(address: Address): Promise<boolean> {
    const { gt = '', lt } = journalRange(encodeChecked(address), 0);
    return (await this.snapshot.last(gt, lt)) !== undefined;
  }

  #row(address: Address): FiledActor | 'absent' | 'unreadable' {
    const key = actorKey(encodeChecked(address));
    const value = this.snapshot.get(key);
    if (value === undefined) return 'absent';
    const reading = readRow({ key: Buffer.from(key), value });
    return 'item' in reading && reading.item.part === 'actors' ? reading.item.actor : 'unreadable';
  }

  /** An actor out of its row. One whose record this build cannot restore counts as unreadable. */
  restored(address: Address, { record: bytes }: FiledActor): Looked {
    if (bytes === null) return { kind: 'forgotten' };
    const definition = this.definition(address);
    if (definition === undefined) return { kind: 'unreadable' };
    try {
      const record = unpackRecord(bytes);
      if (record.machine !== definition.type || record.version !== definition.version) return { kind: 'unreadable' };
      const snapshot = restore(definition.machine, record);
      return { kind: 'there', record, actor: { address, definition, record, snapshot, seq: record.seq } };
    } catch {
      return { kind: 'unreadable' };
    }
  }

  /** The facets that an actor should be found by; `undefined` where nobody can say. */
  async facets(address: Address): Promise<Facets | undefined> {
    const looked = this.actor(address);
    if (looked.kind === 'unreadable') return undefined;
    // One whose record is lost should be found by something, which its journal alone may not tell.
    if (looked.kind === 'absent' && (await this.#hasJournal(address))) return undefined;
    return looked.kind === 'there' ? facetsOf(looked.actor, looked.record) : NOWHERE;
  }
}

/** What an actor without a record is found by: nothing. */
export const NOWHERE: Facets = { counts: [], listing: null, wakes: [] };
