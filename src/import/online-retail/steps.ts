import type { OrderView } from '../../contracts/index.ts';
import type { Step } from '../performance.ts';
import type { PlannedOrder } from './invoices.ts';
import type { OrderPlan, PlannedReturn } from './plan.ts';
import { DIGITS } from './rows.ts';

/** Who gives the commands that stand in the file. */
export const FROM_FILE = 'import';
/** Who gives the commands that the file does not tell of: payments, shipments, deliveries and the stock before them. */
export const DERIVED = 'import:derived';

/** Everything that happens to an order, in order. An order of fees only has nothing to ship and is done when paid. */
export function stepsOf({ order, returns }: OrderPlan): Step[] {
  const goods = order.lines.length > 0 ? [ship(order), deliver(order), confirm(order)] : [];
  return [place(order), pay(order), ...goods, ...takeReturns(order, returns)];
}

/** Whether the order in the service is the planned one. */
export function isSameOrder(order: PlannedOrder, view: OrderView): boolean {
  return (
    view.customer === order.customer &&
    view.total === order.total &&
    view.digits === DIGITS &&
    Date.parse(view.placedAt) === Date.parse(order.placedAt) &&
    view.lines.length === order.lines.length &&
    view.fees.length === order.fees.length
  );
}

function place(order: PlannedOrder): Step {
  return {
    name: 'place',
    order: order.id,
    requestId: `import/${order.id}/place`,
    body: {
      customer: order.customer,
      currency: 'GBP',
      digits: DIGITS,
      // On account, so that no payment window runs out between two runs.
      terms: 'invoice',
      placedAt: order.placedAt,
      shippingAddress: { country: order.country },
      ...(order.lines.length > 0 && {
        lines: order.lines.map(({ sku, name, quantity, unitPrice }) => ({ sku, name, quantity, unitPrice })),
      }),
      ...(order.fees.length > 0 && {
        fees: order.fees.map(({ code, name, quantity, amount }) => ({
          code,
          name,
          amount,
          ...(quantity > 0 && { quantity }),
        })),
      }),
      by: FROM_FILE,
    },
    isDone: (view) => isSameOrder(order, view),
  };
}

function pay(order: PlannedOrder): Step {
  return {
    name: 'pay',
    order: order.id,
    requestId: `import/${order.id}/pay`,
    body: { amount: order.total, method: { provider: 'sandbox', token: 'ok' }, by: DERIVED },
    isDone: (view) => view.payment.status !== 'unpaid',
  };
}

function ship(order: PlannedOrder): Step {
  return {
    name: 'ship',
    order: order.id,
    requestId: `import/${order.id}/ship`,
    body: { by: DERIVED },
    isDone: (view) => view.lines.every((line) => line.shipped === line.ordered),
  };
}

function deliver(order: PlannedOrder): Step {
  return {
    name: 'deliver',
    order: order.id,
    requestId: `import/${order.id}/deliver`,
    body: { by: DERIVED },
    isDone: (view) => view.lines.every((line) => line.delivered === line.ordered),
  };
}

function confirm(order: PlannedOrder): Step {
  return {
    name: 'confirmReceipt',
    order: order.id,
    requestId: `import/${order.id}/confirm`,
    body: { by: DERIVED },
    isDone: (view) => view.completedAt !== null,
  };
}

function takeReturns(order: PlannedOrder, returns: readonly PlannedReturn[]): Step[] {
  const soFar = new Map<number, number>();
  return returns.map((each) => {
    for (const { line, quantity } of each.lines) soFar.set(line, (soFar.get(line) ?? 0) + quantity);
    // Returns of an order come one after the other, so what is back in all tells which of them were taken.
    const back = new Map(soFar);
    return {
      name: 'return',
      order: order.id,
      requestId: `${each.invoice}/${order.id}`,
      body: {
        lines: each.lines.map(({ line, quantity }) => ({ line, quantity, restock: true })),
        reason: `invoice ${each.invoice}`,
        by: FROM_FILE,
      },
      isDone: (view) => view.lines.every((line) => line.returned >= (back.get(line.line) ?? 0)),
    };
  });
}
