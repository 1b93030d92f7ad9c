import { z } from 'zod';
import { orderId, transactionId } from './identifiers.ts';
import { limits } from './limits.ts';
import { by, orderEvent } from './order-commands.ts';
import { orderStatuses, orderSummary } from './order-view.ts';
import { closed, growing } from './schema/objects.ts';
import { text } from './schema/text.ts';
import { amount, pageLimit, quantity, time, timeoutMs } from './schema/values.ts';

/** The body of a question that needs nothing but its key. */
export const nothing = closed({});

/** Where to go on in a list; null (or absent) is the beginning, and in an answer the end. */
const cursor = text(limits.cursorBytes, 'The cursor of the page before; left out, the list begins.')
  .nullable()
  .default(null);
const waitAtMost = timeoutMs.default(5_000);

/** Why a command is refused, guard by guard. */
export const failedGuard = z.looseObject({
  guard: z.string(),
  why: z.string(),
  accepted: z.int().min(0).exactOptional().describe('The quantity or amount that would be accepted.'),
});
const state = z.record(z.string(), z.string());

export const historyBody = closed({
  after: z.int().min(0).describe('The `seq` of the last entry that is known.').default(0),
  limit: pageLimit.default(100),
});
export const historyEntry = z.looseObject({
  seq: z.int().min(1),
  at: time,
  event: z.looseObject({ type: z.string() }),
  by: z.string().nullable(),
  cause: z.string().nullable(),
  from: state.nullable(),
  to: state,
});
export const historyAnswer = z.looseObject({ entries: z.array(historyEntry) });

/** Whether an order takes a command now, and why not. */
export const explainedCommand = z.looseObject({
  command: z.string(),
  accepted: z.boolean(),
  failed: z.array(failedGuard),
});
export const explainAnswer = z.looseObject({ commands: z.array(explainedCommand) });

export const whatIfBody = closed({ events: z.array(orderEvent).min(1).max(limits.whatIfEvents) });
/** What one event of a what-if would do. */
export const whatIfStep = z.looseObject({
  event: z.looseObject({ type: z.string() }),
  accepted: z.boolean(),
  state,
  effects: z.array(z.unknown()).describe('What would be asked of others, assumed and announced, in this order.'),
  failed: z.array(failedGuard),
});
export const whatIfAnswer = z.looseObject({ steps: z.array(whatIfStep) });

export const waitForOrderBody = closed({ status: z.enum(orderStatuses), timeoutMs: waitAtMost });

export const listBody = closed({
  status: z.enum(orderStatuses).exactOptional(),
  customer: text(limits.nameBytes, 'Only the orders of this customer.').exactOptional(),
  placedFrom: time.describe('Placed then or later. ISO 8601 in UTC with milliseconds.').exactOptional(),
  placedTo: time.describe('Placed then or earlier. ISO 8601 in UTC with milliseconds.').exactOptional(),
  limit: pageLimit.default(50),
  cursor,
});
/** Where a list goes on. */
const nextCursor = z.string().nullable().describe('For the next page; null: this was the last.');
export const listAnswer = z.looseObject({ orders: z.array(orderSummary), cursor: nextCursor });

const counts = z.record(z.string(), z.int().min(0));
export const countsAnswer = z.looseObject({
  status: counts.describe('By status.'),
  state: counts.describe('By region and state, such as payment.paid.'),
});

export const receiveStockBody = closed({ quantity, by: by.exactOptional() });
const pieces = z.int().min(0);
export const stockView = z.looseObject({
  sku: z.string(),
  onHand: pieces,
  reserved: pieces.describe('Prepared holds included.'),
  available: pieces.describe('onHand − reserved.'),
  totals: z
    .looseObject({ received: pieces, dispatched: pieces, restocked: pieces, writtenOff: pieces })
    .describe('What has come and gone since the first receipt.')
    .exactOptional(),
});

/** One charge or refund. */
export const ledgerEntry = z.looseObject({
  id: z.string(),
  kind: growing(['charge', 'refund']),
  amount,
  at: time,
  transaction: z.string(),
  reason: z.string().nullable(),
});
export const paymentLedger = z.looseObject({
  order: z.string(),
  authorized: amount,
  captured: amount,
  refunded: amount,
  entries: z.array(ledgerEntry),
});

/** The states of a transaction; the last three have ended. */
export const transactionStates = ['preparing', 'committing', 'aborting', 'committed', 'aborted', 'mixed'] as const;

