import type { Address } from '../../../runtime/address.ts';
import type { Definition } from '../../../runtime/definition.ts';
import { messageOf } from '../../../runtime/errors.ts';
import { CHAIN_START, hashOf, unpackEntry } from '../../../runtime/journal.ts';
import type { FiledActor } from '../../../runtime/level/actor.ts';
import { type ActorRecord, packRecord, unpackRecord } from '../../../runtime/record.ts';
import { type Found, found } from './found.ts';
import { Replay } from './replay.ts';

/** What lies under an actor's key. `unreadable`: something does, and its checksum is wrong. */
export type Row = FiledActor | 'none' | 'unreadable';

/** What an actor's history came to. */
export interface HistoryEnd {
  readonly found: readonly Found[];
  /** The actor as its journal has it, where its row is missing, damaged or behind and the journal is intact. */
  readonly rebuilt: Pick<FiledActor, 'revision' | 'head' | 'record'> | undefined;
  readonly replay: Replay | undefined;
  /** Whether an older version of its machine took steps, which were not replayed. */
  readonly isOlder: boolean;
}

/** Looks over one actor: its journal's chain from the beginning, its history on its machine, and its record at the end. */
export class History {
  readonly #address: Address;
  readonly #row: Row;
  readonly #record: ActorRecord | null | undefined;
  readonly #replay: Replay | undefined;
  readonly #found: Found[] = [];
  /** Of the remembered requests, those whose answer has not been seen. */
  readonly #unanswered: Set<number>;
  /** The hash of the last entry; `undefined` after a hole. */
  #head: Uint8Array | undefined = CHAIN_START;
  #seq = 0;
  #isIntact = true;

  constructor(address: Address, row: Row, definition: Definition | undefined) {
    this.#address = address;
    this.#row = row;
    this.#record = this.#readRecord();
    this.#replay = definition === undefined ? undefined : new Replay(address, definition);
    this.#unanswered = new Set(this.#record?.requests.map(({ seq }) => seq));
    if (definition === undefined) this.#tell('REPLAY_DIFFERS', `This build has no machine for ${address}.`);
  }

  /**
   * Takes the next entry; `undefined` for one whose checksum is wrong, which has been told already. Gives the number of
   * its announcements, if it can be read.
   */
  take(seq: number, bytes: Uint8Array | undefined): number | undefined {
    if (seq > this.#seq + 1) this.#missing(seq - 1);
    this.#seq = seq;
    this.#unanswered.delete(seq);
    if (bytes === undefined) {
      this.#hole();
      return undefined;
    }
    let entry: ReturnType<typeof unpackEntry>;
    try {
      entry = unpackEntry(bytes);
    } catch (error) {
      this.#tell('ENTRY_UNREADABLE', `Journal entry ${seq} of ${this.#address} is no entry: ${messageOf(error)}.`);
      this.#hole();
      return undefined;
    }
    const follows = this.#head === undefined || Buffer.compare(this.#head, entry.previous) === 0;
    if (!follows || entry.seq !== seq) {
      const why = follows ? `says that it is entry ${entry.seq}` : 'does not follow the one before it';
      this.#tell('CHAIN_BROKEN', `Journal entry ${seq} of ${this.#address} ${why}.`);
      this.#hole();
    }
    if (this.#record?.requests.some((request) => request.seq === seq) === true && entry.answer === undefined) {
      this.#unanswered.add(seq);
    }
    this.#replay?.take(entry);
    this.#head = hashOf(bytes);
    return entry.announcements.length;
  }

  end(): HistoryEnd {
    const row = this.#row;
    if (row !== 'none' && row !== 'unreadable' && row.revision > this.#seq) this.#missing(row.revision);
    for (const seq of this.#unanswered) {
      if (seq > this.#seq) continue;
      this.#tell('ANSWER_MISSING', `Entry ${seq} of ${this.#address} should hold an answer, and does not.`);
    }
    const isOlder = this.#tellReplay();
    const isBehind = row === 'none' || row === 'unreadable' || this.#record === undefined || row.revision < this.#seq;
    this.#tellRow(row);
    return { found: this.#found, rebuilt: isBehind ? this.#rebuilt() : undefined, replay: this.#replay, isOlder };
  }

  /** Gives whether there are steps of an older version. */
  #tellReplay(): boolean {
    const replay = this.#replay;
    if (replay === undefined) return false;
    const isOther = this.#record != null && this.#record.version !== replay.last.definition.version;
    if (isOther) return true;
    if (replay.problem !== undefined) {
      this.#tell('REPLAY_DIFFERS', `${replay.problem} (${this.#address}).`);
    } else if (replay.isWhole && this.#record !== undefined && this.#isCurrent) {
      const differs = replay.differenceTo(this.#record);
      if (differs !== undefined) this.#tell('RECORD_DIFFERS', `The record of ${this.#address}: ${differs}.`);
    }
    return replay.isOlder;
  }

  /** Whether the row is of the journal's last entry. */
  get #isCurrent(): boolean {
    return this.#row !== 'none' && this.#row !== 'unreadable' && this.#row.revision === this.#seq;
  }

  #tellRow(row: Row): void {
    if (row === 'unreadable') return;
    if (row === 'none') return this.#tell('RECORD_MISSING', `${this.#address} has a journal and no record.`);
    if (row.revision < this.#seq) {
      this.#tell(
        'HEAD_DIFFERS',
        `The record of ${this.#address} is of step ${row.revision}, its journal goes on to ${this.#seq}.`,
      );
    } else if (row.revision === this.#seq && this.#head !== undefined && Buffer.compare(this.#head, row.head) !== 0) {
      this.#tell('HEAD_DIFFERS', `The record of ${this.#address} does not have the hash of its last entry.`);
      this.#isIntact = false;
    }
  }

  #rebuilt(): HistoryEnd['rebuilt'] {
    if (!this.#isIntact || this.#head === undefined || this.#seq === 0 || this.#replay?.isWhole !== true)
      return undefined;
    const record = this.#replay.rebuilt();
    return { revision: this.#seq, head: this.#head, record: record === null ? null : packRecord(record) };
  }

  #missing(last: number): void {
    const first = this.#seq + 1;
    const which = first === last ? `entry ${first}` : `entries ${first} to ${last}`;
    this.#tell('ENTRY_MISSING', `Journal ${which} of ${this.#address} ${first === last ? 'is' : 'are'} missing.`);
    this.#hole();
  }

  /** What follows can be neither chained nor replayed. */
  #hole(): void {
    this.#head = undefined;
    this.#isIntact = false;
    this.#replay?.block();
  }

  /** `null` for a forgotten actor, `undefined` for a record that cannot be read. */
  #readRecord(): ActorRecord | null | undefined {
    if (this.#row === 'none' || this.#row === 'unreadable') return undefined;
    if (this.#row.record === null) return null;
    try {
      return unpackRecord(this.#row.record);
    } catch (error) {
      this.#tell('RECORD_UNREADABLE', `The record of ${this.#address} is no record: ${messageOf(error)}.`);
      return undefined;
    }
  }

  #tell(code: Found['finding']['code'], message: string): void {
    this.#found.push(found(code, this.#address, message));
  }
}
