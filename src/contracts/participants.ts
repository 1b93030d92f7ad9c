import { z } from 'zod';
import { orderId, transactionId } from './identifiers.ts';
import { limits } from './limits.ts';
import { text } from './schema/text.ts';
import { lineNumber, quantity, time } from './schema/values.ts';

/** What a coordinator asks of a participant: `participants.<name>.<phase>`. */
export const participantPhases = ['prepare', 'commit', 'abort'] as const;
export type ParticipantPhase = (typeof participantPhases)[number];

/** The operations of each kind of branch. */
export const branchOperations = {
  payment: ['charge', 'refund'],
  stock: ['reserve', 'release', 'dispatch', 'restock', 'writeOff'],
  shipment: ['ship'],
} as const;
export type BranchKind = keyof typeof branchOperations;
export type BranchOperation<Kind extends BranchKind = BranchKind> = (typeof branchOperations)[Kind][number];

/** The arguments of each kind of branch. */
export const branchArguments = {
  payment: z.looseObject({
    amount: z.int().min(1),
    currency: z.string(),
    digits: z.int(),
    method: z.looseObject({ provider: z.string(), token: z.string() }).exactOptional(),
    reason: z.string().exactOptional(),
  }),
  stock: z.looseObject({
    sku: z.string(),
    quantity,
    fromReservation: z.int().min(0).exactOptional().describe('How many of them the order has reserved before.'),
  }),
  shipment: z.looseObject({
    parcel: z.string(),
    lines: z.array(z.looseObject({ line: lineNumber, quantity })),
    carrier: z.string().nullable(),
    tracking: z.string().nullable(),
    address: z.looseObject({}),
  }),
} as const satisfies Record<BranchKind, z.ZodType>;
export type BranchArguments<Kind extends BranchKind> = z.output<(typeof branchArguments)[Kind]>;

const branchMessage = {
  transaction: transactionId,
  branch: text(limits.nameBytes + limits.skuBytes),
  order: orderId,
  operation: text(limits.nameBytes),
  deadline: time,
};

/** `participants.<name>.prepare` */
export const prepareMessage = z.looseObject({ ...branchMessage, args: z.looseObject({}) });
/** `participants.<name>.commit` and `participants.<name>.abort` */
export const decisionMessage = z.looseObject(branchMessage);

/** A participant's vote. `code` and `reason` go into the answer that the client gets. */
export const voteAnswer = z.discriminatedUnion('vote', [
  z.looseObject({ vote: z.literal('yes') }),
  z.looseObject({ vote: z.literal('no'), code: z.string().min(1), reason: z.string().default('') }),
  z.looseObject({ vote: z.literal('readOnly') }),
]);
/** A participant's answer to commit and abort. */
export const doneAnswer = z.looseObject({ done: z.literal(true) });

export type PrepareMessage = z.output<typeof prepareMessage>;
export type DecisionMessage = z.output<typeof decisionMessage>;
export type VoteAnswer = z.output<typeof voteAnswer>;
export type DoneAnswer = z.output<typeof doneAnswer>;

/** The subject on which an outside participant is asked. */
export function participantSubject(name: string, phase: ParticipantPhase): string {
  return `participants.${name}.${phase}`;
}
