import type { OrderView } from '../../contracts/index.ts';
import { audit, type Totals } from '../balance.ts';
import type { Progress } from '../progress.ts';
import type { OrderService } from '../service.ts';
import { euros } from './figures.ts';
import { DIGITS, type OrderLog } from './log.ts';
import type { Action } from './schedule.ts';

/** The same figures as the log's, as far as the service can show them; amounts as decimal text in euros. */
export type ReplayedFigures = {
  readonly orders: number;
  readonly completed: number;
  readonly paid: number;
  readonly items: number;
  readonly total: string;
  readonly fees: string;
  readonly packages: number;
  /** Parcels: one for each package and order. */
  readonly ships: number;
  /** Counted once for each package, although each of its orders knows of it. */
  readonly failed_deliveries: number;
  readonly captured: string;
};

/** What the service holds of the log's orders, and whether the actors agree. */
export type Holdings = Totals & { readonly figures: ReplayedFigures; readonly otherOrders: number };

/** Reads every order, payment and article of the log. */
export async function readHoldings(
  log: OrderLog,
  schedule: readonly Action[],
  service: OrderService,
  options: { concurrency: number; stop: AbortSignal; progress: Progress },
): Promise<Holdings> {
  const count = new Count();
  const received = new Map<string, number>();
  const times: string[] = [];
  for (const action of schedule) {
    if (action.do === 'receive') received.set(action.product, (received.get(action.product) ?? 0) + action.quantity);
    if (action.do === 'place') times.push(action.time);
  }
  times.sort();
  const nothing = new Date(0).toISOString();
  const audited = {
    orders: new Set(log.orders.map((order) => order.id)),
    between: { from: times[0] ?? nothing, to: times.at(-1) ?? nothing },
    received,
    digits: DIGITS,
  };
  const totals = await audit(audited, service, options, (view) => count.add(view));
  return { ...totals, figures: count.figures() };
}

class Count {
  readonly #counts = { orders: 0, completed: 0, paid: 0, items: 0, ships: 0 };
  readonly #amounts = { total: 0, fees: 0, captured: 0 };
  readonly #failuresOf = new Map<string, number>();

  add(view: OrderView): void {
    this.#counts.orders += 1;
    if (view.status === 'completed') this.#counts.completed += 1;
    if (view.payment.status === 'paid') this.#counts.paid += 1;
    for (const line of view.lines) this.#counts.items += line.ordered;
    this.#counts.ships += view.fulfillment.parcels.length;
    this.#amounts.total += view.total;
    for (const fee of view.fees) this.#amounts.fees += fee.amount;
    this.#amounts.captured += view.payment.captured;
    for (const { tracking, attempts } of view.fulfillment.parcels) {
      const known = this.#failuresOf.get(tracking ?? '') ?? 0;
      this.#failuresOf.set(tracking ?? '', Math.max(known, attempts));
    }
  }

  figures(): ReplayedFigures {
    return {
      orders: this.#counts.orders,
      completed: this.#counts.completed,
      paid: this.#counts.paid,
      items: this.#counts.items,
      total: euros(this.#amounts.total),
      fees: euros(this.#amounts.fees),
      packages: this.#failuresOf.size,
      ships: this.#counts.ships,
      failed_deliveries: [...this.#failuresOf.values()].reduce((sum, attempts) => sum + attempts, 0),
      captured: euros(this.#amounts.captured),
    };
  }
}
