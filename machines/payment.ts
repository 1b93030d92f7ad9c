import { count, listOf, nullable, object, oneOf, text } from './context-shape.ts';
import { iso, keyOf, type MachineDefinition, stateCounts } from './definition.ts';
import type { HeldBranch } from './participant/branch-log.ts';
import { type ParticipantContext, participantMachine, type Resource } from './participant/participant-machine.ts';
import { participantShape } from './participant/participant-shape.ts';

export interface PaymentEntry {
  readonly kind: 'charge' | 'refund';
  readonly amount: number;
  /** ms since 1970 */
  readonly at: number;
  readonly transaction: string;
  readonly reason: string | null;
}

/** One order's account. Amounts are in units of 10^-digits of the order's currency. */
export interface PaymentBook {
  /** Authorized and neither captured nor voided yet. */
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  /** Set aside for refunds that are being decided. */
  readonly refunding: number;
  readonly entries: readonly PaymentEntry[];
}

const EMPTY: PaymentBook = { authorized: 0, captured: 0, refunded: 0, refunding: 0, entries: [] };

function amountOf({ args }: Pick<HeldBranch, 'args'>): number {
  return Number(args.amount);
}

/** The token of the built-in provider: what a charge is to come out as. Without a method, the money is simply there. */
function tokenOf(args: Readonly<Record<string, unknown>>): { readonly provider: string; readonly token: string } {
  const method = (args.method ?? {}) as { provider?: unknown; token?: unknown };
  return { provider: String(method.provider ?? 'sandbox'), token: String(method.token ?? 'ok') };
}

/** The secret of a payment is gone once the vote is given: neither the book nor the journal holds it. */
function withoutMethod(args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { method: _method, ...rest } = args;
  return rest;
}

function declined(reason: string) {
  return { code: 'PAYMENT_DECLINED', reason };
}

/** Whether the ledger names a transaction: then its branch here has been committed. */
export function hasEntryOf(book: PaymentBook, transaction: string): boolean {
  return book.entries.some((entry) => entry.transaction === transaction);
}

const resource: Resource<PaymentBook> = {
  hold: (book, branch) => {
    const amount = amountOf(branch);
    if (!Number.isSafeInteger(amount) || amount <= 0) return declined(`${branch.args.amount} is no amount`);
    if (branch.operation === 'charge') {
      const { provider, token } = tokenOf(branch.args);
      if (provider !== 'sandbox')
        return declined(`the payment provider ${provider} is not set up here; there is sandbox`);
      if (token === 'declined') return declined('the sandbox was told to decline');
      // The token itself is a secret: the reason of a vote is kept and announced.
      if (token !== 'ok') return declined('the sandbox does not know this token; it knows ok, declined, silent');
      return { ...book, authorized: book.authorized + amount };
    }
    if (branch.operation === 'refund') {
      const most = book.captured - book.refunded - book.refunding;
      if (amount > most)
        return { code: 'REFUND_EXCEEDS_CAPTURED', reason: `${amount} asked, ${most} captured and not paid back` };
      return { ...book, refunding: book.refunding + amount };
    }
    return { code: 'UNKNOWN_OPERATION', reason: `a payment can charge and refund, not ${branch.operation}` };
  },
  apply: (book, branch, at) => {
    const amount = amountOf(branch);
    const kind = branch.operation === 'refund' ? 'refund' : 'charge';
    const reason = typeof branch.args.reason === 'string' ? branch.args.reason : null;
    const entries = [...book.entries, { kind, amount, at, transaction: branch.transaction, reason } as const];
    return kind === 'charge'
      ? { ...book, authorized: book.authorized - amount, captured: book.captured + amount, entries }
      : { ...book, refunding: book.refunding - amount, refunded: book.refunded + amount, entries };
  },
  undo: (book, branch) =>
    branch.operation === 'charge'
      ? { ...book, authorized: book.authorized - amountOf(branch) }
      : { ...book, refunding: book.refunding - amountOf(branch) },
  hasApplied: (book, { transaction }) => hasEntryOf(book, transaction),
  kept: withoutMethod,
  isSilent: (args) => {
    const { provider, token } = tokenOf(args);
    return provider === 'sandbox' && token === 'silent';
  },
};

/** An order's account with the built-in provider `sandbox`. A charge is authorized by the vote, captured by commit. */
export const paymentMachine = participantMachine<PaymentBook>({
  id: 'payment',
  description: "An order's money: charges are authorized, then captured or voided; refunds are set aside, then paid.",
  empty: EMPTY,
  resource,
});

/** Payments, as the runtime runs them. */
export const paymentDefinition: MachineDefinition = {
  type: 'payment',
  machine: paymentMachine,
  version: 1,
  contextShape: participantShape(
    object<PaymentBook>({
      authorized: count,
      captured: count,
      refunded: count,
      refunding: count,
      entries: listOf(
        object<PaymentEntry>({
          kind: oneOf('charge', 'refund'),
          amount: count,
          at: count,
          transaction: text,
          reason: nullable(text),
        }),
      ),
    }),
  ),
  commands: [],
  view: ({ address, context }) => {
    const { authorized, captured, refunded, entries } = (context as ParticipantContext<PaymentBook>).book;
    return {
      order: keyOf(address),
      authorized,
      captured,
      refunded,
      entries: entries.map((entry, index) => ({ id: `${keyOf(address)}/${index + 1}`, ...entry, at: iso(entry.at) })),
    };
  },
  why: () => undefined,
  facets: ({ value }) => ({ counts: stateCounts(value), listing: null }),
  redact: (event) => (event.type === 'prepare' ? { ...event, args: withoutMethod(event.args) } : event),
};
