import type { Line, LineQuantity, OrderContext, ReturnedLine, Sums, Work } from './order-context.ts';

/** Units of a line that are neither canceled nor shipped. */
export function openUnits(line: Line): number {
  return line.ordered - line.canceled - line.shipped;
}

/** All open units of the order, line by line; lines without any are left out. */
export function openLines(context: OrderContext): readonly LineQuantity[] {
  return context.lines.flatMap((line) => (openUnits(line) > 0 ? [{ line: line.line, quantity: openUnits(line) }] : []));
}

/** Units of the whole order that are neither canceled nor shipped. */
export function openTotal({ sums }: OrderContext): number {
  return sums.ordered - sums.canceled - sums.shipped;
}

/** What the customer owes in all: never below 0. */
export function due({ total, sums, waivedFees }: OrderContext): number {
  return Math.max(0, total - sums.canceledValue - sums.returnedValue - waivedFees);
}

/** What the customer has still to pay. */
export function outstanding(context: OrderContext): number {
  return Math.max(0, due(context) - context.captured);
}

/** What could be paid back at most. */
export function refundable({ captured, refunded }: OrderContext): number {
  return captured - refunded;
}

/** The price of some units of some lines. */
export function priceOf(context: OrderContext, lines: readonly LineQuantity[]): number {
  return lines.reduce((sum, { line, quantity }) => sum + quantity * (context.lines[line - 1]?.unitPrice ?? 0), 0);
}

/** The sum of all fees, discounts included. */
export function feesOf({ fees }: Pick<OrderContext, 'fees'>): number {
  return fees.reduce((sum, { amount }) => sum + amount, 0);
}

/** The ledgers of all lines, added up. */
export function sumsOf(lines: readonly Line[]): Sums {
  const sums = {
    ordered: 0,
    canceled: 0,
    reserved: 0,
    shipped: 0,
    delivered: 0,
    returned: 0,
    canceledValue: 0,
    returnedValue: 0,
  };
  for (const line of lines) {
    sums.ordered += line.ordered;
    sums.canceled += line.canceled;
    sums.reserved += line.reserved;
    sums.shipped += line.shipped;
    sums.delivered += line.delivered;
    sums.returned += line.returned;
    sums.canceledValue += line.canceled * line.unitPrice;
    sums.returnedValue += line.returned * line.unitPrice;
  }
  return sums;
}

type Column = 'canceled' | 'reserved' | 'shipped' | 'delivered' | 'returned';

/** One entry in the ledger: so many units of so many lines, added to a column (or taken out, with sign −1). */
export interface Booking {
  readonly column: Column;
  readonly lines: readonly LineQuantity[];
  readonly sign: 1 | -1;
}

/** Books entries in the lines' ledgers and adds them up anew. */
export function book(context: OrderContext, bookings: readonly Booking[]): Pick<OrderContext, 'lines' | 'sums'> {
  const lines = [...context.lines];
  for (const { column, lines: entries, sign } of bookings) {
    for (const { line, quantity } of entries) {
      const known = lines[line - 1];
      if (known === undefined) throw new Error(`Order ${context.id} has no line ${line}`);
      lines[line - 1] = { ...known, [column]: known[column] + sign * quantity };
    }
  }
  return { lines, sums: sumsOf(lines) };
}

/** The order after its transaction's work is done. */
export function applied(context: OrderContext, work: Work, at: number): OrderContext {
  switch (work.operation) {
    case 'pay':
      return {
        ...context,
        ...book(context, [{ column: 'reserved', lines: work.reserve, sign: 1 }]),
        captured: context.captured + work.amount,
        paidAt: at,
      };
    case 'ship':
      return {
        ...context,
        ...book(context, [
          { column: 'shipped', lines: work.lines, sign: 1 },
          { column: 'reserved', lines: work.fromReservation, sign: -1 },
        ]),
        parcels: [
          ...context.parcels,
          {
            id: work.parcel,
            status: 'underWay',
            lines: work.lines,
            carrier: work.carrier,
            tracking: work.tracking,
            shippedAt: at,
            deliveredAt: null,
            attempts: 0,
          },
        ],
      };
    case 'cancel':
      return {
        ...context,
        ...book(context, [
          { column: 'canceled', lines: work.lines, sign: 1 },
          { column: 'reserved', lines: work.release, sign: -1 },
        ]),
        refunded: context.refunded + work.refund,
        ...(work.whole && { waivedFees: feesOf(context), canceledAt: at, cancelReason: work.reason }),
      };
    case 'return':
      return {
        ...context,
        ...book(context, [{ column: 'returned', lines: work.lines, sign: 1 }]),
        refunded: context.refunded + work.refund,
      };
    case 'refund':
      return { ...context, refunded: context.refunded + work.refund };
  }
}

/** Adds up quantities by article. Its order is that of the lines, so that the same order always asks the same way. */
export function bySku(
  context: OrderContext,
  lines: readonly LineQuantity[],
): readonly { readonly sku: string; readonly quantity: number }[] {
  const quantities = new Map<string, number>();
  for (const { line, quantity } of lines) {
    const sku = context.lines[line - 1]?.sku;
    if (sku !== undefined && quantity > 0) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  }
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
}

/** Splits returned lines into those that go back on the shelf and those that are written off. */
export function split(lines: readonly ReturnedLine[]): Record<'restock' | 'writeOff', readonly LineQuantity[]> {
  return { restock: lines.filter(({ restock }) => restock), writeOff: lines.filter(({ restock }) => !restock) };
}
