import { openTotal, openUnits, outstanding, refundable } from './ledger.ts';
import type { LineQuantity, OrderContext } from './order-context.ts';
import type { OrderCommandName, OrderEvent } from './order-events.ts';

/** Limits that keep an order's record small enough to be read and written at once. */
export const MAX_NOTES = 500;
export const MAX_PARCELS = 1_000;

interface Args {
  readonly context: OrderContext;
  readonly event: OrderEvent;
}

/** A guard of a command: what it tests and, when it says no, why, in words for the caller. */
export interface Requirement {
  readonly test: (args: Args) => boolean;
  readonly why: (args: Args) => string;
  /** The quantity or amount that would be accepted, where the guard is about one. */
  readonly accepted?: (args: Args) => number | undefined;
}

/**
 * What commands require, one fact each, tested on the ledger alone. The chart puts them together under the commands'
 * names, refusals quote them one by one. A command without its details (`{ type: 'ship' }`) asks whether any would do.
 */
export const requirements = {
  isNotCanceled: {
    test: ({ context }) => context.canceledAt === null,
    why: () => 'the order is canceled',
  },
  isNotCompleted: {
    test: ({ context }) => context.completedAt === null,
    why: () => 'the order is completed',
  },
  isNotClosed: {
    test: ({ context }) => context.closedAt === null,
    why: () => 'the order is closed for good: its return window is over',
  },
  isNotPaidYet: {
    test: ({ context }) => context.paidAt === null,
    why: () => 'the order has been paid',
  },
  amountIsOutstanding: {
    test: ({ context, event }) =>
      event.type !== 'pay' || event.amount === undefined || event.amount === outstanding(context),
    why: ({ context }) => `${outstanding(context)} is outstanding; one payment settles an order, parts are not taken`,
    accepted: ({ context }) => outstanding(context),
  },
  isPaidOrOnAccount: {
    test: ({ context }) => context.terms === 'invoice' || context.paidAt !== null,
    why: () => 'the order is prepaid and has not been paid',
  },
  somethingIsOpen: {
    test: ({ context }) => openTotal(context) > 0,
    why: () => 'no units are open: all are shipped or canceled',
  },
  linesAreOpen: {
    test: ({ context, event }) => linesOf(event).every((asked) => asked.quantity <= (openOf(context, asked.line) ?? 0)),
    why: ({ context, event }) => quantities(linesOf(event), (line) => openOf(context, line), 'open'),
    accepted: ({ context, event }) => mostOf(linesOf(event), (line) => openOf(context, line)),
  },
  nothingHasShipped: {
    test: ({ context, event }) => (event.type === 'cancel' && event.lines !== undefined) || context.sums.shipped === 0,
    why: ({ context }) => `${context.sums.shipped} units have shipped; name the open lines to cancel them`,
  },
  hasRoomForParcels: {
    test: ({ context }) => context.parcels.length < MAX_PARCELS,
    why: () => `an order has at most ${MAX_PARCELS} parcels`,
  },
  somethingIsUnderWay: {
    test: ({ context }) => context.parcels.some(({ status }) => status === 'underWay'),
    why: () => 'no parcel is under way',
  },
  parcelIsUnderWay: {
    test: ({ context, event }) =>
      event.type !== 'deliver' ||
      event.parcel === undefined ||
      context.parcels.some(({ id, status }) => id === event.parcel && status === 'underWay'),
    why: ({ context, event }) => parcelWhy(context, event),
  },
  nothingIsOpen: {
    test: ({ context }) => openTotal(context) === 0,
    why: ({ context }) => `${openTotal(context)} units are still to be shipped`,
  },
  everythingIsDelivered: {
    test: ({ context }) => context.sums.shipped > 0 && context.sums.delivered === context.sums.shipped,
    why: ({ context }) =>
      context.sums.shipped === 0
        ? 'nothing has been shipped'
        : `${context.sums.shipped - context.sums.delivered} shipped units are not delivered yet`,
  },
  isNotConfirmed: {
    test: ({ context }) => context.confirmedAt === null,
    why: () => 'the receipt has been confirmed',
  },
  somethingIsReturnable: {
    test: ({ context }) => context.sums.delivered > context.sums.returned,
    why: () => 'no delivered units are left to return',
  },
  linesWereDelivered: {
    test: ({ context, event }) =>
      linesOf(event).every((asked) => asked.quantity <= (returnableOf(context, asked.line) ?? 0)),
    why: ({ context, event }) => quantities(linesOf(event), (line) => returnableOf(context, line), 'returnable'),
    accepted: ({ context, event }) => mostOf(linesOf(event), (line) => returnableOf(context, line)),
  },
  isRefundable: {
    test: ({ context, event }) => {
      if (event.type === 'refund') return isBetween(1, event.amount ?? 1, refundable(context));
      return event.type !== 'return' || event.refund === undefined || isBetween(0, event.refund, refundable(context));
    },
    why: ({ context }) => `${refundable(context)} can be paid back at most`,
    accepted: ({ context }) => refundable(context),
  },
  somethingIsToBeShipped: {
    test: ({ context }) => context.sums.shipped === 0 || openTotal(context) > 0,
    why: () => 'everything has shipped',
  },
  hasRoomForNotes: {
    test: ({ context }) => context.notes.length < MAX_NOTES,
    why: () => `an order has at most ${MAX_NOTES} notes`,
  },
} as const satisfies Record<string, Requirement>;

