import { decodeAddress, decodeToken } from '../address.ts';
import { RuntimeError } from '../errors.ts';
import { countOf, FORMAT_KEY, NOTE_PREFIX, numberOf, type Part, PREFIX, placeOf } from './keys.ts';

const DERIVED = 'It is derived from the records: restore a backup, or rebuild it from them.';

interface Kind {
  /** Names the entry to somebody who has never seen a key. */
  readonly name: (rest: string, key: string) => string;
  readonly wayOut: string;
}

const KINDS: Record<Part, Kind> = {
  actors: {
    name: (rest) => `The record of ${decodeAddress(rest) ?? rest}`,
    wayOut: 'Restore a backup, or remove this record and rebuild it from its journal.',
  },
  journal: {
    name: (rest, key) => `Journal entry ${numberOf(key)} of ${decodeAddress(rest.slice(0, -17)) ?? rest}`,
    wayOut: 'Only a backup has it: restore one.',
  },
  feed: {
    name: (_, key) => `Feed item ${numberOf(key)}`,
    wayOut: 'Restore a backup, or rebuild the feed from the journals.',
  },
  open: {
    name: (rest, key) => {
      const place = placeOf(key);
      return place === undefined ? `The wake-up ${rest}` : `The wake-up of ${place.address} at ${place.at}`;
    },
    wayOut: DERIVED,
  },
  index: {
    name: (rest, key) => {
      const place = placeOf(key);
      const tag = decodeToken(rest.split('!')[1] ?? '');
      return `The listing of ${place?.address ?? rest} under ${tag ?? 'a tag'}`;
    },
    wayOut: DERIVED,
  },
  counts: {
    name: (rest, key) => {
      const count = countOf(key);
      return count === undefined ? `The count ${rest}` : `The count of ${count.type} under ${count.name}`;
    },
    wayOut: DERIVED,
  },
  meta: {
    name: (rest, key) => {
      if (key === FORMAT_KEY) return 'The mark of the storage format';
      if (key.startsWith(NOTE_PREFIX)) return `The note ${decodeToken(key.slice(NOTE_PREFIX.length)) ?? rest}`;
      return `The place in the feed of the reader ${decodeToken(rest.slice(rest.indexOf('!') + 1)) ?? rest}`;
    },
    wayOut: 'Restore a backup; the place of a reader may also be removed: it then begins anew.',
  },
};

/** What a key is of, in words. */
export function nameOf(key: string): string {
  const found = kindOf(key);
  return found === undefined ? `The entry ${key}` : found.kind.name(found.rest, key);
}

/** The error for an entry that must not be served. `what` ends the sentence that its name begins. */
export function damaged(key: string, directory: string, what: string, options?: ErrorOptions): RuntimeError {
  const wayOut = kindOf(key)?.kind.wayOut ?? 'Restore a backup.';
  return new RuntimeError('STORE_CORRUPT', `${nameOf(key)} in ${directory} ${what}. ${wayOut}`, options);
}

function kindOf(key: string): { readonly kind: Kind; readonly rest: string } | undefined {
  for (const [part, prefix] of Object.entries(PREFIX)) {
    if (key.startsWith(prefix)) return { kind: KINDS[part as Part], rest: key.slice(prefix.length) };
  }
  return undefined;
}
