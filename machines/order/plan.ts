import {
  applied,
  bySku,
  feesOf,
  openLines,
  openTotal,
  openUnits,
  outstanding,
  priceOf,
  refundable,
  split,
} from './ledger.ts';
import type { BranchRequest, LineQuantity, OrderContext, ParticipantRole, Work } from './order-context.ts';
import type { OrderCommand, OrderEvent } from './order-events.ts';

/** How long an actor may take to vote, in ms: short, so that a hot article has little to remember (design.md §6.4). */
export const ACTOR_VOTE_MS = 2_000;
/** More for every branch: an order of a thousand articles is a thousand messages. */
export const ACTOR_VOTE_MS_A_BRANCH = 5;

/** The commands that may need a transaction. */
export type Transactional = Extract<OrderCommand, { type: 'pay' | 'ship' | 'cancel' | 'return' | 'refund' }>;

/**
 * What an accepted command will do to the order. The command's guards have passed; where they have not (a command is
 * only being asked about), the work is still well-formed.
 */
export function workOf(context: OrderContext, event: Transactional): Work {
  switch (event.type) {
    case 'pay':
      return {
        operation: 'pay',
        amount: event.amount ?? outstanding(context),
        reserve: context.terms === 'prepaid' ? unreserved(context) : [],
      };
    case 'ship': {
      const lines = event.lines ?? openLines(context);
      return {
        operation: 'ship',
        parcel: `P${context.parcels.length + 1}`,
        lines,
        fromReservation: reservedOf(context, lines),
        carrier: event.carrier ?? null,
        tracking: event.tracking ?? null,
      };
    }
    case 'cancel': {
      const lines = event.lines ?? openLines(context);
      const whole = cancelsWhole(context, lines);
      const value = priceOf(context, lines) + (whole ? feesOf(context) : 0);
      return {
        operation: 'cancel',
        whole,
        lines,
        release: reservedOf(context, lines),
        refund: paidBack(context, value),
        reason: event.reason ?? null,
      };
    }
    case 'return': {
      const lines = (event.lines ?? []).map(({ line, quantity, restock }) => ({
        line,
        quantity,
        restock: restock ?? true,
      }));
      return {
        operation: 'return',
        lines,
        refund: event.refund ?? paidBack(context, priceOf(context, lines)),
        reason: event.reason ?? null,
      };
    }
    case 'refund':
      return { operation: 'refund', refund: event.amount ?? refundable(context), reason: event.reason ?? null };
  }
}

/** Canceling the last open units cancels the order where nothing has shipped; an order of fees only has none. */
function cancelsWhole(context: OrderContext, lines: readonly LineQuantity[]): boolean {
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return context.sums.shipped === 0 && units === openTotal(context);
}

/** What was captured for goods of this value. One payment settles an order, so it is all of the value or nothing. */
function paidBack(context: OrderContext, value: number): number {
  if (context.paidAt === null) return 0;
  return Math.max(0, Math.min(refundable(context), value));
}

function unreserved(context: OrderContext): readonly LineQuantity[] {
  return context.lines.flatMap((line) => {
    const quantity = openUnits(line) - line.reserved;
    return quantity > 0 ? [{ line: line.line, quantity }] : [];
  });
}

/** The part of some lines that the stock holds for this order. */
function reservedOf(context: OrderContext, lines: readonly LineQuantity[]): readonly LineQuantity[] {
  return lines.flatMap(({ line, quantity }) => {
    const held = Math.min(quantity, context.lines[line - 1]?.reserved ?? 0);
    return held > 0 ? [{ line, quantity: held }] : [];
  });
}

type Part = Pick<BranchRequest, 'branch' | 'operation' | 'args'> & {
  readonly role: ParticipantRole;
  readonly key: string;
};

/**
 * The participants' parts of some work, no more than needed: one branch an article, none for an amount or quantity
 * of 0 (design.md §6.12). No branches at all means that the order can do it alone.
 *
 * @param at when it begins (ms since 1970); the branches' deadlines count from it.
 */
export function branchesOf(context: OrderContext, work: Work, event: OrderEvent, at: number): readonly BranchRequest[] {
  const parts = partsOf(context, work, event);
  const actorsMs = ACTOR_VOTE_MS + ACTOR_VOTE_MS_A_BRANCH * parts.length;
  return parts.map(({ role, key, branch, operation, args }) => {
    const service = context.settings.participants[role];
    const voteMs =
      service === undefined ? Math.min(actorsMs, context.settings.prepareTimeoutMs) : context.settings.prepareTimeoutMs;
    return { participant: service ?? `${role}/${key}`, branch, operation, args, deadline: at + voteMs };
  });
}

function partsOf(context: OrderContext, work: Work, event: OrderEvent): readonly Part[] {
  switch (work.operation) {
    case 'pay':
      return [
        ...payment(context, 'charge', work.amount, null, event.type === 'pay' ? event.method : undefined),
        ...stock('reserve', bySku(context, work.reserve)),
      ];
    case 'ship':
      return [...dispatch(context, work), shipment(context, work)];
    case 'cancel':
      return [
        ...payment(context, 'refund', work.refund, work.reason),
        ...stock('release', bySku(context, work.release)),
      ];
    case 'return': {
      const { restock, writeOff } = split(work.lines);
      return [
        ...payment(context, 'refund', work.refund, work.reason),
        ...stock('restock', bySku(context, restock)),
        // An article may come back in both conditions: two operations of one participant are two branches.
        ...stock('writeOff', bySku(context, writeOff), '/writeOff'),
      ];
    }
    case 'refund':
      return payment(context, 'refund', work.refund, work.reason);
  }
}

function payment(
  context: OrderContext,
  operation: 'charge' | 'refund',
  amount: number,
  reason: string | null,
  method?: Readonly<Record<string, unknown>>,
): readonly Part[] {
  if (amount === 0) return [];
  const { currency, digits } = context;
  const args = {
    amount,
    currency,
    digits,
    ...(method !== undefined && { method }),
    ...(reason !== null && { reason }),
  };
  return [{ role: 'payment', key: context.id, branch: 'payment', operation, args }];
}

function stock(operation: string, goods: ReturnType<typeof bySku>, suffix = ''): readonly Part[] {
  return goods.map(({ sku, quantity }) => ({
    role: 'stock',
    key: sku,
    branch: `stock/${sku}${suffix}`,
    operation,
    args: { sku, quantity },
  }));
}

function dispatch(context: OrderContext, work: Extract<Work, { operation: 'ship' }>): readonly Part[] {
  const reserved = new Map(bySku(context, work.fromReservation).map(({ sku, quantity }) => [sku, quantity]));
  return bySku(context, work.lines).map(({ sku, quantity }) => ({
    role: 'stock',
    key: sku,
    branch: `stock/${sku}`,
    operation: 'dispatch',
    args: { sku, quantity, fromReservation: reserved.get(sku) ?? 0 },
  }));
}

function shipment(context: OrderContext, work: Extract<Work, { operation: 'ship' }>): Part {
  const { parcel, lines, carrier, tracking } = work;
  return {
    role: 'shipment',
    key: context.id,
    branch: `shipment/${parcel}`,
    operation: 'ship',
    args: { parcel, lines, carrier, tracking, address: context.shippingAddress },
  };
}

/** Whether a command can be done by the order alone. */
export function needsNobody(context: OrderContext, event: Transactional): boolean {
  return branchesOf(context, workOf(context, event), event, event.at).length === 0;
}

/** The order after a command that needs nobody else. */
export function doneAlone(context: OrderContext, event: Transactional): OrderContext {
  return applied(context, workOf(context, event), event.at);
}
