import type { AsPlaced } from '../../src/import/online-retail/as-placed.ts';
import type { RefusalReason } from '../../src/import/online-retail/returns.ts';
import type { FileStatistics } from '../../src/import/online-retail/statistics.ts';

/** A row as it is written; `price` in thousandths, `customer` empty for none. */
export type RetailRow = {
  readonly invoice: string;
  readonly code: string;
  readonly description: string;
  readonly quantity: number;
  readonly time: string;
  readonly price: number;
  readonly customer: string;
};

type Part = { readonly invoice: string; readonly quantity: number; readonly price: number };

/** Summer time of London in the years of the set, as wall-clock time held as UTC. */
const SUMMER = { from: Date.UTC(2011, 2, 27, 2), to: Date.UTC(2011, 9, 30, 2) };

/**
 * Keeps count of what a generator puts into a file, by what it means it to be. It never looks at codes or invoice
 * numbers to find out, so it shares no mistake with the import.
 */
export class RetailTally {
  lines = 0;
  duplicates = 0;
  repeatingInvoices = 0;
  twoTimes = 0;
  feeOnly = 0;
  zeroPriceOnly = 0;
  stockAdjustments = 0;
  badDebts = 0;
  returnInvoices = 0;
  readonly #invoices = new Set<string>();
  readonly #customers = new Set<string>();
  readonly #times: string[] = [];
  readonly #file = { value: 0, noCustomer: 0, noDescription: 0 };
  readonly #goods = { lines: 0, freeLines: 0, units: 0, pricedUnits: 0, value: 0 };
  readonly #fees = { lines: 0, freeLines: 0, pricedUnits: 0, value: 0 };
  readonly #given = { lines: 0, units: 0, value: 0 };
  readonly #fates: Record<string, number> = {};
  readonly #back = { units: 0, value: 0, differing: 0, net: 0 };
  readonly #returns = new Map<string, number>();
  readonly #returnedOf = new Set<string>();
  readonly #placedAt = new Map<string, string>();

  /** Any row at all. */
  row({ invoice, description, quantity, time, price, customer }: RetailRow): void {
    this.lines += 1;
    this.#invoices.add(invoice);
    this.#times.push(time);
    this.#file.value += quantity * price;
    if (customer === '') this.#file.noCustomer += 1;
    else this.#customers.add(customer);
    if (description === '') this.#file.noDescription += 1;
  }

  /** An order; `time` is London wall-clock time, held as UTC. */
  order({ number, time }: { number: string; time: number }): void {
    const summer = time >= SUMMER.from && time < SUMMER.to;
    this.#placedAt.set(number, new Date(summer ? time - 3_600_000 : time).toISOString());
  }

  /** A goods row of an order. */
  goods({ quantity, price }: RetailRow): void {
    this.#goods.lines += 1;
    this.#goods.units += quantity;
    this.#goods.value += quantity * price;
    if (price === 0) this.#goods.freeLines += 1;
    else this.#goods.pricedUnits += quantity;
  }

  /** A fee row of an order. */
  fee({ quantity, price }: RetailRow): void {
    this.#fees.lines += 1;
    this.#fees.value += quantity * price;
    if (price === 0) this.#fees.freeLines += 1;
    else this.#fees.pricedUnits += quantity;
  }

  /** A row of a C invoice: refused for a reason, or matched with these parts of orders, at their sale prices. */
  givenBack(invoice: string, quantity: number, price: number, fate: RefusalReason | readonly Part[]): void {
    this.#given.lines += 1;
    this.#given.units -= quantity;
    this.#given.value -= quantity * price;
    const matched = fate.length === 1 ? 'matched_one_line' : 'matched_several_lines';
    const name = typeof fate === 'string' ? fate : matched;
    this.#fates[name] = (this.#fates[name] ?? 0) + 1;
    if (typeof fate === 'string') return;
    for (const part of fate) {
      this.#back.units += part.quantity;
      this.#back.value += part.quantity * part.price;
      if (part.price !== price) {
        this.#back.differing += 1;
        this.#back.net += part.quantity * (price - part.price);
      }
      const command = `${invoice}/${part.invoice}`;
      this.#returns.set(command, (this.#returns.get(command) ?? 0) + part.quantity);
      this.#returnedOf.add(part.invoice);
    }
  }

  figures() {
    return {
      statistics: this.#statistics(),
      asPlaced: this.#asPlaced(),
      priceDifferences: { lines: this.#back.differing, net: this.#back.net },
      returns: this.#returns,
      placedAt: this.#placedAt,
    };
  }

  #statistics(): FileStatistics {
    const goodsLines = this.#goods.lines - this.#goods.freeLines;
    const feeLines = this.#fees.lines - this.#fees.freeLines;
    const times = [...this.#times].sort();
    return {
      lines: this.lines,
      invoices: this.#invoices.size,
      customers: this.#customers.size,
      first: times[0] ?? '',
      last: times.at(-1) ?? '',
      net_value: text(this.#file.value),
      sale_orders: this.#placedAt.size,
      sale_lines: goodsLines + feeLines,
      sale_units: this.#goods.pricedUnits + this.#fees.pricedUnits,
      sale_value: text(this.#goods.value + this.#fees.value),
      sale_lines_stock_codes: goodsLines,
      sale_lines_non_stock: feeLines,
      cancel_invoices: this.returnInvoices,
      cancel_lines: this.#given.lines,
      cancel_units: this.#given.units,
      cancel_value: text(this.#given.value),
      A_invoices: this.badDebts,
      stock_adjust_invoices: this.stockAdjustments,
      zero_price_only_invoices: this.zeroPriceOnly,
      zero_price_lines_inside_sales: this.#goods.freeLines + this.#fees.freeLines,
      no_customer_lines: this.#file.noCustomer,
      empty_description_lines: this.#file.noDescription,
      exact_duplicate_extra_lines: this.duplicates,
      invoices_repeating_a_stock_code: this.repeatingInvoices,
      invoices_with_two_times: this.twoTimes,
      return_matching: this.#fates,
    };
  }

  #asPlaced(): AsPlaced {
    return {
      orders: this.#placedAt.size,
      goods_lines: this.#goods.lines,
      free_goods_lines: this.#goods.freeLines,
      goods_units: this.#goods.units,
      fee_lines: this.#fees.lines,
      fee_value: text(this.#fees.value),
      captured: text(this.#goods.value + this.#fees.value),
      returned_units_on_hand_at_end: this.#back.units,
      refunded_at_sale_price: text(this.#back.value),
      orders_with_returns: this.#returnedOf.size,
      fee_only_orders: this.feeOnly,
    };
  }
}

/** Thousandths as text with two or, where needed, three decimals. */
function text(thousandths: number): string {
  return (thousandths / 1000).toFixed(3).replace(/0$/, '');
}
