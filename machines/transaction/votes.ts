/** Votes, the decision and the outcomes of one transaction, as pure functions of its context. */
import type { Branch, Decision, TransactionContext, TransactionEvent } from './transaction-context.ts';

type EventOf<T extends TransactionEvent['type']> = Extract<TransactionEvent, { type: T }>;

/** The branch that an ask is about: `prepare:3` is about the fourth. */
export function indexOf(ask: string): number {
  return Number(ask.slice(ask.indexOf(':') + 1));
}

/** A transaction as its order begins it: the order's own yes has come with it. */
export function begun(event: EventOf<'begin'>): TransactionContext {
  const own: Branch = {
    participant: `order/${event.order}`,
    branch: 'order',
    operation: event.operation,
    deadline: event.deadline,
    vote: 'yes',
    outcome: null,
  };
  return {
    id: event.transaction,
    order: event.order,
    operation: event.operation,
    startedAt: event.at,
    deadline: event.deadline,
    retentionMs: event.retentionMs,
    branches: [
      own,
      ...event.branches.map(({ participant, branch, operation, deadline }) => ({
        participant,
        branch,
        operation,
        deadline,
        vote: null,
        outcome: null,
      })),
    ],
    decision: null,
    decidedAt: null,
    abortedBy: null,
  };
}

/** Changes one branch. */
export function withBranch(context: TransactionContext, index: number, change: Partial<Branch>): TransactionContext {
  return {
    ...context,
    branches: context.branches.map((branch, at) => (at === index ? { ...branch, ...change } : branch)),
  };
}

/** f = the product of the votes, read-only counting as yes: all of them are needed. */
export function allVotedYes({ branches }: TransactionContext): boolean {
  return branches.every(({ vote }) => vote === 'yes' || vote === 'readOnly');
}

export function someVotedNo({ branches }: TransactionContext): boolean {
  return branches.some(({ vote }) => vote === 'no');
}

/** Whether a vote is missing whose time is up: it counts as 0. */
export function someVoteIsOverdue({ branches }: TransactionContext, at: number): boolean {
  return branches.some(({ vote, deadline }) => vote === null && deadline <= at);
}

/** Whether a branch has to be told a decision: to commit whoever voted yes, to abort whoever has not said no. */
export function mustHear({ vote }: Branch, decision: Decision): boolean {
  return decision === 'committed' ? vote === 'yes' : vote === 'yes' || vote === null;
}

/** The branches that must still answer to the decision, each with its place. */
export function unanswered(context: TransactionContext): readonly (readonly [number, Branch])[] {
  const { decision } = context;
  if (decision === null) return [];
  return context.branches.flatMap((branch, index) =>
    branch.outcome === null && mustHear(branch, decision) ? [[index, branch] as const] : [],
  );
}

/** Whether nobody is left to answer. Asked after every answer, so it builds no list. */
export function allHaveAnswered({ decision, branches }: TransactionContext): boolean {
  return decision === null || branches.every((branch) => branch.outcome !== null || !mustHear(branch, decision));
}

/** What speaks for an abort, in the words that the order's client gets. */
export function votesAgainst(
  context: TransactionContext,
): readonly { participant: string; code: string; reason: string }[] {
  const against = context.branches.flatMap(({ participant, vote, code, reason }) =>
    vote === 'no' ? [{ participant, code: code ?? 'VOTED_NO', reason: reason ?? 'it voted no' }] : [],
  );
  if (against.length > 0 || context.abortedBy === null) return against;
  if (context.abortedBy.code !== 'PREPARE_TIMEOUT')
    return [{ participant: `transaction/${context.id}`, ...context.abortedBy }];
  // A service whose time was not up yet is not to blame.
  const at = context.decidedAt ?? context.deadline;
  const silent = context.branches.filter(({ vote, deadline }) => vote === null && deadline <= at);
  return (silent.length > 0 ? silent : context.branches.slice(0, 1)).map(({ participant }) => ({
    participant,
    code: 'PREPARE_TIMEOUT',
    reason: 'it did not vote in time',
  }));
}

/** Whether the outcomes differ: somebody closed a branch by hand against the decision. */
export function isMixed({ branches, decision }: TransactionContext): boolean {
  return branches.some(({ heuristic }) => heuristic !== undefined && heuristic.outcome !== decision);
}

/** Whether an answer that came late says something else than what is known of its branch. */
export function contradicts(context: TransactionContext, event: EventOf<'answer.late'>): boolean {
  const branch = context.branches[indexOf(event.ask)];
  if (branch === undefined || branch.contradiction !== undefined) return false;
  if (event.ask.startsWith('prepare:'))
    return branch.vote !== null && typeof event.answer.vote === 'string' && event.answer.vote !== branch.vote;
  return branch.outcome === 'heuristic';
}
