import { formatDecimal } from '../decimal.ts';
import { classify, type Invoice, isGoods } from './invoices.ts';
import type { RefusalReason, ReturnOutcome } from './returns.ts';
import { DIGITS, type Row } from './rows.ts';

/** How many rows of C invoices met each fate; fates that did not occur are left out. */
export type ReturnMatching = { [fate in RefusalReason | 'matched_one_line' | 'matched_several_lines']?: number };

/** The file's own figures, whatever the service makes of them. Values are decimal text in pounds. */
export type FileStatistics = {
  readonly lines: number;
  readonly invoices: number;
  readonly customers: number;
  readonly first: string;
  readonly last: string;
  readonly net_value: string;
  readonly sale_orders: number;
  readonly sale_lines: number;
  readonly sale_units: number;
  readonly sale_value: string;
  readonly sale_lines_stock_codes: number;
  readonly sale_lines_non_stock: number;
  readonly cancel_invoices: number;
  readonly cancel_lines: number;
  readonly cancel_units: number;
  readonly cancel_value: string;
  readonly A_invoices: number;
  readonly stock_adjust_invoices: number;
  readonly zero_price_only_invoices: number;
  readonly zero_price_lines_inside_sales: number;
  readonly no_customer_lines: number;
  readonly empty_description_lines: number;
  readonly exact_duplicate_extra_lines: number;
  readonly invoices_repeating_a_stock_code: number;
  readonly invoices_with_two_times: number;
  readonly return_matching: ReturnMatching;
};

/** Pounds, at least two decimals, from thousandths. */
export function pounds(thousandths: number): string {
  return formatDecimal(thousandths, DIGITS);
}

/** Counts rows and invoices. A sale line is a priced row of an order, fees included; all sums are of integers. */
export function fileStatistics(
  rows: readonly Row[],
  invoices: Iterable<Invoice>,
  outcomes: Iterable<ReturnOutcome>,
): FileStatistics {
  const list = [...invoices];
  const kinds = list.map((invoice) => ({ invoice, kind: classify(invoice) }));
  const rowsOf = (kind: string): Row[] => kinds.flatMap((each) => (each.kind === kind ? each.invoice.rows : []));
  const count = (kind: string): number => kinds.filter((each) => each.kind === kind).length;
  const orderRows = rowsOf('order');
  const saleRows = orderRows.filter((row) => row.price > 0);
  const returnRows = rowsOf('return');
  const goodsRows = saleRows.filter((row) => isGoods(row.code)).length;
  const times = rows.map((row) => row.time).sort();
  return {
    lines: rows.length,
    invoices: list.length,
    customers: new Set(rows.map((row) => row.customer).filter((customer) => customer !== '')).size,
    first: times[0] ?? '',
    last: times.at(-1) ?? '',
    net_value: pounds(value(rows)),
    sale_orders: count('order'),
    sale_lines: saleRows.length,
    sale_units: units(saleRows),
    sale_value: pounds(value(saleRows)),
    sale_lines_stock_codes: goodsRows,
    sale_lines_non_stock: saleRows.length - goodsRows,
    cancel_invoices: count('return'),
    cancel_lines: returnRows.length,
    cancel_units: units(returnRows),
    cancel_value: pounds(value(returnRows)),
    A_invoices: count('badDebt'),
    stock_adjust_invoices: count('stockAdjustment'),
    zero_price_only_invoices: count('zeroPriceOnly'),
    zero_price_lines_inside_sales: orderRows.length - saleRows.length,
    no_customer_lines: rows.filter((row) => row.customer === '').length,
    empty_description_lines: rows.filter((row) => row.description === '').length,
    exact_duplicate_extra_lines: rows.length - new Set(rows.map(identity)).size,
    invoices_repeating_a_stock_code: list.filter((each) => distinct(each, (row) => row.code) < each.rows.length).length,
    invoices_with_two_times: list.filter((each) => distinct(each, (row) => row.time) > 1).length,
    return_matching: returnMatching(outcomes),
  };
}

function value(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.quantity * row.price, 0);
}

function units(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + row.quantity, 0);
}

function distinct(invoice: Invoice, of: (row: Row) => string): number {
  return new Set(invoice.rows.map(of)).size;
}

function identity(row: Row): string {
  const { invoice, code, description, quantity, time, price, customer, country } = row;
  return [invoice, code, description, quantity, time, price, customer, country].join('\u001f');
}

function returnMatching(outcomes: Iterable<ReturnOutcome>): ReturnMatching {
  const counts: ReturnMatching = {};
  for (const outcome of outcomes) {
    const matched =
      outcome.kind === 'matched' && outcome.parts.length > 1 ? 'matched_several_lines' : 'matched_one_line';
    const fate = outcome.kind === 'refused' ? outcome.reason : matched;
    counts[fate] = (counts[fate] ?? 0) + 1;
  }
  return counts;
}
