import { pack, unpack } from 'msgpackr';
import { type Address, decodeAddress, decodeToken, typeOf } from '../address.ts';
import type { StoredRow } from '../ports.ts';
import { type FiledActor, packActor, unpackActor } from './actor.ts';
import { seal, unseal } from './checksum.ts';
import {
  actorKey,
  countKey,
  countOf,
  cursorKey,
  encodeChecked,
  entryKey,
  FORMAT_KEY,
  feedKey,
  indexKey,
  NOTE_PREFIX,
  noteKey,
  openKey,
  type Part,
  PREFIX,
  placeOf,
} from './keys.ts';

/** One thing that is stored, whatever sublevel it lies in. */
export type Item =
  | { readonly part: 'actors'; readonly address: Address; readonly actor: FiledActor }
  | { readonly part: 'journal'; readonly address: Address; readonly seq: number; readonly bytes: Uint8Array }
  | {
      readonly part: 'feed';
      readonly position: number;
      readonly address: Address;
      readonly seq: number;
      readonly announcements: number;
    }
  /** `before`: the same actor's wake before this one. */
  | { readonly part: 'open'; readonly at: number; readonly address: Address; readonly before: number | null }
  | { readonly part: 'index'; readonly tag: string; readonly at: number; readonly address: Address }
  | { readonly part: 'counts'; readonly type: string; readonly name: string; readonly total: number }
  | { readonly part: 'meta'; readonly kind: 'format'; readonly format: number }
  | { readonly part: 'meta'; readonly kind: 'cursor'; readonly reader: string; readonly position: number }
  /** What the node has noted for itself. */
  | { readonly part: 'meta'; readonly kind: 'note'; readonly name: string; readonly bytes: Uint8Array };

type ItemOf<P extends Part> = Extract<Item, { part: P }>;

/** The key under which an item lies. */
export function keyOf(item: Item): string {
  switch (item.part) {
    case 'actors':
      return actorKey(encodeChecked(item.address));
    case 'journal':
      return entryKey(encodeChecked(item.address), item.seq);
    case 'feed':
      return feedKey(item.position);
    case 'open':
      return openKey(item.at, encodeChecked(item.address));
    case 'index':
      return indexKey(typeOf(item.address), item.tag, item.at, encodeChecked(item.address));
    case 'counts':
      return countKey(item.type, item.name);
    case 'meta':
      return metaKey(item);
  }
}

/** An item as it lies on the disk. */
export function rowOf(item: Item): StoredRow {
  const key = keyOf(item);
  return { key: Buffer.from(key), value: seal(key, payloadOf(item)) };
}

function payloadOf(item: Item): Uint8Array {
  switch (item.part) {
    case 'actors':
      return packActor(item.actor);
    case 'journal':
      return item.bytes;
    case 'feed':
      return pack([item.address, item.seq, item.announcements]);
    case 'open':
      return pack(item.before);
    case 'index':
      return new Uint8Array(0);
    case 'counts':
      return pack(item.total);
    case 'meta':
      if (item.kind === 'note') return item.bytes;
      return pack(item.kind === 'format' ? item.format : item.position);
  }
}

function metaKey(item: ItemOf<'meta'>): string {
  switch (item.kind) {
    case 'format':
      return FORMAT_KEY;
    case 'cursor':
      return cursorKey(item.reader);
    case 'note':
      return noteKey(item.name);
  }
}

/** What a row came to: an item, or why it is none. */
export type Reading =
  | { readonly item: Item }
  /** No item has such a key: it has been altered, or something else has written it. */
  | { readonly wrong: 'key' }
  /** The checksum does not fit: the value, or the key, is not what was written. */
  | { readonly wrong: 'checksum' }
  /** The checksum fits and the content makes no sense. */
  | { readonly wrong: 'content' };

/** The sublevel that a key lies in; `undefined` for none. */
export function partOf(key: string): Part | undefined {
  return (Object.keys(PREFIX) as Part[]).find((part) => key.startsWith(PREFIX[part]));
}

