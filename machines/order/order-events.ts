import type { Fee, LineQuantity, OrderSettings } from './order-context.ts';

/** When the event was taken (ms since 1970), stamped by the runtime, and who sent it. */
export interface Stamp {
  readonly at: number;
  readonly by?: string;
}

export interface NewLine {
  readonly sku: string;
  readonly name?: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

/** Commands, as api.md gives their bodies. */
export type OrderCommand = Stamp &
  (
    | {
        readonly type: 'place';
        readonly id: string;
        readonly customer: string;
        readonly currency: string;
        readonly digits: number;
        readonly terms?: 'prepaid' | 'invoice';
        readonly lines?: readonly NewLine[];
        readonly fees?: readonly Fee[];
        /** ms since 1970; the event's own time when absent. */
        readonly placedAt?: number;
        readonly shippingAddress?: Readonly<Record<string, unknown>>;
        readonly metadata?: Readonly<Record<string, unknown>>;
        readonly settings: OrderSettings;
      }
    | { readonly type: 'pay'; readonly amount?: number; readonly method?: Readonly<Record<string, unknown>> }
    | {
        readonly type: 'ship';
        readonly lines?: readonly LineQuantity[];
        readonly carrier?: string;
        readonly tracking?: string;
      }
    | {
        readonly type: 'deliver';
        readonly parcel?: string;
        readonly failed?: boolean;
        readonly lost?: boolean;
        readonly reason?: string;
      }
    | { readonly type: 'confirmReceipt' }
    | { readonly type: 'cancel'; readonly reason?: string; readonly lines?: readonly LineQuantity[] }
    | {
        readonly type: 'return';
        readonly lines?: readonly (LineQuantity & { readonly restock?: boolean })[];
        readonly reason?: string;
        readonly refund?: number;
      }
    | { readonly type: 'refund'; readonly amount?: number; readonly reason?: string }
    | {
        readonly type: 'amend';
        readonly shippingAddress?: Readonly<Record<string, unknown>>;
        readonly metadata?: Readonly<Record<string, unknown>>;
      }
    | { readonly type: 'note'; readonly text?: string }
  );

/** What the coordinator sends, and its answer to `begin`. */
export type OrderProtocolEvent = Stamp &
  (
    | { readonly type: 'commit'; readonly transaction: string }
    | {
        readonly type: 'abort';
        readonly transaction: string;
        readonly votes?: readonly Refused[];
      }
    | {
        readonly type: 'begin.answered';
        readonly ask: string;
        readonly outcome: 'undecided' | 'committed' | 'aborted';
        readonly votes?: readonly Refused[];
      }
  );

/** A vote that made a transaction abort. */
export interface Refused {
  readonly participant: string;
  readonly code: string;
  readonly reason: string;
}

export type OrderEvent = OrderCommand | OrderProtocolEvent;

export type OrderCommandName = OrderCommand['type'];

/** All commands, in the order in which they are listed to people. */
export const ORDER_COMMANDS: readonly OrderCommandName[] = [
  'amend',
  'cancel',
  'confirmReceipt',
  'deliver',
  'note',
  'pay',
  'place',
  'refund',
  'return',
  'ship',
];
