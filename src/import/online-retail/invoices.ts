import { ImportError } from '../errors.ts';
import { londonToUtc, type Row } from './rows.ts';

/** All rows of one invoice number, in file order, wherever in the file they stand. */
export type Invoice = { readonly number: string; readonly rows: readonly Row[] };

/**
 * What an invoice is:
 * - `order`: all digits, with a line that has a price;
 * - `return`: begins with C;
 * - `badDebt`: begins with A;
 * - `stockAdjustment` / `zeroPriceOnly`: all digits and nothing priced, goods written off or given a number;
 * - `unknown`: anything else. Only orders and returns are executed; the others are counted.
 */
export type InvoiceKind = 'order' | 'return' | 'badDebt' | 'stockAdjustment' | 'zeroPriceOnly' | 'unknown';

/** A goods line of an order to place. Lines are keyed by their number: an invoice may repeat a stock code. */
export type PlannedLine = {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
};

/** A fee of an order to place; `amount` is for all of it, and may be negative. */
export type PlannedFee = {
  readonly code: string;
  readonly name: string;
  readonly quantity: number;
  readonly amount: number;
};

/** An order as it is to be placed; amounts in thousandths. */
export type PlannedOrder = {
  readonly id: string;
  readonly customer: string;
  /** ISO 8601 UTC, the earliest line's. */
  readonly placedAt: string;
  readonly country: string;
  readonly lines: readonly PlannedLine[];
  readonly fees: readonly PlannedFee[];
  readonly total: number;
};

/** Customer of an order whose invoice names none. */
export const GUEST = 'guest';

/** A code that does not start with five digits (POST, M, BANK CHARGES, …) is a fee, not goods. */
export function isGoods(code: string): boolean {
  return /^\d{5}/.test(code);
}

/** Gathers rows by invoice number, in the order in which the numbers first appear. */
export function groupInvoices(rows: Iterable<Row>): Map<string, Invoice> {
  const gathered = new Map<string, Row[]>();
  for (const row of rows) {
    const known = gathered.get(row.invoice);
    if (known === undefined) gathered.set(row.invoice, [row]);
    else known.push(row);
  }
  return new Map([...gathered].map(([number, rowsOfIt]) => [number, { number, rows: rowsOfIt }]));
}

/** What an invoice is; see {@link InvoiceKind}. */
export function classify(invoice: Invoice): InvoiceKind {
  if (invoice.number.startsWith('C')) return 'return';
  if (invoice.number.startsWith('A')) return 'badDebt';
  if (!/^\d+$/.test(invoice.number)) return 'unknown';
  if (invoice.rows.some((row) => row.price > 0)) return 'order';
  return invoice.rows.some((row) => row.quantity < 0) ? 'stockAdjustment' : 'zeroPriceOnly';
}

/** An invoice of kind `order`, together with which line each of its goods rows became. */
export type OrderOfInvoice = { readonly order: PlannedOrder; readonly lineOfRow: ReadonlyMap<number, PlannedLine> };

/**
 * The order that an invoice of kind `order` becomes. Line numbers follow row order among the goods; zero-price goods
 * are free goods and keep their line.
 *
 * @throws ImportError ROW_INVALID when goods are sold in a quantity that no order line can have.
 */
export function toOrder(invoice: Invoice): OrderOfInvoice {
  const lines: PlannedLine[] = [];
  const fees: PlannedFee[] = [];
  const lineOfRow = new Map<number, PlannedLine>();
  let time: string | undefined;
  let total = 0;
  for (const row of invoice.rows) {
    total += row.quantity * row.price;
    if (time === undefined || row.time < time) time = row.time;
    const name = row.description;
    if (!isGoods(row.code)) {
      fees.push({ code: row.code, name, quantity: row.quantity, amount: row.quantity * row.price });
      continue;
    }
    if (row.quantity <= 0 || row.price < 0) {
      const what = `invoice ${invoice.number}, ${row.code}: quantity ${row.quantity}`;
      throw new ImportError('ROW_INVALID', `Row ${row.index + 1} (${what}) is a sale that no order can hold.`);
    }
    const line = { line: lines.length + 1, sku: row.code, name, quantity: row.quantity, unitPrice: row.price };
    lines.push(line);
    lineOfRow.set(row.index, line);
  }
  const [first] = invoice.rows;
  if (first === undefined || time === undefined) throw new Error(`invoice ${invoice.number} has no rows`);
  const order: PlannedOrder = {
    id: invoice.number,
    customer: first.customer === '' ? GUEST : first.customer,
    placedAt: londonToUtc(time),
    country: first.country,
    lines,
    fees,
    total,
  };
  return { order, lineOfRow };
}
