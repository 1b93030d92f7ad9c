import type { Line, OrderContext } from '../../../machines/order/order-context.ts';
import type { ParticipantContext } from '../../../machines/participant/participant-machine.ts';
import type { PaymentBook } from '../../../machines/payment.ts';
import type { ShipmentBook } from '../../../machines/shipment.ts';
import type { StockBook } from '../../../machines/stock.ts';
import { typeOf } from '../../../runtime/address.ts';
import { failed } from '../invariants/order-ledger.ts';
import type { World } from './world.ts';

/** What is still open once the network works again and everybody has had the time. */
export function unsettled({ actors }: World): readonly string[] {
  return actors.flatMap(({ address, record, snapshot }) => {
    if (record === null) return [];
    const state = typeOf(address) === 'transaction' ? String(snapshot.value) : '';
    const { held = [], transaction } = snapshot.context as { held?: readonly unknown[]; transaction?: unknown };
    return failed(address, {
      'asks nothing any more': record.asks.length === 0,
      'keeps no command waiting': record.waiting.length === 0,
      'holds no branch': held.length === 0,
      'is held by no transaction': (transaction ?? null) === null,
      [`has ended, not ${state}`]: !['preparing', 'committing', 'aborting'].includes(state),
    });
  });
}

/** Where money and goods of all actors together do not add up, once nothing is under way. */
export function discords(world: World): readonly string[] {
  const orders = contexts<OrderContext>(world, 'order');
  return [
    ...orders.flatMap((order) => orderDiscords(world, order)),
    ...world.actors
      .filter(({ address }) => typeOf(address) === 'stock')
      .flatMap(({ snapshot, address }) => {
        const { book } = snapshot.context as ParticipantContext<StockBook>;
        const lines = orders.flatMap((order) => order.lines).filter(({ sku }) => address === `stock/${sku}`);
        const total = (of: (line: Line) => number) => lines.reduce((sum, line) => sum + of(line), 0);
        const lost = orders
          .flatMap((order) =>
            order.parcels.filter(({ status }) => status === 'lost').map((parcel) => ({ order, parcel })),
          )
          .flatMap(({ order, parcel }) =>
            parcel.lines.map(({ line, quantity }) => ({ of: order.lines[line - 1], quantity })),
          )
          .reduce((sum, { of, quantity }) => sum + (address === `stock/${of?.sku}` ? quantity : 0), 0);
        return failed(address, {
          'holds what orders have reserved':
            book.reserved === total(({ reserved }) => reserved) && book.undecided === 0,
          'has dispatched what orders have shipped': book.dispatched === total(({ shipped }) => shipped) + lost,
          'has got back what orders have returned':
            book.restocked + book.writtenOff === total(({ returned }) => returned),
          'has what came in and is not away': book.received === book.onHand + book.dispatched - book.restocked,
          'has nothing below 0': book.reserved >= 0 && book.reserved <= book.onHand,
        });
      }),
  ];
}

function orderDiscords(world: World, order: OrderContext): readonly string[] {
  const payment = (world.actor('payment', order.id).snapshot.context as ParticipantContext<PaymentBook>).book;
  const shipment = (world.actor('shipment', order.id).snapshot.context as ParticipantContext<ShipmentBook>).book;
  return failed(order.id, {
    'has captured what its payment has': payment.captured === order.captured,
    'has refunded what its payment has': payment.refunded === order.refunded,
    'has nothing left authorized': payment.authorized === 0 && payment.refunding === 0,
    'has the parcels that its carrier has':
      shipment.parcels.map(({ parcel }) => parcel).join() === order.parcels.map(({ id }) => id).join(),
  });
}

export function contexts<T>({ actors }: World, type: string): readonly T[] {
  return actors.filter(({ address }) => typeOf(address) === type).map(({ snapshot }) => snapshot.context as T);
}
