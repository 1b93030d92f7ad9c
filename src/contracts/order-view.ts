import { z } from 'zod';
import { limits } from './limits.ts';
import { terms } from './order-commands.ts';
import { jsonObject } from './schema/json-object.ts';
import { growing } from './schema/objects.ts';
import { currency, digits, lineNumber, quantity, signedAmount, time, version } from './schema/values.ts';

/** What the API shows of an order's chart. */
export const orderStatuses = ['pending', 'paid', 'shipped', 'completed', 'canceled'] as const;
export const paymentStatuses = ['unpaid', 'partiallyPaid', 'paid', 'partiallyRefunded', 'refunded'] as const;
export const fulfillmentStatuses = ['unfulfilled', 'partiallyShipped', 'shipped', 'delivered'] as const;
export const parcelStatuses = ['underWay', 'delivered', 'lost'] as const;

const count = z.int().min(0);
const money = z.int().min(0);

/** A line with its ledger, in pieces. */
export const lineView = z.looseObject({
  line: lineNumber,
  sku: z.string(),
  name: z.string(),
  unitPrice: money,
  ordered: quantity,
  canceled: count,
  reserved: count.describe('Held in stock for the order.'),
  shipped: count,
  delivered: count,
  returned: count,
});

export const feeView = z.looseObject({
  code: z.string(),
  amount: signedAmount,
  name: z.string().exactOptional(),
  quantity: quantity.exactOptional(),
});

/** Some pieces of a line. */
export const partView = z.looseObject({ line: lineNumber, quantity });

export const parcelView = z.looseObject({
  id: z.string(),
  status: growing(parcelStatuses),
  lines: z.array(partView),
  carrier: z.string().nullable(),
  tracking: z.string().nullable(),
  shippedAt: time,
  deliveredAt: time.nullable(),
  attempts: count.describe('Failed attempts to deliver.'),
});

export const noteView = z.looseObject({ at: time, by: z.string().nullable(), text: z.string() });

/** An order's money. */
export const paymentView = z.looseObject({
  status: growing(paymentStatuses),
  due: money.describe('The total less what was canceled, returned and waived; never below 0.'),
  outstanding: money.describe('What of it is still to be paid.'),
  captured: money,
  refunded: money,
  refundable: money.describe('captured − refunded.'),
});

/** The transaction that holds an order. */
export const holdingTransaction = z.looseObject({ id: z.string(), operation: z.string(), deadline: time });

/** How an order's newest transaction has ended. */
export const lastTransaction = z.looseObject({
  id: z.string(),
  operation: z.string(),
  outcome: growing(['committed', 'aborted']),
  code: z.string().exactOptional().describe('Why it was aborted: the code of the first vote against it.'),
  reason: z.string().exactOptional(),
});

/** What a list shows of an order: its view without lines, fees, parcels, notes and what it takes next. */
export const orderSummary = z.looseObject({
  id: z.string(),
  status: growing(orderStatuses),
  version,
  customer: z.string(),
  currency,
  digits,
  terms: growing(terms),
  placedAt: time,
  updatedAt: time,
  total: money.describe('What was ordered, fees included; never changes.'),
  waivedFees: money,
  payment: paymentView,
  fulfillment: z.looseObject({ status: growing(fulfillmentStatuses) }),
  transaction: holdingTransaction
    .nullable()
    .describe('The transaction that holds the order; every command is LOCKED meanwhile.'),
  lastTransaction: lastTransaction.nullable(),
  cancelReason: z.string().nullable(),
  canceledAt: time.nullable(),
  completedAt: time.nullable(),
  shippingAddress: jsonObject(limits.addressBytes, 'Where to ship to.'),
  metadata: jsonObject(limits.metadataBytes, 'What the client wants to find again.'),
  state: z.record(z.string(), z.string()).describe('The state of each region of the chart.'),
});

/** An order as every command answers it. */
export const orderView = orderSummary.extend({
  lines: z.array(lineView),
  fees: z.array(feeView),
  fulfillment: z.looseObject({ status: growing(fulfillmentStatuses), parcels: z.array(parcelView) }),
  notes: z.array(noteView),
  next: z.array(z.string()).describe('The commands that the order takes now.'),
});

export type OrderView = z.output<typeof orderView>;
export type OrderSummary = z.output<typeof orderSummary>;
export type LineView = z.output<typeof lineView>;
export type FeeView = z.output<typeof feeView>;
export type ParcelView = z.output<typeof parcelView>;
export type NoteView = z.output<typeof noteView>;
export type OrderStatus = (typeof orderStatuses)[number];
export type PaymentStatus = (typeof paymentStatuses)[number];
export type FulfillmentStatus = (typeof fulfillmentStatuses)[number];
export type ParcelStatus = (typeof parcelStatuses)[number];
