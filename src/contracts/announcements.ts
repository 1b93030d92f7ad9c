import { z } from 'zod';
import { vote } from './errors.ts';
import { encodeToken } from './identifiers.ts';
import { lastTransaction, partView } from './order-view.ts';
import { amount, digits } from './schema/values.ts';

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

const reason = z.string().nullable();
const pieces = z.int().min(0);
const parts = z.array(partView);

/** What each announcement says has changed. */
export const announcementChanges = {
  order: {
    placed: z.looseObject({
      id: z.string(),
      customer: z.string(),
      currency: z.string(),
      digits,
      terms: z.string(),
      total: amount,
    }),
    paid: z.looseObject({ amount }),
    shipped: z.looseObject({
      parcel: z.string(),
      lines: parts,
      carrier: z.string().nullable(),
      tracking: z.string().nullable(),
    }),
    delivered: z.looseObject({ parcels: z.array(z.string()) }),
    deliveryFailed: z.looseObject({ parcels: z.array(z.string()), lost: z.boolean(), reason }),
    completed: z.looseObject({}),
    canceled: z.looseObject({ reason, refunded: amount }),
    lineCanceled: z.looseObject({ lines: parts, reason }),
    returned: z.looseObject({ lines: z.array(partView.extend({ restock: z.boolean() })), reason }),
    refunded: z.looseObject({ amount, reason }),
    transactionAborted: lastTransaction.extend({ votes: z.array(vote) }),
  },
  transaction: {
    committed: z.looseObject({
      operation: z.string(),
      mixed: z.boolean().describe('Somebody resolved a branch against the decision.'),
    }),
    aborted: z.looseObject({ operation: z.string(), votes: z.array(vote) }),
    resolved: z.looseObject({
      branch: z.string(),
      outcome: z.string(),
      by: z.string(),
      reason: z.string(),
    }),
  },
  stock: { changed: z.looseObject({ onHand: pieces, reserved: pieces, available: pieces }) },
} as const satisfies { [Source in AnnouncementSource]: Record<AnnouncementKind<Source>, z.ZodType> };

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
