import { Packr } from 'msgpackr';
import type { AnyEventObject, MachineContext, StateValue } from 'xstate';

/** A durable timer: the event it raises and when (ms since 1970). */
export interface Timer {
  readonly id: string;
  readonly dueAt: number;
  readonly event: AnyEventObject;
  /** That of the step which has set it. */
  readonly trace?: string;
}

/** A durable request to another actor (`stock/85123A`) or service (`service:psp`), repeated until it is answered. */
export interface Ask {
  readonly id: string;
  /** The step that asked. An answer to an older ask of the same id is told apart by it. */
  readonly seq: number;
  readonly to: string;
  readonly event: AnyEventObject;
  readonly trace?: string;
}

/** A command that was taken and not answered yet. */
export interface Waiting {
  /** The step that took it. */
  readonly seq: number;
  readonly request?: { readonly id: string; readonly hash: string };
  /** Where its answer goes when nobody is left in memory who waits for it. */
  readonly replyTo?: string;
  readonly trace?: string;
}

/** A request that was answered; its answer stands in the journal entry of that step. */
export interface Remembered {
  readonly id: string;
  readonly hash: string;
  readonly seq: number;
}

/** All that an actor is, as stored: one value, written in one atomic batch with the entries of its steps. */
export interface ActorRecord {
  readonly machine: string;
  readonly version: number;
  /** The sequence number of the last step; 1 for the first. */
  readonly seq: number;
  /** When that step was taken (ms since 1970); never goes back. */
  readonly at: number;
  readonly value: StateValue;
  readonly context: MachineContext;
  readonly timers: readonly Timer[];
  readonly asks: readonly Ask[];
  readonly waiting: readonly Waiting[];
  /** The newest answered requests, oldest first; at most `REMEMBERED_REQUESTS`. */
  readonly requests: readonly Remembered[];
  /** 8-byte hashes of the ids of all older requests, one after the other. */
  readonly expired: Uint8Array;
}

/** How many answered requests an actor answers again word for word. */
export const REMEMBERED_REQUESTS = 64;

/**
 * Plain maps: quicker than msgpackr's records as long as each value must be readable by itself, with no dictionary
 * beside it that could be lost. A large buffer, because the garbage collector has to look after each.
 */
const packr = new Packr({ useRecords: false, moreTypes: false });
packr.useBuffer(Buffer.allocUnsafeSlow(256 * 1024));

/** Packs anything that JSON could hold, and bytes. */
export function pack(value: unknown): Uint8Array {
  return packr.pack(value);
}

export function unpack(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}

type Packed = [
  string,
  number,
  number,
  number,
  StateValue,
  MachineContext,
  readonly Timer[],
  readonly Ask[],
  readonly Waiting[],
  readonly Remembered[],
  Uint8Array,
];

export function packRecord(record: ActorRecord): Uint8Array {
  const packed: Packed = [
    record.machine,
    record.version,
    record.seq,
    record.at,
    record.value,
    record.context,
    record.timers,
    record.asks,
    record.waiting,
    record.requests,
    record.expired,
  ];
  return pack(packed);
}

export function unpackRecord(bytes: Uint8Array): ActorRecord {
  const [machine, version, seq, at, value, context, timers, asks, waiting, requests, expired] = unpack(bytes) as Packed;
  return { machine, version, seq, at, value, context, timers, asks, waiting, requests, expired };
}
