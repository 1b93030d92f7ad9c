import type { Stored } from './definition.ts';
import type { OrderContext } from './order/order-context.ts';
import { type BranchKey, finishedBranch, heldBranch } from './participant/branch-log.ts';
import type { ParticipantContext } from './participant/participant-machine.ts';
import { hasEntryOf, type PaymentBook } from './payment.ts';
import { hasParcelOf, type ShipmentBook } from './shipment.ts';

/**
 * How a branch stands with its participant, whatever its coordinator believes. `forgotten`: nothing is remembered of
 * it any more, as it should be some time after its end. `unknown`: it was never there, or has been lost.
 */
export type BranchState = 'prepared' | 'committed' | 'aborted' | 'refused' | 'forgotten' | 'unknown';

/** A branch and until when it is remembered (ms since 1970). */
export interface AskedBranch extends BranchKey {
  readonly deadline: number;
}

/**
 * What an actor that takes part in transactions has to say of a branch. Pure.
 *
 * @param type the actor's: order, payment, stock or shipment
 * @param state the actor's; undefined where there is no such actor
 * @param at the time now, ms since 1970
 */
export function branchState(type: string, state: Stored | undefined, branch: AskedBranch, at: number): BranchState {
  if (state === undefined) return 'unknown';
  if (type === 'order') return orderState(state.context as OrderContext, branch);
  const context = state.context as ParticipantContext<object>;
  if (heldBranch(context, branch) !== undefined) return 'prepared';
  const finished = finishedBranch(context, branch);
  if (finished !== undefined) return finished[2] === 'no' ? 'refused' : finished[2];
  if (type === 'payment') return hasEntryOf(context.book as PaymentBook, branch.transaction) ? 'committed' : 'unknown';
  if (type === 'shipment') {
    return hasParcelOf(context.book as ShipmentBook, branch.transaction) ? 'committed' : 'unknown';
  }
  // An article's ledger names no transactions: what ended is remembered until its deadline, and no longer.
  return branch.deadline < at ? 'forgotten' : 'unknown';
}

/** An order is held by one transaction at a time, and knows how the last one ended. */
function orderState({ transaction, lastTransaction, transactions }: OrderContext, branch: BranchKey): BranchState {
  const { transaction: id } = branch;
  if (transaction?.id === id) return 'prepared';
  if (lastTransaction?.id === id) return lastTransaction.outcome;
  return Number(id.slice(id.lastIndexOf('~') + 1)) < transactions ? 'forgotten' : 'unknown';
}
