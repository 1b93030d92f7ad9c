import type { StateValue } from 'xstate';
import { iso, isoOrNull, type Viewed } from '../definition.ts';
import { due, openTotal, outstanding, refundable } from './ledger.ts';
import type { OrderContext, Parcel } from './order-context.ts';

export type OrderStatus = 'pending' | 'paid' | 'shipped' | 'completed' | 'canceled';

interface Regions {
  readonly life: 'new' | 'open' | 'completed' | 'canceled' | 'closed';
  readonly payment: 'new' | 'unpaid' | 'overdue' | 'paid' | 'partiallyRefunded' | 'refunded';
  readonly fulfillment: 'new' | 'unfulfilled' | 'partiallyShipped' | 'shipped' | 'delivered' | 'overdue' | 'confirmed';
  readonly transaction: 'new' | 'none' | 'prepared';
}

/** The four regions' states. */
export function regionsOf(value: StateValue): Regions {
  return value as unknown as Regions;
}

/** The status that the outside sees, derived from the chart (api.md, "The order's view"). */
export function statusOf(value: StateValue, context: OrderContext): OrderStatus {
  const { life } = regionsOf(value);
  if (life === 'canceled') return 'canceled';
  if (life === 'completed' || life === 'closed') return 'completed';
  if (context.sums.shipped > 0 && openTotal(context) === 0) return 'shipped';
  if (context.paidAt !== null && outstanding(context) === 0) return 'paid';
  return 'pending';
}

/** An overdue window is how the chart says that time is up; the outside sees what was waited for. */
const PAYMENT_STATUS: Readonly<Record<Regions['payment'], string>> = {
  new: 'unpaid',
  unpaid: 'unpaid',
  overdue: 'unpaid',
  paid: 'paid',
  partiallyRefunded: 'partiallyRefunded',
  refunded: 'refunded',
};
const FULFILLMENT_STATUS: Readonly<Record<Regions['fulfillment'], string>> = {
  new: 'unfulfilled',
  unfulfilled: 'unfulfilled',
  partiallyShipped: 'partiallyShipped',
  shipped: 'shipped',
  delivered: 'delivered',
  overdue: 'delivered',
  confirmed: 'delivered',
};

/**
 * The order as other services see it (api.md), but for `next`, which needs the chart and not only its state. It is made
 * for every command: one literal, because objects put together from others are several times slower.
 */
export function orderView(state: Viewed, next: readonly string[]): Readonly<Record<string, unknown>> {
  const context = state.context as OrderContext;
  const regions = regionsOf(state.value);
  return {
    id: context.id,
    status: statusOf(state.value, context),
    version: state.seq,
    customer: context.customer,
    currency: context.currency,
    digits: context.digits,
    terms: context.terms,
    placedAt: iso(context.placedAt),
    updatedAt: iso(state.at),
    total: context.total,
    lines: context.lines,
    fees: context.fees,
    waivedFees: context.waivedFees,
    payment: paymentOf(state),
    fulfillment: { status: FULFILLMENT_STATUS[regions.fulfillment], parcels: context.parcels.map(parcelView) },
    transaction: transactionOf(context),
    lastTransaction: context.lastTransaction,
    cancelReason: context.cancelReason,
    canceledAt: isoOrNull(context.canceledAt),
    completedAt: isoOrNull(context.completedAt),
    shippingAddress: context.shippingAddress,
    metadata: context.metadata,
    notes: context.notes.map(({ at, by, text }) => ({ at: iso(at), by, text })),
    state: regions,
    next,
  };
}

/** The order in a list: without lines, fees, parcels and notes. */
export function orderSummary(state: Viewed): Readonly<Record<string, unknown>> {
  const { lines: _lines, fees: _fees, notes: _notes, next: _next, fulfillment, ...summary } = orderView(state, []);
  const { status } = fulfillment as { readonly status: string };
  return { ...summary, fulfillment: { status } };
}

function parcelView(parcel: Parcel): Readonly<Record<string, unknown>> {
  const { id, status, lines, carrier, tracking, shippedAt, deliveredAt, attempts } = parcel;
  return {
    id,
    status,
    lines,
    carrier,
    tracking,
    shippedAt: iso(shippedAt),
    deliveredAt: isoOrNull(deliveredAt),
    attempts,
  };
}

function transactionOf({ transaction }: OrderContext): Readonly<Record<string, unknown>> | null {
  if (transaction === null) return null;
  return { id: transaction.id, operation: transaction.work.operation, deadline: iso(transaction.deadline) };
}

function paymentOf({ value, context }: Viewed): Readonly<Record<string, unknown>> {
  const order = context as OrderContext;
  return {
    status: PAYMENT_STATUS[regionsOf(value).payment],
    due: due(order),
    outstanding: outstanding(order),
    captured: order.captured,
    refunded: order.refunded,
    refundable: refundable(order),
  };
}
