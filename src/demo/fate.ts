import type { OrderView } from '../contracts/index.ts';
import { pick, type Random } from './random.ts';

/** What is going to happen to an order, decided when it is placed. */
export type Fate =
  | 'smooth'
  | 'declined'
  | 'changedMind'
  | 'canceledPaid'
  | 'soldOut'
  | 'severalParcels'
  | 'nobodyHome'
  | 'lostParcel'
  | 'comesBack'
  | 'goodwill'
  | 'paysLater';

/** All fates; a smooth one is as likely as three others. */
export const fates: readonly [Fate, ...Fate[]] = [
  ...(['smooth', 'smooth', 'smooth'] as const),
  ...(['declined', 'changedMind', 'canceledPaid', 'soldOut', 'severalParcels', 'nobodyHome'] as const),
  ...(['lostParcel', 'comesBack', 'goodwill', 'paysLater', 'paysLater'] as const),
];

/** Draws a fate. */
export function drawFate(random: Random): Fate {
  return pick(random, fates);
}

/** The next thing to do with an order. */
export type Move =
  | { readonly name: 'pay'; readonly token: 'ok' | 'declined' }
  | { readonly name: 'ship'; readonly lines?: { line: number; quantity: number }[] }
  | { readonly name: 'deliver'; readonly parcel: string; readonly how: 'arrived' | 'failed' | 'lost' }
  | { readonly name: 'confirmReceipt' }
  | { readonly name: 'cancel'; readonly reason: string }
  | { readonly name: 'return'; readonly line: number }
  | { readonly name: 'refund'; readonly amount: number };

/**
 * The next move for an order of this fate, read from its view; undefined when nothing is left to happen to it.
 *
 * @param refusals votes against the order's transactions so far, by code
 */
export function nextMove(fate: Fate, view: OrderView, refusals: readonly string[]): Move | undefined {
  if (view.status === 'canceled') return undefined;
  if (view.status === 'completed') return afterCompletion(fate, view);
  const nothingShipped = view.lines.every((line) => line.shipped === 0);
  if (nothingShipped && refusals.includes('INSUFFICIENT_STOCK')) return { name: 'cancel', reason: 'sold out' };
  if (view.payment.status === 'unpaid' && view.terms !== 'invoice') {
    if (fate === 'changedMind') return { name: 'cancel', reason: 'changed their mind' };
    const declines = fate === 'declined' && !refusals.includes('PAYMENT_DECLINED');
    return { name: 'pay', token: declines ? 'declined' : 'ok' };
  }
  if (fate === 'canceledPaid' && nothingShipped) return { name: 'cancel', reason: 'took too long' };
  return shipping(fate, view) ?? settling(view);
}

function shipping(fate: Fate, view: OrderView): Move | undefined {
  const parcels = view.fulfillment.parcels;
  const underWay = parcels.find((parcel) => parcel.status === 'underWay');
  if (underWay !== undefined) {
    const parcel = underWay.id;
    if (fate === 'nobodyHome' && underWay.attempts < 2) return { name: 'deliver', parcel, how: 'failed' };
    if (fate === 'lostParcel' && parcels.length === 1) return { name: 'deliver', parcel, how: 'lost' };
    return { name: 'deliver', parcel, how: 'arrived' };
  }
  const open = view.lines.flatMap(({ line, ordered, canceled, shipped }) =>
    ordered - canceled - shipped > 0 ? [{ line, quantity: ordered - canceled - shipped }] : [],
  );
  const [first] = open;
  if (first === undefined) return undefined;
  return fate === 'severalParcels' ? { name: 'ship', lines: [{ ...first, quantity: 1 }] } : { name: 'ship' };
}

/** Everything has arrived: the customer on account pays now, and everybody confirms. */
function settling(view: OrderView): Move | undefined {
  if (view.payment.outstanding > 0) return { name: 'pay', token: 'ok' };
  return view.next.includes('confirmReceipt') ? { name: 'confirmReceipt' } : undefined;
}

function afterCompletion(fate: Fate, view: OrderView): Move | undefined {
  const [line] = view.lines;
  if (fate === 'comesBack' && line !== undefined && line.returned === 0) return { name: 'return', line: line.line };
  const tenth = Math.floor(view.payment.captured / 10);
  if (fate === 'goodwill' && view.payment.refunded === 0 && tenth > 0) return { name: 'refund', amount: tenth };
  return undefined;
}
