import { and, setup } from 'xstate';
import { effects } from '../effects.ts';
import {
  type Decision,
  NO_TRANSACTION,
  type TransactionContext,
  type TransactionEvent,
} from './transaction-context.ts';
import {
  allHaveAnswered,
  allVotedYes,
  begun,
  contradicts,
  indexOf,
  isMixed,
  someVotedNo,
  someVoteIsOverdue,
  unanswered,
  votesAgainst,
  withBranch,
} from './votes.ts';

export interface TransactionAnnouncement {
  readonly type: 'committed' | 'aborted' | 'resolved';
  readonly change: Readonly<Record<string, unknown>>;
}

const base = setup({
  types: {} as { context: TransactionContext; events: TransactionEvent; emitted: TransactionAnnouncement },
  actions: effects,
});

/** What is kept of a vote's code and reason, in characters. */
const MOST_CODE = 128;
const MOST_REASON = 500;

/** The branch that a resolution names, if it has been told the decision and has not answered. */
function resolvable(context: TransactionContext, event: TransactionEvent): number {
  if (event.type !== 'resolve' || event.branch === undefined) return -1;
  return unanswered(context).find(([, { branch }]) => branch === event.branch)?.[0] ?? -1;
}

function decided(decision: Decision) {
  return base.assign(({ context, event }) => ({
    decision,
    decidedAt: event.at,
    ...(decision === 'aborted' && context.abortedBy === null && { abortedBy: reasonOf(context, event) }),
  }));
}

function reasonOf(context: TransactionContext, event: TransactionEvent): TransactionContext['abortedBy'] {
  if (event.type === 'resolve') {
    return { code: 'RESOLVED', reason: `aborted by ${event.by ?? 'an operator'}: ${event.reason ?? ''}` };
  }
  return someVotedNo(context) ? null : { code: 'PREPARE_TIMEOUT', reason: 'a vote did not come in time' };
}

