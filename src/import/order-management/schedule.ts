import { type Arrival, type Arrivals, AT_THE_START, arrivalsOf } from './arrivals.ts';
import type { Item, LoggedEvent, LoggedOrder, OrderLog, Package } from './log.ts';

/** Something the replay does. `id` is unique and depends on the log alone. */
export type Action = { readonly id: string } & (
  | { readonly do: 'place' | 'pay' | 'confirmReceipt'; readonly order: LoggedOrder; readonly time: string }
  | { readonly do: 'note'; readonly order: LoggedOrder; readonly text: string; readonly by: string }
  | { readonly do: 'receive'; readonly product: string; readonly quantity: number; readonly by: string }
  /** A shipment that must be refused for lack of stock. */
  | { readonly do: 'shipMissing'; readonly order: LoggedOrder; readonly item: Item; readonly by: string }
  | { readonly do: 'ship'; readonly order: LoggedOrder; readonly package: Package; readonly items: readonly Item[] }
  | { readonly do: 'deliver'; readonly order: LoggedOrder; readonly package: Package }
  | { readonly do: 'failDelivery'; readonly order: LoggedOrder; readonly package: Package; readonly attempt: number }
);

/** Who does what the log does not tell of. */
export const DERIVED = 'import:derived';
/** Who does what stands in the log without a name. */
export const FROM_LOG = 'import';

/** The whole replay, in order of time. Pure. */
export function scheduleOf(log: OrderLog): Action[] {
  const orders = new Map(log.orders.map((order) => [order.id, order]));
  const arrivals = arrivalsOf(log);
  const scheduler = new Scheduler(orders);
  return [
    ...received(arrivals, AT_THE_START, 'start'),
    ...log.events.flatMap((event, position) => [
      ...scheduler.actionsOf(event),
      ...received(arrivals, position, `after_${event.id}`),
    ]),
  ];
}

/**
 * What an action must not overtake: everything earlier with a key in common. Orders share articles, so shipments and
 * receipts of an article keep their order; all else is a matter of one order.
 */
export function keysOf(action: Action): string[] {
  switch (action.do) {
    case 'receive':
      return [`stock/${action.product}`];
    case 'shipMissing':
      return [`order/${action.order.id}`, `stock/${action.item.product}`];
    case 'ship':
      return [`order/${action.order.id}`, ...new Set(action.items.map((item) => `stock/${item.product}`))];
    default:
      return [`order/${action.order.id}`];
  }
}

/** The number of an item's line in its order. */
export function lineOf(order: LoggedOrder, item: Item): number {
  return order.items.indexOf(item) + 1;
}

function received(arrivals: Arrivals, position: number, id: string): Action[] {
  return (arrivals.get(position) ?? []).map(({ product, quantity, reorder }: Arrival) => ({
    id: reorder?.id ?? id,
    do: 'receive',
    product,
    quantity,
    by: reorder?.employee ?? DERIVED,
  }));
}

class Scheduler {
  readonly #orders: ReadonlyMap<string, LoggedOrder>;
  readonly #undelivered: Map<string, number>;
  readonly #attempts = new Map<string, number>();

  constructor(orders: ReadonlyMap<string, LoggedOrder>) {
    this.#orders = orders;
    this.#undelivered = new Map([...orders.values()].map((order) => [order.id, order.items.length]));
  }

  actionsOf(event: LoggedEvent): Action[] {
    const { id } = event;
    switch (event.type) {
      case 'placed':
        return [{ id, do: 'place', order: event.order, time: event.time }];
      case 'paid':
        return [{ id, do: 'pay', order: event.order, time: event.time }];
      case 'confirmed':
        return [{ id, do: 'note', order: event.order, text: `order confirmed ${event.time}`, by: event.employee }];
      case 'reminded':
        return [{ id, do: 'note', order: event.order, text: `payment reminder ${event.time}`, by: FROM_LOG }];
      case 'outOfStock': {
        const order = this.#orders.get(event.item.order);
        return order === undefined ? [] : [{ id, do: 'shipMissing', order, item: event.item, by: event.employee }];
      }
      case 'reordered':
        // Its goods come in when arrivalsOf says.
        return [];
      case 'sent':
        return this.#perOrder(event.package, (order, items) => [
          { id, do: 'ship', order, package: event.package, items },
        ]);
      case 'deliveryFailed': {
        const attempt = (this.#attempts.get(event.package.id) ?? 0) + 1;
        this.#attempts.set(event.package.id, attempt);
        return this.#perOrder(event.package, (order) => [
          { id, do: 'failDelivery', order, package: event.package, attempt },
        ]);
      }
      case 'delivered':
        return this.#perOrder(event.package, (order, items) => this.#delivered(event, event.package, order, items));
    }
  }

  /** A package is one parcel for each order that it has pieces of. */
  #perOrder(parcel: Package, actions: (order: LoggedOrder, items: Item[]) => Action[]): Action[] {
    const ids = [...new Set(parcel.items.map((item) => item.order))];
    return ids.flatMap((id) => {
      const order = this.#orders.get(id);
      if (order === undefined) return [];
      return actions(
        order,
        parcel.items.filter((item) => item.order === id),
      );
    });
  }

  #delivered(event: LoggedEvent, parcel: Package, order: LoggedOrder, items: readonly Item[]): Action[] {
    const left = (this.#undelivered.get(order.id) ?? 0) - items.length;
    this.#undelivered.set(order.id, left);
    const deliver: Action = { id: event.id, do: 'deliver', order, package: parcel };
    if (left > 0) return [deliver];
    // The log has no receipts; a customer who has everything confirms it.
    return [deliver, { id: `receipt_${order.id}`, do: 'confirmReceipt', order, time: event.time }];
  }
}
