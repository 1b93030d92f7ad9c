import { count, object } from './context-shape.ts';
import { keyOf, type MachineDefinition, stateCounts } from './definition.ts';
import type { HeldBranch } from './participant/branch-log.ts';
import { type ParticipantContext, participantMachine, type Resource } from './participant/participant-machine.ts';
import { participantShape } from './participant/participant-shape.ts';

/** One article's shelf, in units. Always: 0 ≤ reserved ≤ onHand, and received = onHand + dispatched − restocked. */
export interface StockBook {
  readonly onHand: number;
  /** Held for orders, prepared holds included. Which order holds how much stands in the order (decision 0004). */
  readonly reserved: number;
  /**
   * Of what is reserved, what branches without a decision have set aside or are about to use: no other branch may
   * count on it. Always: 0 ≤ undecided ≤ reserved.
   */
  readonly undecided: number;
  readonly received: number;
  readonly dispatched: number;
  readonly restocked: number;
  /** Came back unfit for sale: never on hand again. */
  readonly writtenOff: number;
}

const EMPTY: StockBook = {
  onHand: 0,
  reserved: 0,
  undecided: 0,
  received: 0,
  dispatched: 0,
  restocked: 0,
  writtenOff: 0,
};

function quantityOf({ args }: Pick<HeldBranch, 'args'>): number {
  return Number(args.quantity);
}

/** How much of a dispatch the order has reserved before. */
function reservationOf({ args }: Pick<HeldBranch, 'args'>): number {
  return Number(args.fromReservation ?? 0);
}

/** What this branch counts among the undecided while it is held. */
function claimOf(branch: Pick<HeldBranch, 'operation' | 'args'>): number {
  return branch.operation === 'restock' || branch.operation === 'writeOff' ? 0 : quantityOf(branch);
}

function insufficient(asked: number, available: number) {
  return { code: 'INSUFFICIENT_STOCK', reason: `${asked} asked, ${available} available` };
}

const resource: Resource<StockBook> = {
  hold: (book, branch) => {
    const quantity = quantityOf(branch);
    const available = book.onHand - book.reserved;
    const decided = book.reserved - book.undecided;
    const undecided = book.undecided + claimOf(branch);
    if (!Number.isSafeInteger(quantity) || quantity <= 0) return insufficient(quantity, available);
    switch (branch.operation) {
      case 'reserve':
        if (quantity > available) return insufficient(quantity, available);
        return { ...book, undecided, reserved: book.reserved + quantity };
      case 'dispatch': {
        const own = reservationOf(branch);
        if (!Number.isSafeInteger(own) || own < 0 || own > quantity || own > decided) {
          return { code: 'RESERVATION_UNKNOWN', reason: `${own} are said to be reserved, ${decided} are` };
        }
        if (quantity - own > available) return insufficient(quantity - own, available);
        return { ...book, undecided, reserved: book.reserved + quantity - own };
      }
      case 'release':
        if (quantity > decided) {
          return { code: 'RESERVATION_UNKNOWN', reason: `${quantity} are to be released, ${decided} are reserved` };
        }
        return { ...book, undecided };
      case 'restock':
      case 'writeOff':
        if (!Number.isSafeInteger(book.onHand + book.writtenOff + quantity)) {
          return { code: 'TOO_MUCH_STOCK', reason: 'the sum is beyond what can be counted exactly' };
        }
        return { ...book };
      default:
        return { code: 'UNKNOWN_OPERATION', reason: `stock cannot ${branch.operation}` };
    }
  },
  apply: (book, branch) => {
    const quantity = quantityOf(branch);
    const undecided = book.undecided - claimOf(branch);
    switch (branch.operation) {
      case 'dispatch':
        return {
          ...book,
          undecided,
          onHand: book.onHand - quantity,
          reserved: book.reserved - quantity,
          dispatched: book.dispatched + quantity,
        };
      case 'release':
        return { ...book, undecided, reserved: book.reserved - quantity };
      case 'restock':
        return { ...book, onHand: book.onHand + quantity, restocked: book.restocked + quantity };
      case 'writeOff':
        return { ...book, writtenOff: book.writtenOff + quantity };
      default:
        // What was reserved by the vote stays reserved.
        return { ...book, undecided };
    }
  },
  undo: (book, branch) => {
    const quantity = quantityOf(branch);
    const undecided = book.undecided - claimOf(branch);
    if (branch.operation === 'reserve') return { ...book, undecided, reserved: book.reserved - quantity };
    if (branch.operation === 'dispatch') {
      return { ...book, undecided, reserved: book.reserved - quantity + reservationOf(branch) };
    }
    return { ...book, undecided };
  },
  announce: (before, after) =>
    before.onHand === after.onHand && before.reserved === after.reserved
      ? undefined
      : { type: 'changed', change: levels(after) },
  receive: {
    description: 'Goods have come in.',
    accepts: ({ onHand, received }, { quantity }) =>
      Number.isSafeInteger(quantity) &&
      Number(quantity) > 0 &&
      Number.isSafeInteger(onHand + Number(quantity)) &&
      Number.isSafeInteger(received + Number(quantity)),
    change: (book, { quantity }) => ({
      ...book,
      onHand: book.onHand + Number(quantity),
      received: book.received + Number(quantity),
    }),
  },
};

function levels({ onHand, reserved }: StockBook) {
  return { onHand, reserved, available: onHand - reserved };
}

/** One article. It holds amounts, not locks: orders for the same article do not wait for one another. */
export const stockMachine = participantMachine<StockBook>({
  id: 'stock',
  description: "An article's shelf: what is there, and what of it is promised to orders.",
  empty: EMPTY,
  resource,
});

/** Stock, as the runtime runs it. */
export const stockDefinition: MachineDefinition = {
  type: 'stock',
  machine: stockMachine,
  version: 1,
  contextShape: participantShape(
    object<StockBook>({
      onHand: count,
      reserved: count,
      undecided: count,
      received: count,
      dispatched: count,
      restocked: count,
      writtenOff: count,
    }),
  ),
  commands: ['receive'],
  view: ({ address, context }) => {
    const { book } = context as ParticipantContext<StockBook>;
    const { received, dispatched, restocked, writtenOff } = book;
    return { sku: keyOf(address), ...levels(book), totals: { received, dispatched, restocked, writtenOff } };
  },
  why: (guard) => (guard === 'mayReceive' ? { why: 'the sum would be beyond what can be counted exactly' } : undefined),
  facets: ({ value }) => ({
    counts: stateCounts(value),
    listing: { at: 0, tags: ['all'] },
  }),
  redact: (event) => event,
};
