import { and, setup, stateIn } from 'xstate';
import { effects } from '../effects.ts';
import { applied, openTotal, outstanding } from './ledger.ts';
import { announcementsOf, deliveryAnnouncement, type OrderAnnouncement } from './order-announcements.ts';
import { abortOf, beginOf, delivered, expired, numberOf, placed, prepared, votesOf } from './order-changes.ts';
import type { OrderContext } from './order-context.ts';
import type { OrderEvent } from './order-events.ts';
import { type RequirementName, required, requirements } from './order-guards.ts';
import { doneAlone, needsNobody, type Transactional, workOf } from './plan.ts';

type Guard = (args: { context: OrderContext; event: OrderEvent }) => boolean;
const requirementGuards = Object.fromEntries(
  Object.entries(requirements).map(([name, { test }]) => [name, test]),
) as Record<RequirementName, Guard>;

/** How long after a transaction's deadline an order that has heard nothing asks its coordinator again, in ms. */
export const INQUIRY_PAUSE_MS = 5_000;

function isTransactional(event: OrderEvent): event is Extract<OrderEvent, Transactional> {
  return ['pay', 'ship', 'cancel', 'return', 'refund'].includes(event.type);
}

const base = setup({
  types: {} as { context: OrderContext; events: OrderEvent; emitted: OrderAnnouncement; tags: 'busy' },
  actions: effects,
});

