import { hash } from 'node:crypto';
import { REMEMBERED_REQUESTS, type Remembered, type Waiting } from './record.ts';

/** The part of a record that makes the same request get the same answer. */
export interface RequestState {
  readonly requests: readonly Remembered[];
  readonly expired: Uint8Array;
}

/** What an actor knows of a request id. */
export type Recall =
  | { readonly kind: 'unknown' }
  /** Answered before: the answer stands in the journal entry `seq`. */
  | { readonly kind: 'answered'; readonly seq: number }
  /** Taken by step `seq` and not answered yet. */
  | { readonly kind: 'waiting'; readonly seq: number }
  /** The same id with another command or body. */
  | { readonly kind: 'reused' }
  /** Answered too long ago to be answered again. */
  | { readonly kind: 'expired' };

const HASH_BYTES = 8;

function shortHash(id: string): Uint8Array {
  return hash('sha256', id, 'buffer').subarray(0, HASH_BYTES);
}

/** Adds the requests that step `seq` has answered; the oldest beyond the newest 64 leave a hash of their id. */
export function remember(state: RequestState, settled: readonly Waiting[], seq: number): RequestState {
  const added: Remembered[] = [];
  for (const { request } of settled) {
    // Field by field: objects that are spread and then added to get a shape of their own each, of 400 bytes.
    if (request !== undefined) added.push({ id: request.id, hash: request.hash, seq });
  }
  if (added.length === 0) return state;
  const all = [...state.requests, ...added];
  const over = all.splice(0, Math.max(0, all.length - REMEMBERED_REQUESTS));
  const expired =
    over.length === 0 ? state.expired : Buffer.concat([state.expired, ...over.map(({ id }) => shortHash(id))]);
  return { requests: all, expired };
}

/**
 * Lets go of all answers, also of commands that are still waiting for one: a repeat of any is told that its answer is
 * not kept, and nothing is done twice.
 */
export function forgetAnswers({
  requests,
  expired,
  waiting,
}: RequestState & { readonly waiting: readonly Waiting[] }): RequestState {
  const ids = [...requests, ...waiting.flatMap(({ request }) => request ?? [])].map(({ id }) => id);
  return { requests: [], expired: Buffer.concat([expired, ...ids.map(shortHash)]) };
}

/** The hashes of all requests that an actor knows, answered or not, in hexadecimal and sorted. */
export function requestHashes(state: Parameters<typeof forgetAnswers>[0]): readonly string[] {
  const all = Buffer.from(forgetAnswers(state).expired);
  const hashes: string[] = [];
  for (let at = 0; at < all.length; at += HASH_BYTES) hashes.push(all.toString('hex', at, at + HASH_BYTES));
  return hashes.sort();
}

/** Looks a request up. `hash` is that of its command and body. */
export function recall(
  record: (RequestState & { readonly waiting: readonly Waiting[] }) | null,
  request: { readonly id: string; readonly hash: string },
): Recall {
  if (record === null) return { kind: 'unknown' };
  const waiting = record.waiting.find((one) => one.request?.id === request.id);
  if (waiting !== undefined) {
    return waiting.request?.hash === request.hash ? { kind: 'waiting', seq: waiting.seq } : { kind: 'reused' };
  }
  const known = record.requests.findLast(({ id }) => id === request.id);
  if (known !== undefined) {
    return known.hash === request.hash ? { kind: 'answered', seq: known.seq } : { kind: 'reused' };
  }
  return isExpired(record.expired, request.id) ? { kind: 'expired' } : { kind: 'unknown' };
}

function isExpired(expired: Uint8Array, id: string): boolean {
  if (expired.length === 0) return false;
  const wanted = Buffer.from(shortHash(id));
  const all = Buffer.from(expired.buffer, expired.byteOffset, expired.byteLength);
  for (let at = all.indexOf(wanted); at !== -1; at = all.indexOf(wanted, at + 1)) {
    if (at % HASH_BYTES === 0) return true;
  }
  return false;
}
