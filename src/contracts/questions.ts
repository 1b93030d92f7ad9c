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
const cursor = text(limits.cursorBytes).nullable().default(null);
const waitAtMost = timeoutMs.default(5_000);

/** Why a command is refused, guard by guard. */
export const failedGuard = z.looseObject({
  guard: z.string(),
  why: z.string(),
  accepted: z.int().min(0).exactOptional().describe('The quantity or amount that would be accepted.'),
});
const state = z.record(z.string(), z.string());

export const historyBody = closed({ after: z.int().min(0).default(0), limit: pageLimit.default(100) });
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

export const explainAnswer = z.looseObject({
  commands: z.array(z.looseObject({ command: z.string(), accepted: z.boolean(), failed: z.array(failedGuard) })),
});

export const whatIfBody = closed({ events: z.array(orderEvent).min(1).max(limits.whatIfEvents) });
export const whatIfAnswer = z.looseObject({
  steps: z.array(
    z.looseObject({
      event: z.looseObject({ type: z.string() }),
      accepted: z.boolean(),
      state,
      effects: z.array(z.unknown()),
      failed: z.array(failedGuard),
    }),
  ),
});

export const waitForOrderBody = closed({ status: z.enum(orderStatuses), timeoutMs: waitAtMost });

export const listBody = closed({
  status: z.enum(orderStatuses).exactOptional(),
  customer: text(limits.nameBytes).exactOptional(),
  placedFrom: time.exactOptional(),
  placedTo: time.exactOptional(),
  limit: pageLimit.default(50),
  cursor,
});
export const listAnswer = z.looseObject({ orders: z.array(orderSummary), cursor: z.string().nullable() });

const counts = z.record(z.string(), z.int().min(0));
export const countsAnswer = z.looseObject({ status: counts, state: counts });

export const receiveStockBody = closed({ quantity, by: by.exactOptional() });
export const stockView = z.looseObject({
  sku: z.string(),
  onHand: z.int().min(0),
  reserved: z.int().min(0).describe('Prepared holds included.'),
  available: z.int().min(0),
});

export const paymentLedger = z.looseObject({
  order: z.string(),
  authorized: amount,
  captured: amount,
  refunded: amount,
  entries: z.array(
    z.looseObject({
      id: z.string(),
      kind: growing(['charge', 'refund']),
      amount,
      at: time,
      transaction: z.string(),
      reason: z.string().nullable(),
    }),
  ),
});

/** The states of a transaction; the last three have ended. */
export const transactionStates = ['preparing', 'committing', 'aborting', 'committed', 'aborted', 'mixed'] as const;

const decision = growing(['committed', 'aborted']);

/** One branch, as its coordinator sees it. */
export const transactionBranch = z.looseObject({
  participant: z.string(),
  branch: z.string(),
  operation: z.string().exactOptional(),
  deadline: time.exactOptional().describe('Until when it may vote.'),
  vote: growing(['yes', 'no', 'readOnly']).nullable(),
  code: z.string().exactOptional().describe('Why it voted no.'),
  reason: z.string().exactOptional(),
  outcome: growing(['done', 'heuristic']).nullable(),
  heuristic: z
    .looseObject({ outcome: decision, by: z.string(), reason: z.string(), at: time })
    .exactOptional()
    .describe('Who has closed it by hand, why and how.'),
  contradiction: z.string().exactOptional().describe('A later answer that differs from the first; not acted on.'),
});

export const transactionView = z.looseObject({
  id: transactionId,
  order: orderId,
  operation: z.string(),
  state: growing(transactionStates),
  deadline: time,
  startedAt: time,
  decision: decision.nullable().exactOptional().describe('The commit point; never changes.'),
  decidedAt: time.nullable().exactOptional(),
  abortedBy: z
    .looseObject({ code: z.string(), reason: z.string() })
    .nullable()
    .exactOptional()
    .describe('What made it abort, where that was no vote.'),
  branches: z.array(transactionBranch),
});

/** What a participant says of a branch. */
export const branchStates = ['prepared', 'committed', 'aborted', 'refused', 'forgotten', 'unknown'] as const;

/** A transaction with what its participants say, side by side. */
export const transactionBranchesAnswer = transactionView.extend({
  branches: z.array(
    transactionBranch.extend({
      says: growing(branchStates)
        .nullable()
        .describe('What the participant itself says; null for an outside service, which is not asked.'),
      disagreement: z.string().nullable().describe('Why the two cannot both be right, where they cannot.'),
    }),
  ),
});

export const listTransactionsBody = closed({
  state: z.enum(['inDoubt', ...transactionStates]).exactOptional(),
  olderThanMs: z.int().min(0).default(0),
  limit: pageLimit.default(50),
  cursor,
});
export const listTransactionsAnswer = z.looseObject({
  transactions: z.array(transactionView),
  cursor: z.string().nullable(),
});

export const waitForTransactionBody = closed({ timeoutMs: waitAtMost });

/** What an operator decides: the whole transaction while it prepares, or one branch (`branch`) after the decision. */
export const resolveBody = closed({
  branch: text(limits.nameBytes + limits.skuBytes).exactOptional(),
  outcome: z.enum(['committed', 'aborted']),
  by,
  reason: text(limits.textBytes),
}).check((context) => {
  if (context.value.branch === undefined && context.value.outcome === 'committed') {
    const message =
      'must be aborted for a whole transaction; to close one branch after the decision, name it in branch';
    context.issues.push({ code: 'custom', input: context.value, path: ['outcome'], message });
  }
});

/** Asked by a participant that holds a prepared branch. */
export const outcomeBody = closed({ branch: text(limits.nameBytes + limits.skuBytes) });
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