const coordinator = base.extend({
  guards: {
    isPastDeadline: ({ event }) => event.type === 'begin' && event.at > event.deadline,
    namesNobody: ({ event }) => event.type === 'begin' && event.branches.length === 0,
    someVotedNo: ({ context }) => someVotedNo(context),
    allVotedYes: ({ context }) => allVotedYes(context),
    someVoteIsOverdue: ({ context, event }) => someVoteIsOverdue(context, event.at),
    isVote: ({ context, event }) =>
      event.type === 'prepare.answered' &&
      (event.vote === 'yes' || event.vote === 'no' || event.vote === 'readOnly') &&
      context.branches[indexOf(event.ask)]?.vote === null,
    isDone: ({ context, event }) =>
      (event.type === 'commit.answered' || event.type === 'abort.answered') &&
      event.done === true &&
      context.branches[indexOf(event.ask)]?.outcome === null,
    allHaveAnswered: ({ context }) => allHaveAnswered(context),
    contradicts: ({ context, event }) => event.type === 'answer.late' && contradicts(context, event),
    outcomeIsAborted: ({ event }) => event.type === 'resolve' && event.outcome !== 'committed',
    noBranchIsNamed: ({ event }) => event.type === 'resolve' && event.branch === undefined,
    branchIsUnanswered: ({ context, event }) =>
      (event.type === 'resolve' && event.branch === undefined && event.outcome === undefined) ||
      resolvable(context, event) >= 0,
    outcomeIsGiven: ({ event }) =>
      event.type === 'resolve' && event.outcome !== undefined && event.branch !== undefined,
  },
  actions: {
    recordBegin: base.assign(({ event }) => (event.type === 'begin' ? begun(event) : {})),
    askVotes: base.enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'begin') return;
      for (const [index, { participant, branch, operation, args, deadline }] of event.branches.entries()) {
        const { transaction, order } = event;
        const prepare = { type: 'prepare', transaction, branch, order, operation, args, deadline };
        enqueue({ type: 'ask', params: { id: `prepare:${index + 1}`, to: participant, event: prepare } });
      }
    }),
    recordVote: base.assign(({ context, event }) => {
      if (event.type !== 'prepare.answered') return {};
      const { vote, code, reason } = event;
      return withBranch(context, indexOf(event.ask), {
        ...(vote !== undefined && { vote }),
        // They travel on to the order and its client: a service's essay must not make the abort too large to send.
        ...(code !== undefined && { code: code.slice(0, MOST_CODE) }),
        ...(reason !== undefined && { reason: reason.slice(0, MOST_REASON) }),
      });
    }),
    decideCommit: decided('committed'),
    decideAbort: decided('aborted'),
    askOutcomes: base.enqueueActions(({ context, enqueue }) => {
      const type = context.decision === 'committed' ? 'commit' : 'abort';
      for (const index of context.branches.keys()) enqueue.cancel(`prepare:${index}`);
      for (const [index, { participant, branch, operation, deadline }] of unanswered(context)) {
        const { id: transaction, order } = context;
        const votes = type === 'abort' && index === 0 ? { votes: votesAgainst(context) } : {};
        const outcome = { type, transaction, branch, order, operation, deadline, ...votes };
        enqueue({ type: 'ask', params: { id: `${type}:${index}`, to: participant, event: outcome } });
      }
    }),
    recordDone: base.assign(({ context, event }) =>
      event.type === 'commit.answered' || event.type === 'abort.answered'
        ? withBranch(context, indexOf(event.ask), { outcome: 'done' })
        : {},
    ),
    recordContradiction: base.assign(({ context, event }) =>
      event.type === 'answer.late'
        ? withBranch(context, indexOf(event.ask), { contradiction: JSON.stringify(event.answer).slice(0, 500) })
        : {},
    ),
    closeBranch: base.enqueueActions(({ context, event, enqueue }) => {
      const index = resolvable(context, event);
      if (event.type !== 'resolve' || event.outcome === undefined || index < 0) return;
      const { outcome, by = 'an operator', reason = '', at, branch } = event;
      enqueue.assign(withBranch(context, index, { outcome: 'heuristic', heuristic: { outcome, by, reason, at } }));
      enqueue.cancel(`${context.decision === 'committed' ? 'commit' : 'abort'}:${index}`);
      enqueue.emit({ type: 'resolved', change: { branch, outcome, by, reason } });
    }),
    giveUp: base.enqueueActions(({ context, enqueue }) => {
      for (const [index] of unanswered(context)) enqueue.cancel(`abort:${index}`);
    }),
    replyUndecided: base.enqueueActions(({ enqueue }) => {
      enqueue({ type: 'reply', params: { outcome: 'undecided' } });
    }),
    replyCommitted: base.enqueueActions(({ enqueue }) => {
      enqueue({ type: 'reply', params: { outcome: 'committed' } });
    }),
    replyAborted: base.enqueueActions(({ context, enqueue }) => {
      enqueue({ type: 'reply', params: { outcome: 'aborted', votes: votesAgainst(context) } });
    }),
    announceCommitted: base.emit(({ context }) => ({
      type: 'committed' as const,
      change: { operation: context.operation, mixed: isMixed(context) },
    })),
    announceAborted: base.emit(({ context }) => ({
      type: 'aborted' as const,
      change: { operation: context.operation, votes: votesAgainst(context) },
    })),
  },
  delays: {
    firstVoteDue: ({ context, event }) => {
      const first = Math.min(...context.branches.map(({ deadline }) => deadline));
      return first < context.deadline ? Math.max(0, first - event.at) : Number.POSITIVE_INFINITY;
    },
    deadline: ({ context, event }) => Math.max(0, context.deadline - event.at),
    retention: ({ context }) => context.retentionMs,
  },
});

const resolving = coordinator.extend({
  guards: {
    mayAbortByHand: and(['noBranchIsNamed', 'outcomeIsAborted']),
    mayCloseBranch: and(['branchIsUnanswered', 'outcomeIsGiven']),
  },
});

/** What an ended or decided transaction answers to those who ask. */
function answers(reply: 'replyUndecided' | 'replyCommitted' | 'replyAborted') {
  return {
    begin: { actions: reply, description: 'The order asks again what has become of it.' },
    inquire: { actions: reply, description: 'A prepared participant asks for the decision.' },
  } as const;
}

const lateAnswers = {
  'answer.late': {
    guard: 'contradicts',
    actions: 'recordContradiction',
    description: 'A second, different answer of a branch: kept for people to see, not acted on.',
  },
} as const;

