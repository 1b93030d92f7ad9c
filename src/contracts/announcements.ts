import { z } from 'zod';
import { encodeToken } from './identifiers.ts';

/** What is announced of an order, a transaction and a SKU. */
export const announcementKinds = {
  order: [
    'placed',
    'paid',
    'shipped',
    'delivered',
    'deliveryFailed',
    'completed',
    'canceled',
    'lineCanceled',
    'returned',
    'refunded',
    'transactionAborted',
  ],
  transaction: ['committed', 'aborted', 'resolved'],
  stock: ['changed'],
} as const;

/** What announcements are about. */
export type AnnouncementSource = keyof typeof announcementKinds;
/** What is announced about it. */
export type AnnouncementKind<Source extends AnnouncementSource = AnnouncementSource> =
  (typeof announcementKinds)[Source][number];

const change = z.record(z.string(), z.unknown());
const version = z.int().min(0);

/** The data of the announcements about each source. */
export const announcementData = {
  order: z.looseObject({ order: z.string(), version, change }),
  transaction: z.looseObject({ transaction: z.string(), order: z.string(), version, change }),
  stock: z.looseObject({ sku: z.string(), version, change }),
} as const satisfies Record<AnnouncementSource, z.ZodType>;
export type AnnouncementData<Source extends AnnouncementSource> = z.output<(typeof announcementData)[Source]>;

/** The subject of an announcement: `events.order.<id>.paid`. */
export function announcementSubject<Source extends AnnouncementSource>(
  source: Source,
  id: string,
  kind: AnnouncementKind<Source>,
): string {
  return `events.${source}.${encodeToken(id)}.${kind}`;
}

/** Its CloudEvents type: `ordo.order.paid`. */
export function announcementType<Source extends AnnouncementSource>(
  source: Source,
  kind: AnnouncementKind<Source>,
): string {
  return `ordo.${source}.${kind}`;
}

/** The CloudEvents headers that every announcement has with the same value. */
export const constantEventHeaders = {
  'ce-specversion': '1.0',
  'ce-source': '/ordo',
  'ce-datacontenttype': 'application/json',
} as const;
