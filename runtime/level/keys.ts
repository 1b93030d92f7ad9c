import { type Address, decodeAddress, decodeToken, encodeAddress, encodeToken, typeOf } from '../address.ts';

/**
 * The keys of everything stored. Each is what the sublevel of that name would make of its part after the prefix
 * (`db.sublevel('actors')` and so on); they are written out here because one spread of options for each put costs
 * more than the put. Sorted by bytes they stand in the order in which they are asked for: numbers have a fixed width,
 * and the separator `!` sorts before every character of a token.
 */
export const PREFIX = {
  actors: '!actors!',
  journal: '!journal!',
  feed: '!feed!',
  open: '!open!',
  index: '!index!',
  counts: '!counts!',
  meta: '!meta!',
} as const;

export type Part = keyof typeof PREFIX;

/** The character after the separator: an upper bound of everything that begins with a prefix. */
const ABOVE = '"';
const WIDTH = 16;
const TYPE = /^[A-Za-z0-9_-]+$/;

export const FORMAT_KEY = `${PREFIX.meta}format`;
export const NOTE_PREFIX = `${PREFIX.meta}note!`;

/** An address as it stands in keys. Throws a TypeError for one that could not be read back: our own bug. */
export function encodeChecked(address: Address): string {
  const encoded = encodeAddress(address);
  if (!TYPE.test(typeOf(address)) || decodeAddress(encoded) !== address) {
    throw new TypeError(`${JSON.stringify(address)} is not an address: it must be type/key, both non-empty text.`);
  }
  // Most are spelt the same: then one text serves for both.
  return encoded === address ? address : encoded;
}

/** Names and tags repeat all the time, and most hold a `:` or `.`, which is slow to encode. */
const tokens = new Map<string, string>();
const MOST_TOKENS = 4096;

function tokenOf(text: string): string {
  const known = tokens.get(text);
  if (known !== undefined) return known;
  const token = encodeToken(text);
  if (decodeToken(token) !== text) throw new TypeError(`${JSON.stringify(text)} cannot be a name or a tag.`);
  if (tokens.size >= MOST_TOKENS) tokens.clear();
  tokens.set(text, token);
  return token;
}

/** A position, sequence number or moment with a fixed width. Throws a TypeError for anything but an integer ≥ 0. */
export function digits(number: number): string {
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new TypeError(`${number} is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`);
  }
  return String(number).padStart(WIDTH, '0');
}

export const actorKey = (encoded: string): string => PREFIX.actors + encoded;
export const entryKey = (encoded: string, seq: number): string => `${PREFIX.journal}${encoded}!${digits(seq)}`;
export const feedKey = (position: number): string => PREFIX.feed + digits(position);
export const openKey = (at: number, encoded: string): string => `${PREFIX.open}${digits(at)}!${encoded}`;
export const countKey = (type: string, name: string): string => `${PREFIX.counts}${type}!${tokenOf(name)}`;
export const cursorKey = (name: string): string => `${PREFIX.meta}cursor!${tokenOf(name)}`;
export const noteKey = (name: string): string => NOTE_PREFIX + tokenOf(name);

export function indexKey(type: string, tag: string, at: number, encoded: string): string {
  return `${PREFIX.index}${type}!${tokenOf(tag)}!${digits(at)}!${encoded}`;
}

export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt: string;
}

/** All keys of a sublevel. */
export function rangeOf(part: Part): KeyRange {
  const prefix = PREFIX[part];
  return { gt: prefix, lt: prefix.slice(0, -1) + ABOVE };
}

/** The actors after one, or all of them. */
export function actorsRange(after: string | undefined): KeyRange {
  const all = rangeOf('actors');
  return after === undefined ? all : { ...all, gt: actorKey(after) };
}

/** The address in an actor's key; `undefined` for a key of another form. */
export function addressIn(key: string): Address | undefined {
  return decodeAddress(key.slice(PREFIX.actors.length));
}

export function journalRange(encoded: string, after: number): KeyRange {
  return { gt: entryKey(encoded, after), lt: `${PREFIX.journal}${encoded}${ABOVE}` };
}

export function feedRange(after: number): KeyRange {
  return { ...rangeOf('feed'), gt: feedKey(after) };
}

/** A place among keys that are sorted by moment, then address. */
export interface Place {
  readonly at: number;
  readonly address: Address;
}

export function openRange(from: number, to: number, after: Place | undefined): KeyRange {
  return placeRange(PREFIX.open, from, to, after);
}

export function indexRange(type: string, tag: string, from: number, to: number, after: Place | undefined): KeyRange {
  return placeRange(`${PREFIX.index}${type}!${tokenOf(tag)}!`, from, to, after);
}

function placeRange(prefix: string, from: number, to: number, after: Place | undefined): KeyRange {
  const first = prefix + digits(from);
  const lt = `${prefix}${digits(to)}${ABOVE}`;
  const last = after === undefined ? '' : `${prefix}${digits(after.at)}!${encodeChecked(after.address)}`;
  return last > first ? { gt: last, lt } : { gte: first, lt };
}

/** Reads the moment and the address at the end of an open or index key; `undefined` for a key of another form. */
export function placeOf(key: string): Place | undefined {
  const separator = key.lastIndexOf('!');
  const address = decodeAddress(key.slice(separator + 1));
  const at = Number(key.slice(separator - WIDTH, separator));
  return address === undefined || !Number.isSafeInteger(at) ? undefined : { at, address };
}

/** The actor that a key is about; `undefined` for one that is about none, or cannot be read. */
export function addressOfKey(key: string): Address | undefined {
  if (key.startsWith(PREFIX.actors)) return decodeAddress(key.slice(PREFIX.actors.length));
  if (key.startsWith(PREFIX.journal)) {
    const separator = key.length - WIDTH - 1;
    if (key[separator] !== '!' || !/^\d+$/.test(key.slice(separator + 1))) return undefined;
    return decodeAddress(key.slice(PREFIX.journal.length, separator));
  }
  return key.startsWith(PREFIX.open) || key.startsWith(PREFIX.index) ? placeOf(key)?.address : undefined;
}

/** The number at the end of a journal or feed key; NaN for a key of another form. */
export function numberOf(key: string): number {
  return Number(key.slice(-WIDTH));
}

/** Reads what `countKey` wrote. */
export function countOf(key: string): { readonly type: string; readonly name: string } | undefined {
  const [type, token, ...rest] = key.slice(PREFIX.counts.length).split('!');
  if (type === undefined || token === undefined || rest.length > 0) return undefined;
  const name = decodeToken(token);
  return name === undefined ? undefined : { type, name };
}

/** Any negative limit would mean none to LevelDB. */
export function checkLimit(limit: number): number {
  if (limit === Infinity || (Number.isInteger(limit) && limit >= 0)) return limit;
  throw new TypeError(`${limit} is not a limit: it must be a whole number.`);
}