const order = base.extend({
  guards: {
    ...requirementGuards,
    needsNobody: ({ context, event }) => isTransactional(event) && needsNobody(context, event),

    isUnlocked: ({ context }) => context.transaction === null,
    isThisTransaction: ({ context, event }) =>
      (event.type === 'commit' || event.type === 'abort') && event.transaction === context.transaction?.id,
    /** A repeat of an outcome that the order has taken in. One that differs from it is refused, for all to see. */
    isPastOutcome: ({ context, event }) => {
      if (event.type !== 'commit' && event.type !== 'abort') return false;
      const number = numberOf(context, event.transaction);
      if (number === undefined || number > context.transactions) return false;
      if (event.transaction === context.transaction?.id) return false;
      const { lastTransaction } = context;
      const outcome = event.type === 'commit' ? 'committed' : 'aborted';
      return lastTransaction?.id !== event.transaction || lastTransaction.outcome === outcome;
    },
    saysCommitted: ({ event }) => event.type === 'begin.answered' && event.outcome === 'committed',
    saysAborted: ({ event }) => event.type === 'begin.answered' && event.outcome === 'aborted',
    saysUndecided: ({ event }) => event.type === 'begin.answered' && event.outcome === 'undecided',

    isPaid: ({ context }) => context.paidAt !== null,
    isUnpaid: ({ context }) => context.paidAt === null,
    isRefundedInPart: ({ context }) => context.refunded > 0 && context.refunded < context.captured,
    isRefundedWhole: ({ context }) => context.refunded > 0 && context.refunded === context.captured,

    nothingIsShipped: ({ context }) => context.sums.shipped === 0,
    isShippedInPart: ({ context }) => context.sums.shipped > 0 && openTotal(context) > 0,
    isOnItsWay: ({ context }) =>
      openTotal(context) === 0 && context.sums.shipped > 0 && context.sums.delivered < context.sums.shipped,
    isDelivered: ({ context }) =>
      openTotal(context) === 0 && context.sums.shipped > 0 && context.sums.delivered === context.sums.shipped,
    isConfirmed: ({ context }) => context.confirmedAt !== null,

    isCanceledWhole: ({ context }) => context.canceledAt !== null,
    isSettledAndReceived: ({ context }) =>
      context.canceledAt === null &&
      outstanding(context) === 0 &&
      (context.lines.length > 0 ? context.confirmedAt !== null : context.paidAt !== null),
  },
  actions: {
    recordOrder: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'place') return;
      const next = placed(context, event);
      enqueue.assign(() => next);
      const { id, customer, currency, digits, terms, total } = next;
      enqueue.emit({ type: 'placed', change: { id, customer, currency, digits, terms, total } });
    }),
    doAlone: base.enqueueActions(({ context, event, enqueue }) => {
      if (!isTransactional(event)) return;
      const work = workOf(context, event);
      enqueue.assign(() => doneAlone(context, event));
      for (const announcement of announcementsOf(work)) enqueue.emit(announcement);
    }),
    begin: base.enqueueActions(({ context, event, enqueue }) => {
      if (!isTransactional(event)) return;
      const { context: next, begin, coordinator } = prepared(context, event);
      enqueue.assign(() => next);
      enqueue({ type: 'ask', params: { id: 'begin', to: coordinator, event: begin } });
    }),
    inquireAgain: base.enqueueActions(({ context, enqueue }) => {
      // Until the coordinator has answered once, the first begin, with its branches, is still being repeated.
      if (context.transaction === null || !context.transaction.begun) return;
      const event = beginOf(context, context.transaction, []);
      enqueue({ type: 'ask', params: { id: 'begin', to: `transaction/${context.transaction.id}`, event } });
    }),
    noteUndecided: base.assign(({ context }) => ({
      transaction: context.transaction === null ? null : { ...context.transaction, begun: true },
    })),
    doWork: base.enqueueActions(({ context, event, enqueue }) => {
      if (context.transaction === null) return;
      const { id, work } = context.transaction;
      enqueue.assign({
        ...applied(context, work, event.at),
        transaction: null,
        lastTransaction: { id, operation: work.operation, outcome: 'committed' },
      });
      enqueue.cancel('begin');
      for (const announcement of announcementsOf(work)) enqueue.emit(announcement);
    }),
    undoWork: base.enqueueActions(({ context, event, enqueue }) => {
      if (context.transaction === null) return;
      const { outcome, error } = abortOf(context.transaction, votesOf(event));
      enqueue.assign({ transaction: null, lastTransaction: outcome });
      enqueue.cancel('begin');
      enqueue({ type: 'settle', params: error });
      enqueue.emit({ type: 'transactionAborted', change: { ...outcome, votes: error.details.votes } });
    }),
    replyDone: base.enqueueActions(({ enqueue }) => {
      enqueue({ type: 'reply', params: { done: true } });
    }),
    recordDelivery: base.enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'deliver') return;
      enqueue.assign(() => delivered(context, event));
      enqueue.emit(deliveryAnnouncement(context, event));
    }),
    recordReceipt: base.assign(({ event }) => ({ confirmedAt: event.at })),
    recordAmendment: base.assign(({ context, event }) => {
      if (event.type !== 'amend') return {};
      return {
        shippingAddress: event.shippingAddress ?? context.shippingAddress,
        metadata: event.metadata ?? context.metadata,
      };
    }),
    recordNote: base.assign(({ context, event }) => {
      if (event.type !== 'note') return {};
      return { notes: [...context.notes, { at: event.at, by: event.by ?? null, text: event.text ?? '' }] };
    }),
    recordExpiry: base.assign(({ context, event }) => expired(context, event.at)),
    announceCanceled: base.emit(({ context }) => ({
      type: 'canceled' as const,
      change: { reason: context.cancelReason, refunded: context.refunded },
    })),
    recordCompletion: base.assign(({ event }) => ({ completedAt: event.at })),
    announceCompleted: base.emit(() => ({ type: 'completed' as const, change: {} })),
    recordClosing: base.assign(({ event }) => ({ closedAt: event.at })),
  },
  delays: {
    paymentWindow: ({ context }) =>
      context.terms === 'invoice'
        ? Number.POSITIVE_INFINITY
        : (context.settings.paymentWindowMs ?? Number.POSITIVE_INFINITY),
    receiptWindow: ({ context }) => context.settings.receiptWindowMs ?? Number.POSITIVE_INFINITY,
    returnWindow: ({ context }) => context.settings.returnWindowMs ?? Number.POSITIVE_INFINITY,
    inquiryPause: ({ context, event }) =>
      Math.max(0, (context.transaction?.deadline ?? event.at) - event.at) + INQUIRY_PAUSE_MS,
  },
});

const commands = order.extend({
  guards: {
    mayPay: and(required.pay),
    mayShip: and(required.ship),
    mayDeliver: and(required.deliver),
    mayConfirm: and(required.confirmReceipt),
    mayCancel: and(required.cancel),
    mayReturn: and(required.return),
    mayRefund: and(required.refund),
    mayAmend: and(required.amend),
    mayNote: and(required.note),
    isExpired: and([stateIn({ payment: 'overdue' }), 'isUnpaid', 'isUnlocked', 'isNotCanceled']),
    isComplete: and(['isSettledAndReceived', 'isUnlocked']),
  },
});

/** Everything that the order's chart calls by name: guards, actions and delays. */
export const orderSetup = commands.extend({
  guards: {
    mayPayAlone: and(['mayPay', 'needsNobody']),
    mayCancelAlone: and(['mayCancel', 'needsNobody']),
    mayReturnAlone: and(['mayReturn', 'needsNobody']),
  },
});
