import { pack, unpack } from 'msgpackr';
import type { Facets, StoredActor } from '../ports.ts';

/** An actor with the facets it was stored under, so that a later write knows which places to clear. */
export interface FiledActor extends StoredActor {
  readonly facets: Facets;
}

type Packed = [
  revision: number,
  head: Uint8Array,
  record: Uint8Array | null,
  counts: readonly string[],
  at: number | null,
  tags: readonly string[],
  wakes: readonly number[],
];

export function packActor({ revision, head, record, facets }: FiledActor): Uint8Array {
  const { counts, listing, wakes } = facets;
  const packed: Packed = [revision, head, record, counts, listing?.at ?? null, listing?.tags ?? [], wakes];
  return pack(packed);
}

export function unpackActor(payload: Uint8Array): FiledActor {
  const [revision, head, record, counts, at, tags, wakes]: Packed = unpack(payload);
  return { revision, head, record, facets: { counts, listing: at === null ? null : { at, tags }, wakes } };
}
