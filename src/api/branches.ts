import { type AskedBranch, type BranchState, branchState } from '../../machines/branch-state.ts';
import { transactionView } from '../../machines/transaction/index.ts';
import type { Branch, Decision, TransactionContext } from '../../machines/transaction/transaction-context.ts';
import { type Address, typeOf } from '../../runtime/address.ts';
import type { Look } from '../../runtime/host-options.ts';

/** How to look at an actor, as it is on disk. */
export type LookAt = (address: Address) => Promise<Look | undefined>;

/**
 * A transaction as its coordinator sees it, and beside each branch what the participant says. The coordinator is read
 * first and its decision once more at the end: whatever happened in between is no disagreement.
 *
 * @param transaction the coordinator's address
 * @param now ms since 1970
 * @returns undefined where there is no such transaction
 */
export async function transactionBranches(
  lookAt: LookAt,
  transaction: Address,
  now: number,
): Promise<object | undefined> {
  const before = await lookAt(transaction);
  if (before === undefined) return undefined;
  const { id, branches } = before.state.context as TransactionContext;
  const said = await Promise.all(branches.map((branch) => askedBranch(lookAt, { ...branch, transaction: id }, now)));
  const after = (await lookAt(transaction)) ?? before;
  const { decision } = after.state.context as TransactionContext;
  const view = transactionView(before.state) as { readonly branches: readonly object[] };
  return {
    ...view,
    branches: view.branches.map((branch, index) => {
      const says = said[index] ?? null;
      const known = branches[index];
      const disagreement = says === null || known === undefined ? null : disagreementOf(known, decision, says);
      return { ...branch, says, disagreement };
    }),
  };
}

/** Null for an outside service: it has no question that could be asked. */
async function askedBranch(
  lookAt: LookAt,
  branch: AskedBranch & Pick<Branch, 'participant'>,
  now: number,
): Promise<BranchState | null> {
  const { participant } = branch;
  if (participant.startsWith('service:')) return null;
  const address = participant as Address;
  return branchState(typeOf(address), (await lookAt(address))?.state, branch, now);
}

/** Why what the coordinator knows of a branch and what its participant says cannot both be right; null where they can. */
export function disagreementOf(
  { vote, outcome, heuristic }: Pick<Branch, 'vote' | 'outcome' | 'heuristic'>,
  decision: Decision | null,
  says: BranchState,
): string | null {
  switch (says) {
    case 'prepared':
      if (vote === 'no') return 'it voted no, and still holds what it has set aside';
      if (outcome === 'done') return 'it has answered that it is done, and still holds what it has set aside';
      if (heuristic !== undefined)
        return `closed by hand as ${heuristic.outcome}, and it still holds what it has set aside`;
      return null;
    case 'committed':
      if (decision === 'committed') return null;
      return decision === null
        ? 'it has committed before there was a decision'
        : 'it has committed, the decision is abort';
    case 'aborted':
    case 'refused':
      if (decision === 'committed' && vote !== 'readOnly') return 'it has aborted, the decision is commit';
      return decision === null && vote === 'yes' ? 'it voted yes, and has let go before there was a decision' : null;
    case 'unknown':
      if (vote !== 'yes' || decision === 'aborted') return null;
      return 'it voted yes, and knows nothing of it any more';
    case 'forgotten':
      return decision === null && vote === 'yes'
        ? 'it voted yes, and has forgotten it before there was a decision'
        : null;
  }
}
