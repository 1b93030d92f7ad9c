import type { PlannedLine } from './invoices.ts';
import { isGoods } from './invoices.ts';
import type { Row } from './rows.ts';

/** Why a line of a return is refused: the first of these that fits, and always the whole line. */
export type RefusalReason = 'non_stock_line' | 'no_customer' | 'no_earlier_sale' | 'more_than_sold';

/** So many of an order's line come back. */
export type ReturnedPart = {
  readonly order: string;
  readonly line: number;
  readonly quantity: number;
  readonly unitPrice: number;
};

/** What becomes of one row of a C invoice. */
export type ReturnOutcome =
  | { readonly kind: 'matched'; readonly parts: readonly ReturnedPart[] }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

type OpenLine = { readonly order: string; readonly line: number; readonly unitPrice: number; open: number };

/**
 * Matches returns against what the same customer still has of the same stock code. It must be fed in file order:
 * {@link sell} for every goods row of an order, {@link giveBack} for every row of a return.
 */
export class ReturnMatcher {
  readonly #sold = new Map<string, OpenLine[]>();

  /** A goods line of an order is now the customer's. */
  sell(customer: string, order: string, line: PlannedLine): void {
    const key = keyOf(customer, line.sku);
    const lines = this.#sold.get(key);
    const open = { order, line: line.line, unitPrice: line.unitPrice, open: line.quantity };
    if (lines === undefined) this.#sold.set(key, [open]);
    else lines.push(open);
  }

  /** Finds where the goods of a C invoice's row came from, and takes them off what is open. */
  giveBack(row: Row): ReturnOutcome {
    if (!isGoods(row.code)) return { kind: 'refused', reason: 'non_stock_line' };
    if (row.customer === '') return { kind: 'refused', reason: 'no_customer' };
    const sold = this.#sold.get(keyOf(row.customer, row.code));
    if (sold === undefined) return { kind: 'refused', reason: 'no_earlier_sale' };
    const quantity = -row.quantity;
    const single =
      sold.findLast((line) => line.open === quantity && line.unitPrice === row.price) ??
      sold.findLast((line) => line.open >= quantity && line.unitPrice === row.price) ??
      sold.findLast((line) => line.open >= quantity);
    if (single !== undefined) return { kind: 'matched', parts: [take(single, quantity)] };
    if (sold.reduce((sum, line) => sum + line.open, 0) < quantity) return { kind: 'refused', reason: 'more_than_sold' };
    return { kind: 'matched', parts: takeNewestFirst(sold, quantity) };
  }
}

function keyOf(customer: string, sku: string): string {
  return `${customer}\n${sku}`;
}

function take(line: OpenLine, quantity: number): ReturnedPart {
  line.open -= quantity;
  return { order: line.order, line: line.line, quantity, unitPrice: line.unitPrice };
}

function takeNewestFirst(sold: readonly OpenLine[], quantity: number): ReturnedPart[] {
  const parts: ReturnedPart[] = [];
  let left = quantity;
  for (const line of sold.toReversed()) {
    if (left === 0) break;
    if (line.open === 0) continue;
    const part = take(line, Math.min(line.open, left));
    left -= part.quantity;
    parts.push(part);
  }
  return parts;
}
