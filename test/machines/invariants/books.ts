import { isDeepStrictEqual } from 'node:util';
import type { PaymentBook } from '../../../machines/payment.ts';
import type { ShipmentBook } from '../../../machines/shipment.ts';
import type { StockBook } from '../../../machines/stock.ts';
import type { BranchFixture } from '../fixtures/branch.ts';
import { failed } from './order-ledger.ts';
import type { ParticipantModel } from './participant-model.ts';

/** Where an account is not the sum of the branches that were applied and are held. */
export function paymentBreaches(book: PaymentBook, model: ParticipantModel): readonly string[] {
  const held = model.of('held');
  const applied = model.of('committed');
  return failed('payment', {
    'refunded and refunding ≤ captured': book.refunded + book.refunding <= book.captured,
    'authorized ≥ 0 and refunding ≥ 0': book.authorized >= 0 && book.refunding >= 0,
    'authorized is what is held of charges': book.authorized === sum(held, 'charge', 'amount'),
    'refunding is what is held of refunds': book.refunding === sum(held, 'refund', 'amount'),
    'captured is what was applied of charges': book.captured === sum(applied, 'charge', 'amount'),
    'refunded is what was applied of refunds': book.refunded === sum(applied, 'refund', 'amount'),
    'each is entered once': isDeepStrictEqual(
      book.entries.map(({ transaction }) => transaction).sort(),
      applied.map(({ transaction }) => transaction).sort(),
    ),
  });
}

/** Where a shelf is not the sum of what came in and of the branches that were applied and are held. */
export function stockBreaches(book: StockBook, model: ParticipantModel): readonly string[] {
  const held = model.of('held');
  const applied = model.of('committed');
  const { onHand, reserved, undecided, received, dispatched, restocked, writtenOff } = book;
  const beyondReservation = sum(held, 'dispatch', 'quantity') - sum(held, 'dispatch', 'fromReservation');
  const spent = sum(applied, 'release', 'quantity') + sum(applied, 'dispatch', 'fromReservation');
  return failed('stock', {
    '0 ≤ undecided ≤ reserved ≤ on hand': undecided >= 0 && undecided <= reserved && reserved <= onHand,
    'undecided is what is held of reservations and their use':
      undecided === ['reserve', 'dispatch', 'release'].reduce((all, one) => all + sum(held, one, 'quantity'), 0),
    'received = on hand + dispatched − restocked': received === onHand + dispatched - restocked,
    'dispatched once each': dispatched === sum(applied, 'dispatch', 'quantity'),
    'restocked once each': restocked === sum(applied, 'restock', 'quantity'),
    'written off once each': writtenOff === sum(applied, 'writeOff', 'quantity'),
    'reserved is what is held and what was reserved and not yet used':
      reserved === sum([...held, ...applied], 'reserve', 'quantity') + beyondReservation - spent,
  });
}

/** Where an order's parcels are not those that were applied. */
export function shipmentBreaches(book: ShipmentBook, model: ParticipantModel): readonly string[] {
  return failed('shipment', {
    'each parcel is handed over once': isDeepStrictEqual(
      book.parcels.map(({ transaction }) => transaction).sort(),
      model
        .of('committed')
        .map(({ transaction }) => transaction)
        .sort(),
    ),
    'no parcel twice': new Set(book.parcels.map(({ parcel }) => parcel)).size === book.parcels.length,
  });
}

function sum(branches: readonly BranchFixture[], operation: string, field: string): number {
  return branches
    .filter((branch) => branch.operation === operation)
    .reduce((total, { args }) => total + Number(args[field] ?? 0), 0);
}
