import { formatDecimal } from '../decimal.ts';
import { DIGITS, feeOf, type OrderLog, type Package } from './log.ts';

/** The log's own figures; amounts as decimal text in euros. */
export type LogFigures = {
  readonly orders: number;
  readonly items: number;
  readonly total: string;
  /** Of the total, what the orders cost beyond their items. */
  readonly fees: string;
  readonly packages: number;
  /** One for each package and order. */
  readonly ships: number;
  readonly failed_deliveries: number;
  readonly out_of_stock: number;
  readonly reordered: number;
  readonly payment_reminders: number;
  readonly orders_in_several_packages: number;
  readonly packages_of_several_orders: number;
  readonly orders_sent_before_paid: number;
  readonly delivered_before_paid: number;
  readonly paid_15_days_after_delivery: number;
};

const FIFTEEN_DAYS_MS = 15 * 24 * 3600 * 1000;

/** Counts the log. Times are compared as the log gives them, whatever the clock says when it is replayed. */
export function figuresOf(log: OrderLog): LogFigures {
  const count = (type: string): number => log.events.filter((event) => event.type === type).length;
  const times = timesOf(log);
  const parcels = new Map<string, number>();
  for (const order of log.packages.flatMap(ordersOf)) parcels.set(order, (parcels.get(order) ?? 0) + 1);
  const late = log.orders.filter(({ id }) => after(times.paid.get(id), times.delivered.get(id)) > 0);
  return {
    orders: log.orders.length,
    items: log.orders.reduce((sum, order) => sum + order.items.length, 0),
    total: euros(log.orders.reduce((sum, order) => sum + order.price, 0)),
    fees: euros(log.orders.reduce((sum, order) => sum + feeOf(order), 0)),
    packages: log.packages.length,
    ships: log.packages.reduce((sum, each) => sum + ordersOf(each).length, 0),
    failed_deliveries: count('deliveryFailed'),
    out_of_stock: count('outOfStock'),
    reordered: count('reordered'),
    payment_reminders: count('reminded'),
    orders_in_several_packages: [...parcels.values()].filter((number) => number > 1).length,
    packages_of_several_orders: log.packages.filter((each) => ordersOf(each).length > 1).length,
    orders_sent_before_paid: log.orders.filter(({ id }) => after(times.paid.get(id), times.sent.get(id)) > 0).length,
    delivered_before_paid: late.length,
    paid_15_days_after_delivery: late.filter(
      ({ id }) => after(times.paid.get(id), times.delivered.get(id)) > FIFTEEN_DAYS_MS,
    ).length,
  };
}

/** Euros and cents from cents. */
export function euros(cents: number): string {
  return formatDecimal(cents, DIGITS);
}

/** The orders that a package has pieces of. */
export function ordersOf(parcel: Package): string[] {
  return [...new Set(parcel.items.map((item) => item.order))];
}

/** For each order: when it was paid, when its first piece was sent, and when its last piece was delivered, in ms. */
function timesOf(log: OrderLog): Record<'paid' | 'sent' | 'delivered', Map<string, number>> {
  const times = {
    paid: new Map<string, number>(),
    sent: new Map<string, number>(),
    delivered: new Map<string, number>(),
  };
  for (const event of log.events) {
    const time = Date.parse(event.time);
    if (event.type === 'paid') times.paid.set(event.order.id, time);
    if (event.type === 'sent') {
      for (const order of ordersOf(event.package)) times.sent.set(order, Math.min(times.sent.get(order) ?? time, time));
    }
    // Events come in order of time, so the last one stays.
    if (event.type === 'delivered') for (const order of ordersOf(event.package)) times.delivered.set(order, time);
  }
  return times;
}

/** How long after the second time the first one is, in ms; negative when it is before, or when one never came. */
function after(time: number | undefined, reference: number | undefined): number {
  return time === undefined || reference === undefined ? Number.NEGATIVE_INFINITY : time - reference;
}