/** Reads a row, verifying its checksum. */
export function readRow(row: StoredRow): Reading {
  const key = Buffer.from(row.key).toString('utf8');
  const part = partOf(key);
  if (part === undefined) return { wrong: 'key' };
  const payload = unseal(key, Buffer.from(row.value.buffer, row.value.byteOffset, row.value.byteLength));
  if (payload === undefined) return { wrong: 'checksum' };
  try {
    const item = READERS[part](key.slice(PREFIX[part].length), key, payload);
    if (item === undefined) return { wrong: 'content' };
    // An item is found by its key only if that is spelt as it would be spelt again.
    return keyOf(item) === key ? { item } : { wrong: 'key' };
  } catch {
    return { wrong: 'content' };
  }
}

/** Each gives `undefined` for a key or payload of another form; unpacking may throw for a payload that is none. */
const READERS: { readonly [P in Part]: (rest: string, key: string, payload: Buffer) => ItemOf<P> | undefined } = {
  actors: (rest, _key, payload) => {
    const address = decodeAddress(rest);
    const actor = unpackActor(payload);
    const isActor = isCount(actor.revision) && actor.head instanceof Uint8Array;
    return address !== undefined && isActor ? { part: 'actors', address, actor } : undefined;
  },
  journal: (rest, _key, payload) => {
    const place = entryPlace(rest);
    return place === undefined ? undefined : { part: 'journal', ...place, bytes: payload };
  },
  feed: (rest, _key, payload) => {
    const [address, seq, announcements] = unpack(payload) as [unknown, unknown, unknown];
    if (typeof address !== 'string' || !isCount(seq) || !isCount(announcements)) return undefined;
    return { part: 'feed', position: Number(rest), address: address as Address, seq, announcements };
  },
  open: (_rest, key, payload) => {
    const place = placeOf(key);
    const before: unknown = unpack(payload);
    if (place === undefined || (before !== null && !isCount(before))) return undefined;
    return { part: 'open', ...place, before };
  },
  index: (rest, key, payload) => {
    const place = placeOf(key);
    const tag = decodeToken(rest.split('!')[1] ?? '');
    return place === undefined || tag === undefined || payload.length > 0
      ? undefined
      : { part: 'index', tag, ...place };
  },
  counts: (_rest, key, payload) => {
    const count = countOf(key);
    const total: unknown = unpack(payload);
    return count === undefined || !isCount(total) ? undefined : { part: 'counts', ...count, total };
  },
  meta: (rest, key, payload) => {
    if (key.startsWith(NOTE_PREFIX)) {
      const name = decodeToken(key.slice(NOTE_PREFIX.length));
      return name === undefined ? undefined : { part: 'meta', kind: 'note', name, bytes: payload };
    }
    const number: unknown = unpack(payload);
    if (!isCount(number)) return undefined;
    if (key === FORMAT_KEY) return { part: 'meta', kind: 'format', format: number };
    const reader = rest.startsWith('cursor!') ? decodeToken(rest.slice('cursor!'.length)) : undefined;
    return reader === undefined ? undefined : { part: 'meta', kind: 'cursor', reader, position: number };
  },
};

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Which entry a key, without its prefix, is of. */
function entryPlace(rest: string): { readonly address: Address; readonly seq: number } | undefined {
  const separator = rest.lastIndexOf('!');
  const address = decodeAddress(rest.slice(0, Math.max(0, separator)));
  const seq = Number(rest.slice(separator + 1));
  return address === undefined || !isCount(seq) ? undefined : { address, seq };
}

/**
 * The key that a row with a wrong checksum was written under, if one bit of it has changed since: the one key a bit
 * away that its checksum fits.
 */
export function trueKeyOf({ key, value }: StoredRow): string | undefined {
  const bytes = Buffer.from(key);
  const sealed = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const mask = 1 << (bit & 7);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ mask;
    const candidate = bytes.toString('utf8');
    if (partOf(candidate) !== undefined && unseal(candidate, sealed) !== undefined) return candidate;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ mask;
  }
  return undefined;
}
