import type { Totals } from './balance.ts';
import { formatDecimal } from './decimal.ts';

/** A figure that should equal another and does not. */
export type Difference = {
  /** Dotted path of the figure: `as_placed.orders`. */
  readonly figure: string;
  readonly expected: string;
  readonly found: string;
  /** Where the expected value comes from. */
  readonly source: string;
};

/** Figures by name, in groups. A figure that is left out counts as 0. */
export type Figures = { readonly [name: string]: number | string | Figures | undefined };

/** Compares all figures of two groups, those included that only one of them has. */
export function differencesOf(expected: Figures, found: Figures, source: string, path = ''): Difference[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return names.flatMap((name): Difference[] => {
    const figure = path + name;
    const wanted = expected[name] ?? 0;
    const got = found[name] ?? 0;
    if (typeof wanted === 'object' || typeof got === 'object') {
      const group = (side: number | string | Figures): Figures => (typeof side === 'object' ? side : {});
      return differencesOf(group(wanted), group(got), source, `${figure}.`);
    }
    return wanted === got ? [] : [{ figure, expected: String(wanted), found: String(got), source }];
  });
}

/** Where money or goods do not add up over all actors, or an order is not completed. */
export function imbalances(totals: Totals, orders: number, digits: number): Difference[] {
  const { received, onHand, dispatched, restocked } = totals.goods;
  const money = (amount: number): Figures => ({ 'captured − refunded': formatDecimal(amount, digits) });
  const goods = (quantity: number): Figures => ({ 'on hand + dispatched − restocked': quantity });
  return [
    ...differencesOf({ completed: orders }, totals.statuses, 'input', 'status.'),
    ...differencesOf(money(totals.money.orders), money(totals.money.payments), 'orders', 'payments.'),
    ...differencesOf(goods(received), goods(onHand + dispatched - restocked), 'received', 'stock.'),
  ];
}
