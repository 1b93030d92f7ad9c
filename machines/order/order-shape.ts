import {
  amount,
  anyObject,
  contextShape,
  count,
  flag,
  listOf,
  nullable,
  object,
  oneOf,
  optional,
  text,
  variants,
} from '../context-shape.ts';
import type {
  Fee,
  Line,
  LineQuantity,
  Note,
  OrderContext,
  OrderSettings,
  Parcel,
  PendingTransaction,
  ReturnedLine,
  Sums,
  TransactionOutcome,
  Work,
} from './order-context.ts';

const operation = oneOf('pay', 'ship', 'cancel', 'return', 'refund');
const lineQuantities = listOf(object<LineQuantity>({ line: count, quantity: count }));

type WorkOf<Operation extends Work['operation']> = Extract<Work, { operation: Operation }>;

const work = variants<Work>('operation', {
  pay: object<WorkOf<'pay'>>({ operation: oneOf('pay'), amount: count, reserve: lineQuantities }),
  ship: object<WorkOf<'ship'>>({
    operation: oneOf('ship'),
    parcel: text,
    lines: lineQuantities,
    fromReservation: lineQuantities,
    carrier: nullable(text),
    tracking: nullable(text),
  }),
  cancel: object<WorkOf<'cancel'>>({
    operation: oneOf('cancel'),
    whole: flag,
    lines: lineQuantities,
    release: lineQuantities,
    refund: count,
    reason: nullable(text),
  }),
  return: object<WorkOf<'return'>>({
    operation: oneOf('return'),
    lines: listOf(object<ReturnedLine>({ line: count, quantity: count, restock: flag })),
    refund: count,
    reason: nullable(text),
  }),
  refund: object<WorkOf<'refund'>>({ operation: oneOf('refund'), refund: count, reason: nullable(text) }),
});

/** The order's context, field by field. */
export const orderShape = contextShape(
  object<OrderContext>({
    id: text,
    customer: text,
    currency: text,
    digits: count,
    terms: oneOf('prepaid', 'invoice'),
    placedAt: count,
    lines: listOf(
      object<Line>({
        line: count,
        sku: text,
        name: text,
        unitPrice: count,
        ordered: count,
        canceled: count,
        reserved: count,
        shipped: count,
        delivered: count,
        returned: count,
      }),
    ),
    fees: listOf(object<Fee>({ code: text, amount, name: optional(text), quantity: optional(count) })),
    total: count,
    waivedFees: amount,
    captured: count,
    refunded: count,
    sums: object<Sums>({
      ordered: count,
      canceled: count,
      reserved: count,
      shipped: count,
      delivered: count,
      returned: count,
      canceledValue: count,
      returnedValue: count,
    }),
    parcels: listOf(
      object<Parcel>({
        id: text,
        status: oneOf('underWay', 'delivered', 'lost'),
        lines: lineQuantities,
        carrier: nullable(text),
        tracking: nullable(text),
        shippedAt: count,
        deliveredAt: nullable(count),
        attempts: count,
      }),
    ),
    notes: listOf(object<Note>({ at: count, by: nullable(text), text })),
    shippingAddress: anyObject,
    metadata: anyObject,
    paidAt: nullable(count),
    confirmedAt: nullable(count),
    completedAt: nullable(count),
    canceledAt: nullable(count),
    cancelReason: nullable(text),
    closedAt: nullable(count),
    transactions: count,
    transaction: nullable(object<PendingTransaction>({ id: text, deadline: count, work, begun: flag })),
    lastTransaction: nullable(
      object<TransactionOutcome>({
        id: text,
        operation,
        outcome: oneOf('committed', 'aborted'),
        code: optional(text),
        reason: optional(text),
      }),
    ),
    settings: object<OrderSettings>({
      paymentWindowMs: nullable(count),
      receiptWindowMs: nullable(count),
      returnWindowMs: nullable(count),
      prepareTimeoutMs: count,
      retentionMs: count,
      participants: object<OrderSettings['participants']>({
        payment: optional(text),
        stock: optional(text),
        shipment: optional(text),
      }),
    }),
  }),
);
