import type { AsPlaced } from './as-placed.ts';
import { classify, groupInvoices, type Invoice, type PlannedLine, type PlannedOrder, toOrder } from './invoices.ts';
import { type ReturnedPart, ReturnMatcher, type ReturnOutcome } from './returns.ts';
import type { Row } from './rows.ts';
import { type FileStatistics, fileStatistics, pounds } from './statistics.ts';

/** One `return` command: what one C invoice brings back of one order. Each line stands once. */
export type PlannedReturn = {
  readonly invoice: string;
  readonly order: string;
  readonly lines: readonly { readonly line: number; readonly quantity: number }[];
  readonly units: number;
  /** Sale price of what comes back, thousandths: what the service pays back by itself. */
  readonly refund: number;
};

/** An order and all that happens to it, in order. */
export type OrderPlan = { readonly order: PlannedOrder; readonly returns: readonly PlannedReturn[] };

/** Everything the import is going to do, and the figures of the file that it comes from. */
export type Plan = {
  readonly statistics: FileStatistics;
  readonly orders: readonly OrderPlan[];
  /** Total needed of each stock code; codes that differ by case are different codes. */
  readonly stock: ReadonlyMap<string, number>;
  /** Lines that came back at another price than they were sold at, and by how much in all (C less sale, thousandths). */
  readonly priceDifferences: { readonly lines: number; readonly net: number };
  /** Invoices whose number says nothing known; not executed. */
  readonly unknownInvoices: readonly string[];
};

/** Turns the rows of a file, in file order, into the plan. Pure. */
export function makePlan(rows: readonly Row[]): Plan {
  const invoices = groupInvoices(rows);
  const { orders, saleOfRow } = placeAll(invoices.values());
  const outcomes = matchReturns(rows, saleOfRow);
  return {
    statistics: fileStatistics(rows, invoices.values(), outcomes.values()),
    orders: withReturns(orders, rows, outcomes),
    stock: stockNeeded(orders),
    priceDifferences: priceDifferences(rows, outcomes),
    unknownInvoices: [...invoices.values()].filter((each) => classify(each) === 'unknown').map((each) => each.number),
  };
}

/** The figures that the service must show when the plan has been executed. */
export function asPlaced(plan: Plan): AsPlaced {
  const orders = plan.orders.map((each) => each.order);
  const lines = orders.flatMap((order) => order.lines);
  const fees = orders.flatMap((order) => order.fees);
  const returns = plan.orders.flatMap((each) => each.returns);
  const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
    items.reduce((all, item) => all + of(item), 0);
  return {
    orders: orders.length,
    goods_lines: lines.length,
    free_goods_lines: lines.filter((line) => line.unitPrice === 0).length,
    goods_units: sum(lines, (line) => line.quantity),
    fee_lines: fees.length,
    fee_value: pounds(sum(fees, (fee) => fee.amount)),
    captured: pounds(sum(orders, (order) => order.total)),
    returned_units_on_hand_at_end: sum(returns, (each) => each.units),
    refunded_at_sale_price: pounds(sum(returns, (each) => each.refund)),
    orders_with_returns: plan.orders.filter((each) => each.returns.length > 0).length,
    fee_only_orders: orders.filter((order) => order.lines.length === 0).length,
  };
}

type Sale = { readonly order: PlannedOrder; readonly line: PlannedLine };

function placeAll(invoices: Iterable<Invoice>): { orders: PlannedOrder[]; saleOfRow: Map<number, Sale> } {
  const orders: PlannedOrder[] = [];
  const saleOfRow = new Map<number, Sale>();
  for (const invoice of invoices) {
    if (classify(invoice) !== 'order') continue;
    const { order, lineOfRow } = toOrder(invoice);
    orders.push(order);
    for (const [index, line] of lineOfRow) saleOfRow.set(index, { order, line });
  }
  return { orders, saleOfRow };
}

/** Walks the rows in file order, since a return can only be of what stands before it. Keyed by the row's index. */
function matchReturns(rows: readonly Row[], saleOfRow: ReadonlyMap<number, Sale>): Map<number, ReturnOutcome> {
  const matcher = new ReturnMatcher();
  const outcomes = new Map<number, ReturnOutcome>();
  for (const row of rows) {
    const sale = saleOfRow.get(row.index);
    if (sale !== undefined) matcher.sell(row.customer, sale.order.id, sale.line);
    else if (row.invoice.startsWith('C')) outcomes.set(row.index, matcher.giveBack(row));
  }
  return outcomes;
}

function withReturns(
  orders: readonly PlannedOrder[],
  rows: readonly Row[],
  outcomes: ReadonlyMap<number, ReturnOutcome>,
): OrderPlan[] {
  const byOrder = new Map<string, Map<string, ReturnedPart[]>>();
  for (const row of rows) {
    const outcome = outcomes.get(row.index);
    if (outcome?.kind !== 'matched') continue;
    for (const part of outcome.parts) {
      const returns = byOrder.get(part.order) ?? new Map<string, ReturnedPart[]>();
      byOrder.set(part.order, returns.set(row.invoice, [...(returns.get(row.invoice) ?? []), part]));
    }
  }
  return orders.map((order) => ({
    order,
    returns: [...(byOrder.get(order.id) ?? [])].map(([invoice, parts]) => toReturn(invoice, order.id, parts)),
  }));
}

function toReturn(invoice: string, order: string, parts: readonly ReturnedPart[]): PlannedReturn {
  // Two rows of one C invoice may come from the same line; a command names a line once.
  const quantities = new Map<number, number>();
  for (const part of parts) quantities.set(part.line, (quantities.get(part.line) ?? 0) + part.quantity);
  return {
    invoice,
    order,
    lines: [...quantities].map(([line, quantity]) => ({ line, quantity })),
    units: parts.reduce((sum, part) => sum + part.quantity, 0),
    refund: parts.reduce((sum, part) => sum + part.quantity * part.unitPrice, 0),
  };
}

function stockNeeded(orders: readonly PlannedOrder[]): Map<string, number> {
  const needed = new Map<string, number>();
  for (const { sku, quantity } of orders.flatMap((order) => order.lines)) {
    needed.set(sku, (needed.get(sku) ?? 0) + quantity);
  }
  return needed;
}

function priceDifferences(
  rows: readonly Row[],
  outcomes: ReadonlyMap<number, ReturnOutcome>,
): { lines: number; net: number } {
  let lines = 0;
  let net = 0;
  for (const row of rows) {
    const outcome = outcomes.get(row.index);
    if (outcome?.kind !== 'matched') continue;
    for (const part of outcome.parts) {
      if (part.unitPrice === row.price) continue;
      lines += 1;
      net += part.quantity * (row.price - part.unitPrice);
    }
  }
  return { lines, net };
}