/** One participant's part in a transaction. */
export const transactionBranch = z.looseObject({
  participant: z.string().describe('order/SO-1001, payment/SO-1001, stock/85123A, service:psp'),
  branch: z.string().describe('Unique in its transaction.'),
  operation: z.string().exactOptional(),
  deadline: time.describe('Until when it may vote.').exactOptional(),
  vote: growing(['yes', 'no', 'readOnly'], 'null while it has not voted.').nullable(),
  code: z.string().describe('Why it voted no.').exactOptional(),
  reason: z.string().describe('Why it voted no, in words.').exactOptional(),
  outcome: growing(
    ['done', 'heuristic'],
    'done: it has taken the decision in; heuristic: somebody closed it by hand; null: neither yet.',
  ).nullable(),
  heuristic: z
    .looseObject({ outcome: z.string(), by: z.string(), reason: z.string(), at: time })
    .describe('Who closed it by hand, how, why and when.')
    .exactOptional(),
  contradiction: z
    .string()
    .describe('A later answer that differs from the first, as JSON; not acted on.')
    .exactOptional(),
});

export const transactionView = z.looseObject({
  id: transactionId,
  order: orderId,
  operation: z.string(),
  state: growing(transactionStates),
  deadline: time,
  startedAt: time,
  decision: growing(['committed', 'aborted'], 'null while it prepares.').nullable().exactOptional(),
  decidedAt: time.describe('When the decision was on disk.').nullable().exactOptional(),
  abortedBy: z
    .looseObject({ code: z.string(), reason: z.string() })
    .nullable()
    .describe('What aborted it where that was no vote: a deadline, an operator.')
    .exactOptional(),
  branches: z.array(transactionBranch),
});

/** What a participant says of a branch. */
export const branchStates = ['prepared', 'committed', 'aborted', 'refused', 'forgotten', 'unknown'] as const;

/** A branch as its coordinator sees it, and as its participant does. */
export const branchSideBySide = transactionBranch.extend({
  says: growing(
    branchStates,
    'What the participant itself says; forgotten: it is over and no longer remembered; unknown: it was never there, or has been lost; null for an outside service, which is not asked.',
  ).nullable(),
  disagreement: z
    .string()
    .describe('Why this and what the coordinator knows cannot both be right; null where they can.')
    .nullable(),
});

/** A transaction with what its participants say, side by side. */
export const transactionBranchesAnswer = transactionView.extend({ branches: z.array(branchSideBySide) });

export const listTransactionsBody = closed({
  state: z
    .enum(['inDoubt', ...transactionStates])
    .describe('Only those in this state; inDoubt is preparing or committing.')
    .exactOptional(),
  olderThanMs: z.int().min(0).describe('Only those that began this many milliseconds ago or earlier.').default(0),
  limit: pageLimit.default(50),
  cursor,
});
export const listTransactionsAnswer = z.looseObject({
  transactions: z.array(transactionView),
  cursor: nextCursor,
});

export const waitForTransactionBody = closed({ timeoutMs: waitAtMost });

const branchName = text(limits.nameBytes + limits.skuBytes, 'The branch, such as payment or stock/85123A.');

/** What an operator decides: the whole transaction while it prepares, or one branch (`branch`) after the decision. */
export const resolveBody = closed({
  branch: branchName
    .describe('The one branch to close, after the decision; left out, the whole transaction.')
    .exactOptional(),
  outcome: z
    .enum(['committed', 'aborted'])
    .describe('What the branch has come to; for a whole transaction that prepares, aborted and nothing else.'),
  by,
  reason: text(limits.textBytes, 'Why.'),
}).check((context) => {
  if (context.value.branch === undefined && context.value.outcome === 'committed') {
    const message =
      'must be aborted for a whole transaction; to close one branch after the decision, name it in branch';
    context.issues.push({ code: 'custom', input: context.value, path: ['outcome'], message });
  }
});

/** Asked by a participant that holds a prepared branch. */
export const outcomeBody = closed({ branch: branchName });
export const outcomeAnswer = z.looseObject({ outcome: growing(['committed', 'aborted', 'undecided']) });

export type FailedGuard = z.output<typeof failedGuard>;
export type HistoryEntry = z.output<typeof historyEntry>;
export type HistoryAnswer = z.output<typeof historyAnswer>;
export type ExplainAnswer = z.output<typeof explainAnswer>;
export type WhatIfBody = z.output<typeof whatIfBody>;
export type WhatIfAnswer = z.output<typeof whatIfAnswer>;
export type WaitForOrderBody = z.output<typeof waitForOrderBody>;
export type ListBody = z.output<typeof listBody>;
export type ListAnswer = z.output<typeof listAnswer>;
export type CountsAnswer = z.output<typeof countsAnswer>;
export type StockView = z.output<typeof stockView>;
export type PaymentLedger = z.output<typeof paymentLedger>;
export type TransactionView = z.output<typeof transactionView>;
export type TransactionBranch = z.output<typeof transactionBranch>;
export type TransactionBranches = z.output<typeof transactionBranchesAnswer>;
export type TransactionState = (typeof transactionStates)[number];
export type ListTransactionsBody = z.output<typeof listTransactionsBody>;
export type ResolveBody = z.output<typeof resolveBody>;
export type OutcomeAnswer = z.output<typeof outcomeAnswer>;
