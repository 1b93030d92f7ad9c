import { contextShape, count, listOf, nullable, object, oneOf, optional, text } from '../context-shape.ts';
import type { Branch, TransactionContext } from './transaction-context.ts';

const decision = oneOf('committed', 'aborted');

/** The coordinator's context, field by field. */
export const transactionShape = contextShape(
  object<TransactionContext>({
    id: text,
    order: text,
    operation: text,
    startedAt: count,
    deadline: count,
    retentionMs: count,
    branches: listOf(
      object<Branch>({
        participant: text,
        branch: text,
        operation: text,
        deadline: count,
        vote: nullable(oneOf('yes', 'no', 'readOnly')),
        code: optional(text),
        reason: optional(text),
        outcome: nullable(oneOf('done', 'heuristic')),
        heuristic: optional(
          object<NonNullable<Branch['heuristic']>>({ outcome: decision, by: text, reason: text, at: count }),
        ),
        contradiction: optional(text),
      }),
    ),
    decision: nullable(decision),
    decidedAt: nullable(count),
    abortedBy: nullable(object<NonNullable<TransactionContext['abortedBy']>>({ code: text, reason: text })),
  }),
);
