/** What commands and outcomes do to the order itself, as pure functions of the order and the event. */
import { book, feesOf, openLines, sumsOf } from './ledger.ts';
import type { Line, OrderContext, PendingTransaction, TransactionOutcome } from './order-context.ts';
import type { OrderCommand, OrderEvent, Refused } from './order-events.ts';
import { branchesOf, type Transactional, workOf } from './plan.ts';

type Command<T extends OrderCommand['type']> = Extract<OrderCommand, { type: T }>;

export function placed(context: OrderContext, event: Command<'place'>): OrderContext {
  const lines: readonly Line[] = (event.lines ?? []).map(({ sku, name, quantity, unitPrice }, index) => ({
    line: index + 1,
    sku,
    name: name ?? '',
    unitPrice,
    ordered: quantity,
    canceled: 0,
    reserved: 0,
    shipped: 0,
    delivered: 0,
    returned: 0,
  }));
  const fees = event.fees ?? [];
  return {
    ...context,
    id: event.id,
    customer: event.customer,
    currency: event.currency,
    digits: event.digits,
    terms: event.terms ?? 'prepaid',
    placedAt: event.placedAt ?? event.at,
    lines,
    fees,
    total: lines.reduce((sum, { ordered, unitPrice }) => sum + ordered * unitPrice, 0) + feesOf({ fees }),
    sums: sumsOf(lines),
    shippingAddress: event.shippingAddress ?? {},
    metadata: event.metadata ?? {},
    settings: event.settings,
  };
}

/** The order with a transaction that holds it, and what its coordinator has to know. */
export function prepared(
  context: OrderContext,
  event: Transactional,
): { context: OrderContext; begin: { type: 'begin' } & Readonly<Record<string, unknown>>; coordinator: string } {
  const number = context.transactions + 1;
  const id = `${context.id}~${number}`;
  const work = workOf(context, event);
  const branches = branchesOf(context, work, event, event.at);
  const deadline = Math.max(...branches.map((branch) => branch.deadline));
  const transaction: PendingTransaction = { id, deadline, work, begun: false };
  return {
    context: { ...context, transactions: number, transaction },
    begin: beginOf(context, transaction, branches),
    coordinator: `transaction/${id}`,
  };
}

/**
 * The message that opens a transaction: the order's own yes vote, unasked for, travels with it. It is the order's
 * inquiry too (design.md §6.3); the coordinator knows the branches by then, so they need not come again.
 */
export function beginOf(
  context: OrderContext,
  transaction: PendingTransaction,
  branches: readonly unknown[],
): { type: 'begin' } & Readonly<Record<string, unknown>> {
  const { id, work, deadline } = transaction;
  const { retentionMs } = context.settings;
  return {
    type: 'begin',
    transaction: id,
    order: context.id,
    operation: work.operation,
    deadline,
    retentionMs,
    branches,
  };
}

/** The order after a parcel has arrived, could not be handed over or got lost. */
export function delivered(context: OrderContext, event: Command<'deliver'>): OrderContext {
  const meant = context.parcels.filter(
    ({ id, status }) => status === 'underWay' && (event.parcel === undefined || event.parcel === id),
  );
  const parcels = context.parcels.map((parcel) => {
    if (!meant.includes(parcel)) return parcel;
    if (event.failed === true) return { ...parcel, attempts: parcel.attempts + 1 };
    if (event.lost === true) return { ...parcel, status: 'lost' as const };
    return { ...parcel, status: 'delivered' as const, deliveredAt: event.at };
  });
  if (event.failed === true) return { ...context, parcels };
  const lines = meant.flatMap((parcel) => parcel.lines);
  const column = event.lost === true ? ('shipped' as const) : ('delivered' as const);
  return { ...context, parcels, ...book(context, [{ column, lines, sign: event.lost === true ? -1 : 1 }]) };
}

/** The order that nobody paid in time. Nothing was taken, so nothing is given back. */
export function expired(context: OrderContext, at: number): OrderContext {
  return {
    ...context,
    ...book(context, [{ column: 'canceled', lines: openLines(context), sign: 1 }]),
    waivedFees: feesOf(context),
    canceledAt: at,
    cancelReason: 'expired',
  };
}

/** How a transaction that failed is told to the order's client: the votes against it. */
export function abortOf(
  transaction: PendingTransaction,
  votes: readonly Refused[],
): {
  outcome: TransactionOutcome;
  error: { code: 'TRANSACTION_ABORTED'; message: string; retriable: false; details: Readonly<Record<string, unknown>> };
} {
  const { id, work } = transaction;
  const first = votes[0] ?? { participant: `transaction/${id}`, code: 'PREPARE_TIMEOUT', reason: 'it began too late' };
  return {
    outcome: { id, operation: work.operation, outcome: 'aborted', code: first.code, reason: first.reason },
    error: {
      code: 'TRANSACTION_ABORTED',
      message: `${work.operation} was undone: ${first.participant} said ${first.code} (${first.reason}). The order is as it was; a new attempt needs a new request id.`,
      retriable: false,
      details: { transaction: id, votes: votes.length > 0 ? votes : [first] },
    },
  };
}

/** The votes that an abort, or the coordinator's answer, carries. */
export function votesOf(event: OrderEvent): readonly Refused[] {
  return event.type === 'abort' || event.type === 'begin.answered' ? (event.votes ?? []) : [];
}

/** The number of one of this order's transactions; `undefined` for another order's, or for no transaction at all. */
export function numberOf(context: OrderContext, transaction: string): number | undefined {
  const prefix = `${context.id}~`;
  if (!transaction.startsWith(prefix)) return undefined;
  const number = Number(transaction.slice(prefix.length));
  return Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}
