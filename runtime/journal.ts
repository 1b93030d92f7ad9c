import { hash } from 'node:crypto';
import type { AnyEventObject, StateValue } from 'xstate';
import { pack, unpack } from './record.ts';

/** A domain event for whoever listens. */
export interface Announcement {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One step of one actor, as the journal keeps it. */
export interface JournalEntry {
  readonly seq: number;
  /** When the step was taken (ms since 1970). */
  readonly at: number;
  /** The event, without secrets. */
  readonly event: AnyEventObject;
  /** What made it happen: a request, another actor's step, a timer. */
  readonly cause: string;
  /** Who or what sent the command. */
  readonly by?: string | undefined;
  readonly trace?: string | undefined;
  readonly from: StateValue | null;
  readonly to: StateValue;
  /** The bytes that commands with a request id were answered with in this step. */
  readonly answer?: { readonly error: boolean; readonly bytes: Uint8Array } | undefined;
  readonly announcements: readonly Announcement[];
  /** The whole new record, after a migration. */
  readonly record?: Uint8Array | undefined;
}

/** The chain's beginning: the hash before an actor's first entry. */
export const CHAIN_START: Uint8Array = new Uint8Array(16);

/** Packs an entry together with the hash of the entry before it, and gives its own: SHA-256, cut to 16 bytes. */
export function chain(previous: Uint8Array, entry: JournalEntry): { bytes: Uint8Array; head: Uint8Array } {
  const bytes = pack([
    previous,
    entry.seq,
    entry.at,
    entry.event,
    entry.cause,
    entry.by ?? null,
    entry.trace ?? null,
    entry.from,
    entry.to,
    entry.answer === undefined ? null : [entry.answer.error, entry.answer.bytes],
    entry.announcements,
    entry.record ?? null,
  ]);
  return { bytes, head: hashOf(bytes) };
}

/** The hash that the entry after this one carries. */
export function hashOf(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer').subarray(0, 16);
}

type Packed = [
  Uint8Array,
  number,
  number,
  AnyEventObject,
  string,
  string | null,
  string | null,
  StateValue | null,
  StateValue,
  [boolean, Uint8Array] | null,
  readonly Announcement[],
  Uint8Array | null,
];

/** Reads an entry that `chain` packed, and the hash of the entry before it. */
export function unpackEntry(bytes: Uint8Array): JournalEntry & { readonly previous: Uint8Array } {
  const [previous, seq, at, event, cause, by, trace, from, to, answer, announcements, record] = unpack(bytes) as Packed;
  return {
    previous,
    seq,
    at,
    event,
    cause,
    ...(by !== null && { by }),
    ...(trace !== null && { trace }),
    from,
    to,
    ...(answer !== null && { answer: { error: answer[0], bytes: answer[1] } }),
    announcements,
    ...(record !== null && { record }),
  };
}

/** The answer that an entry holds, if it answered a command with a request id. */
export function answerIn(bytes: Uint8Array | undefined): JournalEntry['answer'] {
  return bytes === undefined ? undefined : unpackEntry(bytes).answer;
}
