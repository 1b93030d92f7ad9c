import type { OrderView, PaymentLedger, StockView } from '../contracts/index.ts';
import { formatDecimal } from './decimal.ts';
import { forEachInFlight } from './in-flight.ts';
import type { Progress } from './progress.ts';
import type { OrderService, PlacedBetween } from './service.ts';

/** Whether money and goods add up over all actors. Amounts in units of 10^-digits. */
export type Totals = {
  /** Number of orders in each status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Captured less refunded: by the payments, and by the orders. */
  readonly money: { readonly payments: number; readonly orders: number };
  /** In all articles: received = on hand + dispatched − restocked. */
  readonly goods: {
    readonly received: number;
    readonly onHand: number;
    readonly dispatched: number;
    readonly restocked: number;
  };
  /** One sentence for each order or article whose actors disagree. */
  readonly disagreements: readonly string[];
};

/** Adds up orders, payments and articles. Articles come last: what was dispatched stands in the orders' lines. */
export class Balance {
  readonly #digits: number;
  readonly #statuses: Record<string, number> = {};
  readonly #dispatched = new Map<string, number>();
  readonly #restocked = new Map<string, number>();
  readonly #goods = { received: 0, onHand: 0, dispatched: 0, restocked: 0 };
  readonly #money = { payments: 0, orders: 0 };
  readonly #disagreements: string[] = [];

  constructor(digits: number) {
    this.#digits = digits;
  }

  addOrder(view: OrderView, payment: PaymentLedger): void {
    this.#statuses[view.status] = (this.#statuses[view.status] ?? 0) + 1;
    for (const line of view.lines) {
      add(this.#dispatched, line.sku, line.shipped);
      add(this.#restocked, line.sku, line.returned);
    }
    this.#money.orders += view.payment.captured - view.payment.refunded;
    this.#money.payments += payment.captured - payment.refunded;
    if (view.payment.captured === payment.captured && view.payment.refunded === payment.refunded) return;
    this.#disagreements.push(`order ${view.id}: ${this.#said(view.payment)}; its payment: ${this.#said(payment)}`);
  }

  addStock(sku: string, received: number, { onHand, reserved }: StockView): void {
    const dispatched = this.#dispatched.get(sku) ?? 0;
    const restocked = this.#restocked.get(sku) ?? 0;
    this.#goods.received += received;
    this.#goods.onHand += onHand;
    this.#goods.dispatched += dispatched;
    this.#goods.restocked += restocked;
    if (received === onHand + dispatched - restocked && reserved === 0) return;
    this.#disagreements.push(
      `article ${sku}: ${received} received, but ${onHand} on hand (${reserved} of them reserved), ` +
        `${dispatched} dispatched, ${restocked} restocked`,
    );
  }

  missing(order: string): void {
    this.#disagreements.push(`order ${order} is listed but cannot be read`);
  }

  totals(): Totals {
    return {
      statuses: this.#statuses,
      money: this.#money,
      goods: this.#goods,
      disagreements: this.#disagreements,
    };
  }

  #said({ captured, refunded }: { captured: number; refunded: number }): string {
    return `${formatDecimal(captured, this.#digits)} captured, ${formatDecimal(refunded, this.#digits)} refunded`;
  }
}

function add(sums: Map<string, number>, key: string, quantity: number): void {
  sums.set(key, (sums.get(key) ?? 0) + quantity);
}

/** What is to be read back. */
export type Audited = {
  readonly orders: ReadonlySet<string>;
  readonly between: PlacedBetween;
  /** How much of each article was received. */
  readonly received: ReadonlyMap<string, number>;
  readonly digits: number;
};

/**
 * Reads all orders, payments and articles back, at most `concurrency` at once.
 *
 * @param each is shown every order with its payment, to count what it likes
 * @returns the totals, and how many other orders of the same span of time there are
 */
export async function audit(
  { orders, between, received, digits }: Audited,
  service: OrderService,
  { concurrency, stop, progress }: { concurrency: number; stop: AbortSignal; progress: Progress },
  each: (view: OrderView, payment: PaymentLedger) => void,
): Promise<Totals & { readonly otherOrders: number }> {
  await service.settle();
  const listed: string[] = [];
  let otherOrders = 0;
  for await (const { id } of service.listOrders(between)) {
    if (orders.has(id)) listed.push(id);
    else otherOrders += 1;
  }
  const balance = new Balance(digits);
  progress.begin('reading', listed.length + received.size, 'actors');
  try {
    await forEachInFlight(listed, concurrency, stop, async (id) => {
      const [view, payment] = await Promise.all([service.getOrder(id), service.getPayment(id)]);
      if (view === undefined) balance.missing(id);
      else {
        balance.addOrder(view, payment);
        each(view, payment);
      }
      progress.advance();
    });
    await forEachInFlight(received, concurrency, stop, async ([sku, quantity]) => {
      balance.addStock(sku, quantity, await service.getStock(sku));
      progress.advance();
    });
  } finally {
    progress.end();
  }
  return { ...balance.totals(), otherOrders };
}
