import type { OrderContext, Work } from './order-context.ts';
import type { OrderEvent } from './order-events.ts';

/** What listeners are told. The runtime adds the order and its version. */
export interface OrderAnnouncement {
  readonly type:
    | 'placed'
    | 'paid'
    | 'shipped'
    | 'delivered'
    | 'deliveryFailed'
    | 'completed'
    | 'canceled'
    | 'lineCanceled'
    | 'returned'
    | 'refunded'
    | 'transactionAborted';
  readonly change: Readonly<Record<string, unknown>>;
}

/** What to announce once some work is done. A cancellation of the whole order is announced by its life. */
export function announcementsOf(work: Work): readonly OrderAnnouncement[] {
  switch (work.operation) {
    case 'pay':
      return [{ type: 'paid', change: { amount: work.amount } }];
    case 'ship': {
      const { parcel, lines, carrier, tracking } = work;
      return [{ type: 'shipped', change: { parcel, lines, carrier, tracking } }];
    }
    case 'cancel':
      return [
        ...(work.whole ? [] : [announcement('lineCanceled', { lines: work.lines, reason: work.reason })]),
        ...refunded(work.refund, work.reason),
      ];
    case 'return':
      return [
        announcement('returned', { lines: work.lines, reason: work.reason }),
        ...refunded(work.refund, work.reason),
      ];
    case 'refund':
      return refunded(work.refund, work.reason);
  }
}

function announcement(type: OrderAnnouncement['type'], change: OrderAnnouncement['change']): OrderAnnouncement {
  return { type, change };
}

function refunded(amount: number, reason: string | null): readonly OrderAnnouncement[] {
  return amount === 0 ? [] : [announcement('refunded', { amount, reason })];
}

/** What to announce of a `deliver`: the parcels that arrived, or the attempt that failed. */
export function deliveryAnnouncement(before: OrderContext, event: OrderEvent): OrderAnnouncement {
  if (event.type !== 'deliver') throw new Error('Only a delivery is announced here');
  const parcels = before.parcels
    .filter(({ id, status }) => status === 'underWay' && (event.parcel === undefined || event.parcel === id))
    .map(({ id }) => id);
  if (event.failed === true || event.lost === true) {
    return announcement('deliveryFailed', { parcels, lost: event.lost === true, reason: event.reason ?? null });
  }
  return announcement('delivered', { parcels });
}