const closing = {
  resolve: {
    guard: 'mayCloseBranch',
    actions: 'closeBranch',
    description: 'An operator closes a branch that does not answer. The decision stays.',
  },
} as const;

/**
 * The coordinator of two-phase commit with presumed abort (Mohan, Lindsay and Obermarck, "Transaction Management in
 * the R* Distributed Database Management System", 1986), one actor a transaction. docs/protocol.md has its rules.
 */
export const transactionMachine = resolving.createMachine({
  id: 'transaction',
  description: 'One transaction: order, payment, stock and shipment change together or not at all.',
  context: NO_TRANSACTION,
  initial: 'new',
  states: {
    new: {
      description: 'Nobody has begun it, or it is long forgotten: it counts as aborted.',
      on: {
        begin: [
          {
            guard: 'isPastDeadline',
            target: 'aborted',
            actions: ['recordBegin', 'decideAbort', 'replyAborted'],
            description: 'It begins too late: nobody was asked, so nobody has to hear of it.',
          },
          {
            // Without it, a coordinator whose clock is far behind would find nobody missing, and commit.
            guard: 'namesNobody',
            target: 'aborted',
            actions: ['recordBegin', 'decideAbort', 'replyAborted'],
            description: 'The order asks again, of something long forgotten: it counts as aborted.',
          },
          {
            target: 'preparing',
            actions: ['recordBegin', 'askVotes'],
            description: 'The order has voted yes; ask the others.',
          },
        ],
        inquire: { actions: 'replyAborted', description: 'A participant asks about a transaction that nobody knows.' },
      },
    },
    preparing: {
      description: 'Waiting for the votes.',
      always: [
        { guard: 'someVotedNo', target: 'aborting', actions: 'decideAbort', description: 'One no is enough.' },
        {
          guard: 'allVotedYes',
          target: 'committing',
          actions: 'decideCommit',
          description: 'All have voted yes: the commit point.',
        },
      ],
      after: {
        firstVoteDue: {
          guard: 'someVoteIsOverdue',
          target: 'aborting',
          actions: 'decideAbort',
          description: 'A vote that was due early is missing.',
        },
        deadline: { target: 'aborting', actions: 'decideAbort', description: 'A vote is missing: it counts as no.' },
      },
      on: {
        ...answers('replyUndecided'),
        ...lateAnswers,
        'prepare.answered': { guard: 'isVote', actions: 'recordVote', description: 'A participant votes.' },
        resolve: {
          guard: 'mayAbortByHand',
          target: 'aborting',
          actions: 'decideAbort',
          description: 'An operator ends the waiting: aborted.',
        },
      },
    },
    committing: {
      description: 'Decided: commit. Every branch that voted yes is told until it answers.',
      entry: 'askOutcomes',
      always: {
        guard: 'allHaveAnswered',
        target: 'committed',
        actions: 'announceCommitted',
        description: 'All have answered.',
      },
      on: {
        ...answers('replyCommitted'),
        ...lateAnswers,
        ...closing,
        'commit.answered': { guard: 'isDone', actions: 'recordDone', description: 'A branch has done its work.' },
      },
    },
    aborting: {
      description: 'Decided: abort. Every branch that may hold work is told until it answers.',
      entry: 'askOutcomes',
      always: {
        guard: 'allHaveAnswered',
        target: 'aborted',
        actions: 'announceAborted',
        description: 'All have answered.',
      },
      after: {
        retention: {
          target: 'aborted',
          actions: ['giveUp', 'announceAborted'],
          description: 'Whoever has not answered by now will find it forgotten, which means aborted.',
        },
      },
      on: {
        ...answers('replyAborted'),
        ...lateAnswers,
        ...closing,
        'abort.answered': { guard: 'isDone', actions: 'recordDone', description: 'A branch has undone its work.' },
      },
    },
    committed: {
      description: 'Ended: everybody has committed.',
      after: { retention: { target: 'forgotten', description: 'Nobody can ask about it any more.' } },
      on: { ...answers('replyCommitted'), ...lateAnswers },
    },
    aborted: {
      description: 'Ended: nobody has changed anything.',
      after: { retention: { target: 'forgotten', description: 'Forgetting an abort is always safe.' } },
      on: { ...answers('replyAborted'), ...lateAnswers },
    },
    forgotten: { type: 'final', description: 'Its record is deleted.' },
  },
});
