import type { OrderView, PaymentLedger } from '../../contracts/index.ts';
import { audit, type Totals } from '../balance.ts';
import type { Progress } from '../progress.ts';
import type { OrderService } from '../service.ts';
import type { AsPlaced } from './as-placed.ts';
import { spanOf } from './execution.ts';
import type { Plan } from './plan.ts';
import { DIGITS } from './rows.ts';
import { pounds } from './statistics.ts';

/** What the service holds of the plan's orders, read back through its questions, and whether the actors agree. */
export type Holdings = Totals & {
  readonly asPlaced: AsPlaced;
  /** Orders of the same span of time that the file knows nothing of. */
  readonly otherOrders: number;
};

/** Reads every order, payment and article of the plan. */
export async function readHoldings(
  plan: Plan,
  service: OrderService,
  options: { concurrency: number; stop: AbortSignal; progress: Progress },
): Promise<Holdings> {
  const count = new Count();
  const audited = {
    orders: new Set(plan.orders.map((each) => each.order.id)),
    between: spanOf(plan),
    received: plan.stock,
    digits: DIGITS,
  };
  const totals = await audit(audited, service, options, (view, payment) => count.add(view, payment));
  return { ...totals, asPlaced: count.asPlaced(totals.goods.onHand) };
}

class Count {
  readonly #counts = { orders: 0, lines: 0, freeLines: 0, units: 0, fees: 0, withReturns: 0, feeOnly: 0 };
  readonly #amounts = { fees: 0, captured: 0, refunded: 0 };

  add(view: OrderView, payment: PaymentLedger): void {
    const counts = this.#counts;
    counts.orders += 1;
    counts.lines += view.lines.length;
    counts.fees += view.fees.length;
    if (view.lines.length === 0) counts.feeOnly += 1;
    if (view.lines.some((line) => line.returned > 0)) counts.withReturns += 1;
    for (const line of view.lines) {
      if (line.unitPrice === 0) counts.freeLines += 1;
      counts.units += line.ordered;
    }
    for (const fee of view.fees) this.#amounts.fees += fee.amount;
    this.#amounts.captured += payment.captured;
    this.#amounts.refunded += payment.refunded;
  }

  asPlaced(unitsOnHand: number): AsPlaced {
    const counts = this.#counts;
    return {
      orders: counts.orders,
      goods_lines: counts.lines,
      free_goods_lines: counts.freeLines,
      goods_units: counts.units,
      fee_lines: counts.fees,
      fee_value: pounds(this.#amounts.fees),
      captured: pounds(this.#amounts.captured),
      returned_units_on_hand_at_end: unitsOnHand,
      refunded_at_sale_price: pounds(this.#amounts.refunded),
      orders_with_returns: counts.withReturns,
      fee_only_orders: counts.feeOnly,
    };
  }
}
