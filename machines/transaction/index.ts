import type { StateValue } from 'xstate';
import { iso, isoOrNull, type MachineDefinition, type Viewed } from '../definition.ts';
import type { TransactionContext } from './transaction-context.ts';
import { transactionMachine } from './transaction-machine.ts';
import { transactionShape } from './transaction-shape.ts';
import { isMixed } from './votes.ts';

/** The state that operators see: the chart's, or `mixed` where somebody resolved a branch against the decision. */
export function transactionState(value: StateValue, context: TransactionContext): string {
  return isMixed(context) ? 'mixed' : String(value);
}

/** A transaction with its branches, as operators see it (api.md). */
export function transactionView(state: Viewed): Readonly<Record<string, unknown>> {
  const context = state.context as TransactionContext;
  return {
    id: context.id,
    order: context.order,
    operation: context.operation,
    state: transactionState(state.value, context),
    deadline: iso(context.deadline),
    startedAt: iso(context.startedAt),
    decision: context.decision,
    decidedAt: isoOrNull(context.decidedAt),
    abortedBy: context.abortedBy,
    branches: context.branches.map(({ deadline, heuristic, code, reason, contradiction, ...branch }) => ({
      ...branch,
      deadline: iso(deadline),
      ...(code !== undefined && { code }),
      ...(reason !== undefined && { reason }),
      ...(contradiction !== undefined && { contradiction }),
      ...(heuristic !== undefined && { heuristic: { ...heuristic, at: iso(heuristic.at) } }),
    })),
  };
}

const WHY: Readonly<Record<string, string>> = {
  noBranchIsNamed: 'while votes are missing there is nothing to resolve but the whole: leave out "branch"',
  outcomeIsAborted: 'while votes are missing it can only be aborted',
  branchIsUnanswered: 'name a branch that has been told the decision and has not answered',
  outcomeIsGiven: 'say which branch, and the outcome that you have seen there',
};

/** Coordinators, as the runtime runs them. */
export const transactionDefinition: MachineDefinition = {
  type: 'transaction',
  machine: transactionMachine,
  version: 1,
  contextShape: transactionShape,
  commands: ['resolve'],
  view: transactionView,
  why: (guard) => {
    const why = WHY[guard];
    return why === undefined ? undefined : { why };
  },
  facets: ({ value, context }) => {
    const transaction = context as TransactionContext;
    const state = transactionState(value, transaction);
    const inDoubt = value === 'preparing' || value === 'committing';
    return {
      counts: [`state:${state}`],
      listing: { at: transaction.startedAt, tags: ['all', `state:${state}`, ...(inDoubt ? ['inDoubt'] : [])] },
    };
  },
  // What branches are asked to do may hold secrets; the open asks have it as long as it is needed.
  redact: (event) => {
    if (event.type !== 'begin') return event;
    const branches = (event.branches as readonly { args: unknown }[]).map(({ args: _args, ...branch }) => branch);
    return { ...event, branches };
  },
};

export { transactionMachine };
