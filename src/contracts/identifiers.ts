import type { z } from 'zod';
import { limits } from './limits.ts';
import { text, whyNotText } from './schema/text.ts';

/** An order's id: any non-empty UTF-8 up to 100 bytes, compared byte by byte. */
export type OrderId = string & z.$brand<'OrderId'>;
/** A stock keeping unit: any non-empty UTF-8 up to 128 bytes, compared byte by byte. */
export type Sku = string & z.$brand<'Sku'>;
/** A transaction's id: its order's id, `~`, and a number. */
export type TransactionId = string & z.$brand<'TransactionId'>;

/** What can stand as the key in a subject. */
export type KeyKind = 'order' | 'sku' | 'transaction';
/** The type of key that each kind stands for. */
export type KeyOf<Kind extends KeyKind> = { order: OrderId; sku: Sku; transaction: TransactionId }[Kind];

/** An order's id in a body. */
export const orderId = text(limits.orderIdBytes, "An order's id.");
/** A SKU in a body. */
export const sku = text(limits.skuBytes, 'A stock keeping unit.');
/** A transaction's id in a body. */
export const transactionId = text(limits.transactionIdBytes, "A transaction's id: its order's id, ~ and a number.");

const keys = {
  order: { name: 'orderId', maxBytes: limits.orderIdBytes },
  sku: { name: 'sku', maxBytes: limits.skuBytes },
  transaction: { name: 'transactionId', maxBytes: limits.transactionIdBytes },
} as const satisfies Record<KeyKind, { name: string; maxBytes: number }>;

/** A key that was read, or why it is INVALID_ID. */
export type KeyReading<Key> =
  | { readonly ok: true; readonly key: Key }
  | { readonly ok: false; readonly code: 'INVALID_ID'; readonly fields: readonly { path: string; why: string }[] };

const plain = /^[A-Za-z0-9_-]+$/;
const escapes: Readonly<Record<string, string>> = {
  '!': '=21',
  "'": '=27',
  '(': '=28',
  ')': '=29',
  '*': '=2A',
  '.': '=2E',
  '~': '=7E',
  '%': '=',
};

/**
 * An id as a subject's token: bytes other than `A-Z a-z 0-9 _ -` become `=` and two upper-case hex digits
 * (`BANK CHARGES` → `BANK=20CHARGES`). An empty id gives an empty token. Throws URIError where the text is not valid
 * Unicode.
 */
export function encodeToken(id: string): string {
  if (plain.test(id)) return id;
  // encodeURIComponent leaves the eight signs of `escapes` but `%` as they are; everything else it writes as %XX.
  return encodeURIComponent(id).replace(/[!'()*.~%]/g, (sign) => escapes[sign] ?? sign);
}

/** The id that a token stands for; undefined for every spelling but the one that `encodeToken` gives. */
export function decodeToken(token: string): string | undefined {
  if (plain.test(token)) return token;
  if (!/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/.test(token)) return undefined;
  try {
    const id = decodeURIComponent(token.replaceAll('=', '%'));
    return encodeToken(id) === token ? id : undefined;
  } catch {
    return undefined; // not UTF-8
  }
}

/** Checks an id that came from elsewhere than a subject (a flag, a file, an HTTP path). */
export function checkKey<Kind extends KeyKind>(kind: Kind, id: string): KeyReading<KeyOf<Kind>> {
  const { name, maxBytes } = keys[kind];
  const why = whyNotText(id, 1, maxBytes);
  if (why !== undefined) return { ok: false, code: 'INVALID_ID', fields: [{ path: name, why }] };
  return { ok: true, key: id as KeyOf<Kind> };
}

/** Reads a key from a subject's token. */
export function readToken<Kind extends KeyKind>(kind: Kind, token: string): KeyReading<KeyOf<Kind>> {
  const id = decodeToken(token);
  if (id !== undefined) return checkKey(kind, id);
  const why =
    'must be written in the subject as A-Z a-z 0-9 _ - and, for every other byte of its UTF-8, = and two upper-case ' +
    'hex digits, such as BANK=20CHARGES';
  return { ok: false, code: 'INVALID_ID', fields: [{ path: keys[kind].name, why }] };
}