export type RequirementName = keyof typeof requirements;

/** What each command requires. The chart's guards are made of this table, and so is the list of what is accepted. */
export const required = {
  pay: ['isNotCanceled', 'isNotCompleted', 'isNotPaidYet', 'amountIsOutstanding'],
  ship: ['isNotCanceled', 'isPaidOrOnAccount', 'somethingIsOpen', 'linesAreOpen', 'hasRoomForParcels'],
  deliver: ['somethingIsUnderWay', 'parcelIsUnderWay'],
  confirmReceipt: ['nothingIsOpen', 'everythingIsDelivered', 'isNotConfirmed'],
  cancel: ['isNotCanceled', 'isNotCompleted', 'nothingHasShipped', 'linesAreOpen'],
  return: ['isNotClosed', 'somethingIsReturnable', 'linesWereDelivered', 'isRefundable'],
  refund: ['isNotClosed', 'isRefundable'],
  amend: ['isNotCanceled', 'isNotCompleted', 'somethingIsToBeShipped'],
  note: ['hasRoomForNotes'],
} as const satisfies Record<Exclude<OrderCommandName, 'place'>, readonly RequirementName[]>;

/** Whether an order that no transaction holds would take a command. */
export function meets(args: Args, command: keyof typeof required): boolean {
  return required[command].every((name) => requirements[name].test(args));
}

const NONE: readonly LineQuantity[] = [];

/**
 * What is asked of each line. A quantity that is no count of units, or a line that is named twice, asks for more than
 * there can be: the ledger and the plan of work take each line once (api.md, "Money, ids, limits").
 */
function linesOf(event: OrderEvent): readonly LineQuantity[] {
  if (event.type !== 'ship' && event.type !== 'cancel' && event.type !== 'return') return NONE;
  if (event.lines === undefined) return NONE;
  const asked = new Map<number, number>();
  for (const { line, quantity } of event.lines) {
    const isCount = Number.isSafeInteger(quantity) && quantity > 0 && !asked.has(line);
    asked.set(line, isCount ? quantity : Number.POSITIVE_INFINITY);
  }
  return [...asked].map(([line, quantity]) => ({ line, quantity }));
}

/** `null` for a line that the order does not have. */
function openOf(context: OrderContext, line: number): number | null {
  const known = context.lines[line - 1];
  return known === undefined ? null : openUnits(known);
}

function returnableOf(context: OrderContext, line: number): number | null {
  const known = context.lines[line - 1];
  return known === undefined ? null : known.delivered - known.returned;
}

type Limit = (line: number) => number | null;

/** Says, line by line, what was asked and what would be accepted. */
function quantities(asked: readonly LineQuantity[], limit: Limit, word: string): string {
  return asked
    .flatMap(({ line, quantity }) => {
      const most = limit(line);
      if (most === null) return [`line ${line} is unknown`];
      if (!Number.isFinite(quantity)) return [`line ${line}: name it once, with a count of units; ${most} ${word}`];
      return quantity > most ? [`line ${line}: ${quantity} asked, ${most} ${word}`] : [];
    })
    .join('; ');
}

/** What the first line that asks too much could have. */
function mostOf(asked: readonly LineQuantity[], limit: Limit): number | undefined {
  const tooMuch = asked.find(({ line, quantity }) => quantity > (limit(line) ?? 0));
  return tooMuch === undefined ? undefined : (limit(tooMuch.line) ?? 0);
}

function parcelWhy(context: OrderContext, event: OrderEvent): string {
  const asked = event.type === 'deliver' ? event.parcel : undefined;
  const parcel = context.parcels.find(({ id }) => id === asked);
  return parcel === undefined ? `parcel ${asked} is unknown` : `parcel ${parcel.id} is ${parcel.status}`;
}

function isBetween(least: number, amount: number, most: number): boolean {
  return Number.isSafeInteger(amount) && amount >= least && amount <= most;
}
