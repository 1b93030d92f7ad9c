import type { OrderContext } from '../../../machines/order/order-context.ts';
import { accepted } from '../../../runtime/refusal.ts';
import { isBusy } from '../../../runtime/statechart.ts';
import { type Actor, stateOf } from '../../../runtime/step.ts';
import { delayOf } from '../fixtures/scene.ts';
import { dueOf, failed } from './order-ledger.ts';

interface View {
  readonly status: string;
  readonly next: readonly string[];
  readonly state: Readonly<Record<'life' | 'payment' | 'fulfillment' | 'transaction', string>>;
  readonly payment: Readonly<Record<'due' | 'outstanding' | 'refundable', number>>;
}

/** Where an order's chart, what it shows and what is open of it do not fit its ledger. */
export function chartBreaches(actor: Actor): readonly string[] {
  const order = actor.snapshot.context as OrderContext;
  const view = actor.definition.view(stateOf(actor)) as View;
  const { life, payment, fulfillment, transaction } = view.state;
  return [
    ...failed('life', {
      [`${lifeOf(order)}, not ${life}`]: life === lifeOf(order),
      'completed means received and paid': order.completedAt === null || isComplete(order),
    }),
    ...failed('payment', {
      [`${paymentOf(order)}, not ${payment}`]: (payment === 'overdue' ? 'unpaid' : payment) === paymentOf(order),
      'overdue is canceled unless a transaction holds it':
        payment !== 'overdue' || order.transaction !== null || order.canceledAt !== null,
    }),
    ...failed('fulfillment', {
      [`${fulfillmentOf(order)}, not ${fulfillment}`]:
        (fulfillment === 'overdue' ? 'delivered' : fulfillment) === fulfillmentOf(order),
      'overdue counts as confirmed unless a transaction holds it':
        fulfillment !== 'overdue' || order.transaction !== null,
    }),
    ...failed('transaction', {
      'prepared, and only then, one holds the order': (transaction === 'prepared') === (order.transaction !== null),
      'busy, and only then, one holds the order': isBusy(actor.snapshot) === (order.transaction !== null),
      'only a held order keeps commands waiting': isBusy(actor.snapshot) || actor.record?.waiting.length === 0,
    }),
    ...failed('view', {
      [`status ${statusOf(order)}, not ${view.status}`]: view.status === statusOf(order),
      'next is what the chart takes':
        view.next.join() === accepted(actor.definition, actor.snapshot, actor.record?.at ?? 0).join(),
      due: view.payment.due === dueOf(order),
      outstanding: view.payment.outstanding === outstandingOf(order),
      refundable: view.payment.refundable === order.captured - order.refunded,
    }),
    ...openBreaches(actor, order, view),
  ];
}

/** Timers and asks stand where, and only where, the chart waits for them. */
function openBreaches(actor: Actor, order: OrderContext, { state }: View): readonly string[] {
  const timers = new Set(actor.record?.timers.map(({ id }) => delayOf(id)));
  const asks = actor.record?.asks.map(({ id }) => id) ?? [];
  const { paymentWindowMs, receiptWindowMs, returnWindowMs } = order.settings;
  const isHeld = order.transaction !== null;
  return failed('open', {
    'the time to pay runs while a prepaid order is unpaid':
      timers.has('paymentWindow') ===
      (state.payment === 'unpaid' && order.terms === 'prepaid' && paymentWindowMs !== null),
    'the time to confirm runs while it is delivered':
      timers.has('receiptWindow') === (state.fulfillment === 'delivered' && receiptWindowMs !== null),
    'the time to return runs while it is completed':
      timers.has('returnWindow') === (state.life === 'completed' && returnWindowMs !== null),
    'a held order will ask': timers.has('inquiryPause') === isHeld,
    'the coordinator is asked until it has answered':
      order.transaction === null ? asks.length === 0 : order.transaction.begun || asks.join() === 'begin',
  });
}

function openOf({ lines }: OrderContext): number {
  return lines.reduce((sum, { ordered, canceled, shipped }) => sum + ordered - canceled - shipped, 0);
}

function unitsOf({ lines }: OrderContext, column: 'shipped' | 'delivered'): number {
  return lines.reduce((sum, line) => sum + line[column], 0);
}

function outstandingOf(order: OrderContext): number {
  return Math.max(0, dueOf(order) - order.captured);
}

function lifeOf({ canceledAt, completedAt, closedAt }: OrderContext): string {
  if (canceledAt !== null) return 'canceled';
  if (closedAt !== null) return 'closed';
  return completedAt === null ? 'open' : 'completed';
}

function paymentOf({ paidAt, captured, refunded }: OrderContext): string {
  if (paidAt === null) return 'unpaid';
  if (refunded === 0) return 'paid';
  return refunded === captured ? 'refunded' : 'partiallyRefunded';
}

function fulfillmentOf(order: OrderContext): string {
  if (order.confirmedAt !== null) return 'confirmed';
  if (unitsOf(order, 'shipped') === 0) return 'unfulfilled';
  if (openOf(order) > 0) return 'partiallyShipped';
  return unitsOf(order, 'delivered') === unitsOf(order, 'shipped') ? 'delivered' : 'shipped';
}

function statusOf(order: OrderContext): string {
  if (order.canceledAt !== null) return 'canceled';
  if (order.completedAt !== null) return 'completed';
  if (unitsOf(order, 'shipped') > 0 && openOf(order) === 0) return 'shipped';
  return order.paidAt !== null && outstandingOf(order) === 0 ? 'paid' : 'pending';
}

function isComplete(order: OrderContext): boolean {
  if (outstandingOf(order) > 0) return false;
  if (order.lines.length === 0) return order.paidAt !== null;
  return (
    order.confirmedAt !== null &&
    openOf(order) === 0 &&
    unitsOf(order, 'delivered') === unitsOf(order, 'shipped') &&
    unitsOf(order, 'shipped') > 0
  );
}
