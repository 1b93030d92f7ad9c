import type { Address } from '../../../runtime/address.ts';
import { chain, unpackEntry } from '../../../runtime/journal.ts';
import type { FiledActor } from '../../../runtime/level/actor.ts';
import type { Item } from '../../../runtime/level/items.ts';
import type { Facets } from '../../../runtime/ports.ts';
import { packRecord, unpackRecord } from '../../../runtime/record.ts';
import {
  base64,
  type EntryJson,
  entryFromJson,
  entryToJson,
  type RecordJson,
  recordFromJson,
  recordToJson,
} from './record-json.ts';

/** Counts up when a change makes older files unreadable. */
export const DUMP_FORMAT = 1;

/** `bytes`: the packed form in base64, only where the readable form would not pack to the same. */
interface Packed {
  readonly bytes?: string;
}

export interface HeaderLine {
  readonly kind: 'header';
  readonly ordo: 'dump';
  readonly format: number;
  /** The storage format that it is of. */
  readonly store: number;
}

export interface ActorLine extends Packed {
  readonly kind: 'actor';
  readonly address: string;
  readonly revision: number;
  /** The hash of its last journal entry, in hexadecimal. */
  readonly head: string;
  /** Under what it is counted and listed, and when it wants to wake (ms since 1970). */
  readonly facets: Facets;
  /** `null`: it was forgotten, only its journal is left. */
  readonly record: RecordJson | null;
}

export interface EntryLine extends Packed {
  readonly kind: 'entry';
  /** Its place in the feed, which is the order of these lines: 1 for the first. */
  readonly position: number;
  readonly address: string;
  readonly entry: EntryJson | null;
}

export interface CursorLine {
  readonly kind: 'cursor';
  readonly reader: string;
  readonly position: number;
}

/** What the node has noted for itself; its bytes are in base64. */
export interface NoteLine {
  readonly kind: 'note';
  readonly name: string;
  readonly bytes: string;
}

/** How many lines of each kind there are. */
export interface LineCounts {
  readonly actors: number;
  readonly entries: number;
  readonly cursors: number;
  readonly notes: number;
}

export interface TrailerLine extends LineCounts {
  readonly kind: 'trailer';
  /** Of all lines before this one. */
  readonly sha256: string;
}

export type Line = HeaderLine | ActorLine | EntryLine | CursorLine | NoteLine | TrailerLine;

export function actorLine(address: Address, { revision, head, facets, record }: FiledActor): string {
  const line: ActorLine = {
    kind: 'actor',
    address,
    revision,
    head: Buffer.from(head).toString('hex'),
    facets,
    record: record === null ? null : recordToJson(unpackRecord(record)),
  };
  return exact(line, record, (read) => (read.record === null ? null : packRecord(recordFromJson(read.record))));
}

export function actorOf({ revision, head, facets, record, bytes }: ActorLine): FiledActor {
  const packed =
    bytes !== undefined ? Buffer.from(bytes, 'base64') : record === null ? null : packRecord(recordFromJson(record));
  return { revision, head: Buffer.from(head, 'hex'), facets, record: packed };
}

export function entryLine(position: number, address: Address, bytes: Uint8Array): string {
  const line: EntryLine = { kind: 'entry', position, address, entry: entryToJson(unpackEntry(bytes)) };
  return exact(line, bytes, ({ entry }) => (entry === null ? null : packedEntry(entry)));
}

/** The entry of a line, and its place in the feed. */
export function entryItems({ position, address, entry, bytes }: EntryLine): readonly Item[] {
  const packed = bytes !== undefined ? Buffer.from(bytes, 'base64') : entry === null ? undefined : packedEntry(entry);
  if (packed === undefined) throw new Error('it holds no entry');
  const { seq, announcements } = unpackEntry(packed);
  const of = address as Address;
  return [
    { part: 'journal', address: of, seq, bytes: packed },
    { part: 'feed', position, address: of, seq, announcements: announcements.length },
  ];
}

function packedEntry(json: EntryJson): Uint8Array {
  const { previous, entry } = entryFromJson(json);
  return chain(previous, entry).bytes;
}

/** The line as text; with the bytes, if reading it would not give the same ones again. */
function exact<L extends ActorLine | EntryLine>(
  line: L,
  bytes: Uint8Array | null,
  repacked: (read: L) => Uint8Array | null,
): string {
  const text = JSON.stringify(line);
  if (bytes === null) return text;
  const again = repacked(JSON.parse(text) as L);
  if (again !== null && Buffer.compare(again, bytes) === 0) return text;
  return JSON.stringify({ ...line, bytes: base64(bytes) });
}
