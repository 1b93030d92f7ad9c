/** An order's line with its ledger, in units. Always: shipped ≤ ordered − canceled, returned ≤ delivered ≤ shipped. */
export interface Line {
  /** 1 for the first. */
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  /** In units of 10^-digits of the order's currency, like every amount here. */
  readonly unitPrice: number;
  readonly ordered: number;
  readonly canceled: number;
  /** Held for this order by the stock. */
  readonly reserved: number;
  /** On its way or delivered; a lost parcel's units are taken out again. */
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
}

/** A charge that is no goods: postage, a discount (negative). Its amount is for all of it. */
export interface Fee {
  readonly code: string;
  readonly amount: number;
  readonly name?: string;
  readonly quantity?: number;
}

export interface LineQuantity {
  readonly line: number;
  readonly quantity: number;
}

export interface ReturnedLine extends LineQuantity {
  /** Back on the shelf; false: written off. */
  readonly restock: boolean;
}

export interface Parcel {
  readonly id: string;
  readonly status: 'underWay' | 'delivered' | 'lost';
  readonly lines: readonly LineQuantity[];
  readonly carrier: string | null;
  readonly tracking: string | null;
  /** Times are in ms since 1970. */
  readonly shippedAt: number;
  readonly deliveredAt: number | null;
  /** Failed attempts to deliver it. */
  readonly attempts: number;
}

export interface Note {
  readonly at: number;
  readonly by: string | null;
  readonly text: string;
}

/** What a transaction will change in the order when it commits. */
export type Work =
  | { readonly operation: 'pay'; readonly amount: number; readonly reserve: readonly LineQuantity[] }
  | {
      readonly operation: 'ship';
      readonly parcel: string;
      readonly lines: readonly LineQuantity[];
      /** How much of each line comes out of the order's own reservation. */
      readonly fromReservation: readonly LineQuantity[];
      readonly carrier: string | null;
      readonly tracking: string | null;
    }
  | {
      readonly operation: 'cancel';
      /** The whole order is canceled by it, fees and all. */
      readonly whole: boolean;
      readonly lines: readonly LineQuantity[];
      readonly release: readonly LineQuantity[];
      readonly refund: number;
      readonly reason: string | null;
    }
  | {
      readonly operation: 'return';
      readonly lines: readonly ReturnedLine[];
      readonly refund: number;
      readonly reason: string | null;
    }
  | { readonly operation: 'refund'; readonly refund: number; readonly reason: string | null };

export type Operation = Work['operation'];

/** One participant's part in a transaction, as the order asks for it. `args` may hold secrets: never kept. */
export interface BranchRequest {
  /** `payment/SO-1001`, `stock/85123A`, `service:psp` */
  readonly participant: string;
  /** Unique in its transaction: `payment`, `stock/85123A`, `shipment/P1`. */
  readonly branch: string;
  readonly operation: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Until when it may vote (ms since 1970). */
  readonly deadline: number;
}

/** The transaction that holds the order. */
export interface PendingTransaction {
  readonly id: string;
  readonly deadline: number;
  readonly work: Work;
  /** The coordinator has said that it knows of it. */
  readonly begun: boolean;
}

export interface TransactionOutcome {
  readonly id: string;
  readonly operation: Operation;
  readonly outcome: 'committed' | 'aborted';
  readonly code?: string;
  readonly reason?: string;
}

/** Settings copied into the order when it is placed, so that a replay does not depend on today's. In ms. */
export interface OrderSettings {
  readonly paymentWindowMs: number | null;
  readonly receiptWindowMs: number | null;
  readonly returnWindowMs: number | null;
  /** How long a participant that is a service may take to vote. */
  readonly prepareTimeoutMs: number;
  /** How long an ended transaction is remembered. */
  readonly retentionMs: number;
  /** Outside services in the place of built-in participants, e.g. `{ payment: 'service:psp' }`. */
  readonly participants: Readonly<Partial<Record<ParticipantRole, string>>>;
}

export type ParticipantRole = 'payment' | 'stock' | 'shipment';

export interface Sums {
  /** Units over all lines. */
  readonly ordered: number;
  readonly canceled: number;
  readonly reserved: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
  /** Amounts. */
  readonly canceledValue: number;
  readonly returnedValue: number;
}

export interface OrderContext {
  readonly id: string;
  readonly customer: string;
  readonly currency: string;
  readonly digits: number;
  /** Customers on account (`invoice`) may be shipped to before they pay. */
  readonly terms: 'prepaid' | 'invoice';
  readonly placedAt: number;
  readonly lines: readonly Line[];
  readonly fees: readonly Fee[];
  /** Everything that was ordered, fees included; never changes. */
  readonly total: number;
  readonly waivedFees: number;
  readonly captured: number;
  readonly refunded: number;
  /** The ledgers of all lines added up, so that guards need not. */
  readonly sums: Sums;
  readonly parcels: readonly Parcel[];
  readonly notes: readonly Note[];
  readonly shippingAddress: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly paidAt: number | null;
  readonly confirmedAt: number | null;
  readonly completedAt: number | null;
  readonly canceledAt: number | null;
  readonly cancelReason: string | null;
  readonly closedAt: number | null;
  /** How many transactions this order has begun; the newest one's number. */
  readonly transactions: number;
  readonly transaction: PendingTransaction | null;
  readonly lastTransaction: TransactionOutcome | null;
  readonly settings: OrderSettings;
}

/** An order before it is placed. */
export const NO_ORDER: OrderContext = {
  id: '',
  customer: '',
  currency: '',
  digits: 2,
  terms: 'prepaid',
  placedAt: 0,
  lines: [],
  fees: [],
  total: 0,
  waivedFees: 0,
  captured: 0,
  refunded: 0,
  sums: {
    ordered: 0,
    canceled: 0,
    reserved: 0,
    shipped: 0,
    delivered: 0,
    returned: 0,
    canceledValue: 0,
    returnedValue: 0,
  },
  parcels: [],
  notes: [],
  shippingAddress: {},
  metadata: {},
  paidAt: null,
  confirmedAt: null,
  completedAt: null,
  canceledAt: null,
  cancelReason: null,
  closedAt: null,
  transactions: 0,
  transaction: null,
  lastTransaction: null,
  settings: {
    paymentWindowMs: null,
    receiptWindowMs: null,
    returnWindowMs: null,
    prepareTimeoutMs: 10_000,
    retentionMs: 86_400_000,
    participants: {},
  },
};
