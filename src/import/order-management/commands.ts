import type { OrderView, ParcelView } from '../../contracts/index.ts';
import type { Step } from '../performance.ts';
import { DIGITS, feeOf, type LoggedOrder } from './log.ts';
import { type Action, DERIVED, FROM_LOG, lineOf } from './schedule.ts';

/** An action on an order; goods received are no order's. */
export type OrderAction = Exclude<Action, { do: 'receive' }>;

/**
 * The command for an action.
 *
 * @param parcel the id that the order gave to its part of the action's package when it was shipped; only deliveries
 * need it
 */
export function stepOf(action: OrderAction, parcel = ''): Step {
  const common = { order: action.order.id, requestId: `import/${action.id}` };
  switch (action.do) {
    case 'place': {
      const { customer, price } = action.order;
      const isDone = (view: OrderView): boolean => view.customer === customer && view.total === price;
      return { ...common, name: 'place', body: placeBody(action.order, action.time), isDone };
    }
    case 'pay': {
      const body = { amount: action.order.price, method: { provider: 'sandbox', token: 'ok' }, by: FROM_LOG };
      return { ...common, name: 'pay', body, isDone: (view) => view.payment.status !== 'unpaid' };
    }
    case 'note': {
      const isDone = (view: OrderView): boolean => view.notes.some((note) => note.text === action.text);
      return { ...common, name: 'note', body: { text: action.text, by: action.by }, isDone };
    }
    case 'shipMissing': {
      const lines = [{ line: lineOf(action.order, action.item), quantity: 1 }];
      return { ...common, name: 'ship', body: { lines, by: action.by }, isDone: () => false };
    }
    case 'ship': {
      const lines = action.items.map((item) => ({ line: lineOf(action.order, item), quantity: 1 }));
      const { id, shipper } = action.package;
      const body = { lines, carrier: shipper, tracking: id, by: FROM_LOG };
      return { ...common, name: 'ship', body, isDone: (view) => parcelOf(view, id) !== undefined };
    }
    case 'failDelivery': {
      const isDone = (view: OrderView): boolean => (parcelOf(view, action.package.id)?.attempts ?? 0) >= action.attempt;
      const body = { parcel, failed: true, reason: 'not delivered', by: action.package.shipper };
      return { ...common, name: 'deliver', body, isDone };
    }
    case 'deliver': {
      const isDone = (view: OrderView): boolean => parcelOf(view, action.package.id)?.status === 'delivered';
      return { ...common, name: 'deliver', body: { parcel, by: action.package.shipper }, isDone };
    }
    case 'confirmReceipt': {
      const isDone = (view: OrderView): boolean => view.completedAt !== null || !view.next.includes('confirmReceipt');
      return { ...common, name: 'confirmReceipt', body: { by: DERIVED }, isDone };
    }
  }
}

/** The order's parcel that is its part of a package: packages are told by their tracking number. */
export function parcelOf(view: OrderView, packageId: string): ParcelView | undefined {
  return view.fulfillment.parcels.find((each) => each.tracking === packageId);
}

function placeBody(order: LoggedOrder, placedAt: string) {
  return {
    customer: order.customer,
    currency: 'EUR',
    digits: DIGITS,
    terms: 'invoice' as const,
    placedAt,
    lines: order.items.map((item) => ({ sku: item.product, name: item.id, quantity: 1, unitPrice: item.price })),
    fees: [{ code: 'SHIPPING', amount: feeOf(order) }],
    by: FROM_LOG,
  };
}
