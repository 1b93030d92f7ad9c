import { and, setup } from 'xstate';
import { effects } from '../effects.ts';
import {
  type BranchLog,
  finish,
  finishedBranch,
  type HeldBranch,
  heldBranch,
  hold,
  NO_BRANCHES,
  olderBranch,
  type VoteAnswer,
  voteOf,
} from './branch-log.ts';

/** What a participant keeps: its branches and its own book (an account, a shelf, parcels). */
export interface ParticipantContext<Book> extends BranchLog {
  readonly book: Book;
  /** Commits that were answered `done` although nothing was remembered of their branch any more (rule 5). */
  readonly forgottenCommits: number;
}

interface Stamp {
  readonly at: number;
}

/** What the coordinator asks of a branch, as it travels. */
export interface BranchMessage {
  readonly transaction: string;
  readonly branch: string;
  readonly order: string;
  readonly operation: string;
  /** ms since 1970 */
  readonly deadline: number;
}

export type ParticipantEvent = Stamp &
  (
    | ({ readonly type: 'prepare'; readonly args: Readonly<Record<string, unknown>> } & BranchMessage)
    | ({ readonly type: 'commit' } & BranchMessage)
    | ({ readonly type: 'abort' } & BranchMessage)
    | {
        readonly type: 'inquire.answered';
        readonly ask: string;
        readonly outcome?: 'undecided' | 'committed' | 'aborted';
      }
    | ({ readonly type: 'receive' } & Readonly<Record<string, unknown>>)
  );

/**
 * What a participant does with its book. All functions are pure and see only the book: when they are called, and that
 * each is called once, is the business of the shared half below.
 */
export interface Resource<Book> {
  /** Sets the work aside, or says why not. After a yes, both `apply` and `undo` must be possible. */
  readonly hold: (
    book: Book,
    branch: HeldBranch,
    at: number,
  ) => Book | { readonly code: string; readonly reason: string };
  readonly apply: (book: Book, branch: HeldBranch, at: number) => Book;
  readonly undo: (book: Book, branch: HeldBranch) => Book;
  /**
   * Whether the book shows that this branch has been applied. Only where the ledger names its transactions; elsewhere
   * a commit that nobody remembers counts as done once its deadline has passed.
   */
  readonly hasApplied?: (book: Book, branch: BranchMessage) => boolean;
  /** What of a branch's args is kept while it is held: all, unless they hold a secret. */
  readonly kept?: (args: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Whether it says nothing at all: the sandbox's way to try out silence. */
  readonly isSilent?: (args: Readonly<Record<string, unknown>>) => boolean;
  /** What is announced when the book changes. */
  readonly announce?: (
    before: Book,
    after: Book,
  ) => { readonly type: string; readonly change: Readonly<Record<string, unknown>> } | undefined;
  /** A command from outside that changes the book without a transaction. */
  readonly receive?: {
    readonly description: string;
    readonly accepts: (book: Book, event: Readonly<Record<string, unknown>>) => boolean;
    readonly change: (book: Book, event: Readonly<Record<string, unknown>>) => Book;
  };
}

/** How long a prepared participant waits before it asks for the decision, and from one time to the next, in ms. */
export const INQUIRY_PAUSE_MS = 10_000;

const INQUIRY = 'inquire:';

function isRefusal<Book>(
  held: Book | { readonly code: string; readonly reason: string },
): held is { code: string; reason: string } {
  return typeof held === 'object' && held !== null && 'code' in held && 'reason' in held;
}

/**
 * Makes the statechart of a participant: the other half of two-phase commit, the same for payment, stock and
 * shipment. What differs stands in `resource`.
 */
export function participantMachine<Book extends object>(options: {
  readonly id: string;
  readonly description: string;
  readonly empty: Book;
  readonly resource: Resource<Book>;
}) {
  const { id, description, empty, resource } = options;
  type Context = ParticipantContext<Book>;
  type Message = Extract<ParticipantEvent, { type: 'prepare' | 'commit' | 'abort' }>;
  type Prepare = Extract<ParticipantEvent, { type: 'prepare' }>;

  const isMessage = (event: ParticipantEvent): event is Message =>
    event.type === 'prepare' || event.type === 'commit' || event.type === 'abort';
  const branchOf = ({ transaction, branch, order, operation, args, deadline }: Prepare): HeldBranch => ({
    transaction,
    branch,
    order,
    operation,
    args,
    deadline,
  });
  const tried = (context: Context, event: ParticipantEvent) =>
    event.type === 'prepare'
      ? resource.hold(context.book, branchOf(event), event.at)
      : { code: 'NOT_ASKED', reason: 'there is nothing to vote on' };
  /** The branch that an inquiry's answer is about. */
  const inquired = (context: Context, event: ParticipantEvent): HeldBranch | undefined =>
    event.type === 'inquire.answered' ? context.held.find((held) => INQUIRY + key(held) === event.ask) : undefined;
  const key = ({ transaction, branch }: { transaction: string; branch: string }) => `${transaction}/${branch}`;
  const decidedBranch = (context: Context, event: ParticipantEvent): HeldBranch | undefined =>
    isMessage(event) ? heldBranch(context, event) : inquired(context, event);
  const ending = (context: Context, event: ParticipantEvent) =>
    isMessage(event) ? finishedBranch(context, event)?.[2] : undefined;

  const base = setup({
    types: {} as {
      context: Context;
      events: ParticipantEvent;
      emitted: { readonly type: string; readonly change: Readonly<Record<string, unknown>> };
    },
    actions: effects,
  });

  const participant = base.extend({
    guards: {
      isHeld: ({ context, event }) => isMessage(event) && heldBranch(context, event) !== undefined,
      isFinished: ({ context, event }) => ending(context, event) !== undefined,
      isCommitted: ({ context, event }) => ending(context, event) === 'committed',
      isUndone: ({ context, event }) => ['aborted', 'no'].includes(ending(context, event) ?? ''),
      isPastDeadline: ({ event }) => isMessage(event) && event.at > event.deadline,
      mayInquireAboutOlder: ({ context, event }) =>
        event.type === 'prepare' && olderBranch(context, event)?.transaction !== undefined,
      isSilenced: ({ event }) => event.type === 'prepare' && resource.isSilent?.(event.args) === true,
      canHold: ({ context, event }) => event.type === 'prepare' && !isRefusal(tried(context, event)),
      ledgerShowsIt: ({ context, event }) => isMessage(event) && resource.hasApplied?.(context.book, event) === true,
      isLongForgotten: ({ context, event }) =>
        isMessage(event) &&
        resource.hasApplied === undefined &&
        event.at > event.deadline &&
        ending(context, event) === undefined,
      isUnknown: ({ context, event }) =>
        isMessage(event) && ending(context, event) === undefined && resource.hasApplied?.(context.book, event) !== true,
      saysCommitted: ({ context, event }) =>
        event.type === 'inquire.answered' && event.outcome === 'committed' && inquired(context, event) !== undefined,
      saysAborted: ({ context, event }) =>
        event.type === 'inquire.answered' && event.outcome === 'aborted' && inquired(context, event) !== undefined,
      /** Also when the branch has been decided meanwhile: the inquiry is over. */
      saysNothingNew: ({ event }) => event.type === 'inquire.answered' && event.outcome !== undefined,
      holdsBranches: ({ context }) => context.held.length > 0,
      holdsNothing: ({ context }) => context.held.length === 0,
      mayReceive: ({ context, event }) =>
        event.type === 'receive' && resource.receive !== undefined && resource.receive.accepts(context.book, event),
    },
    actions: {
      holdAndVoteYes: base.enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'prepare') return;
        const book = tried(context, event);
        if (isRefusal(book)) return;
        const branch = branchOf(event);
        const args = resource.kept?.(branch.args) ?? branch.args;
        enqueue.assign({ ...hold(context, { ...branch, args }), book: book as Book });
        enqueue({ type: 'reply', params: { vote: 'yes' } });
        const news = resource.announce?.(context.book, book as Book);
        if (news !== undefined) enqueue.emit(news);
      }),
      recordAndVoteNo: base.enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'prepare') return;
        const no = tried(context, event);
        if (!isRefusal(no)) return;
        enqueue.assign(finish(context, event, 'no', event.at, no));
        enqueue({ type: 'reply', params: { vote: 'no', code: no.code, reason: no.reason } });
      }),
      repeatVote: base.enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'prepare') return;
        const finished = finishedBranch(context, event);
        const answer: VoteAnswer = finished === undefined ? { vote: 'yes' } : voteOf(finished);
        enqueue({ type: 'reply', params: answer });
      }),
      voteTooLate: base.enqueueActions(({ enqueue }) => {
        const reason = 'the prepare came after its deadline';
        enqueue({ type: 'reply', params: { vote: 'no', code: 'PREPARE_TIMEOUT', reason } });
      }),
      inquireAboutOlder: base.enqueueActions(({ context, event, enqueue }) => {
        const older = event.type === 'prepare' ? olderBranch(context, event) : undefined;
        if (older !== undefined) enqueue({ type: 'ask', params: inquiry(older) });
      }),
      inquire: base.enqueueActions(({ context, event, enqueue }) => {
        for (const held of context.held) {
          if (held.deadline < event.at) enqueue({ type: 'ask', params: inquiry(held) });
        }
      }),
      apply: base.enqueueActions(({ context, event, enqueue }) => {
        const branch = decidedBranch(context, event);
        if (branch === undefined) return;
        const book = resource.apply(context.book, branch, event.at);
        enqueue.assign({ book, ...finish(context, branch, 'committed', event.at) });
        enqueue.cancel(INQUIRY + key(branch));
        const news = resource.announce?.(context.book, book);
        if (news !== undefined) enqueue.emit(news);
      }),
      undo: base.enqueueActions(({ context, event, enqueue }) => {
        const branch = decidedBranch(context, event);
        if (branch === undefined) return;
        const book = resource.undo(context.book, branch);
        enqueue.assign({ book, ...finish(context, branch, 'aborted', event.at) });
        enqueue.cancel(INQUIRY + key(branch));
        const news = resource.announce?.(context.book, book);
        if (news !== undefined) enqueue.emit(news);
      }),
      leaveTombstone: base.assign(({ context, event }) =>
        isMessage(event) ? finish(context, event, 'aborted', event.at) : {},
      ),
      countForgotten: base.assign(({ context }) => ({ forgottenCommits: context.forgottenCommits + 1 })),
      noteAnswer: base.assign(({ context }) => ({ held: [...context.held] })),
      replyDone: base.enqueueActions(({ enqueue }) => {
        enqueue({ type: 'reply', params: { done: true } });
      }),
      receive: base.enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'receive' || resource.receive === undefined) return;
        const book = resource.receive.change(context.book, event);
        enqueue.assign({ book });
        const news = resource.announce?.(context.book, book);
        if (news !== undefined) enqueue.emit(news);
      }),
    },
    delays: { inquiryPause: INQUIRY_PAUSE_MS },
  });

  const machine = participant.extend({
    guards: { isForgottenInTime: and(['isUnknown', 'isPastDeadline']) },
  });

  return machine.createMachine({
    id,
    description,
    context: { ...NO_BRANCHES, book: empty, forgottenCommits: 0 } as Context,
    initial: 'idle',
    on: {
      prepare: [
        { guard: 'isHeld', actions: 'repeatVote', description: 'A repeat: the same yes again.' },
        {
          guard: 'isFinished',
          actions: 'repeatVote',
          description: 'A repeat of something ended: the same vote again.',
        },
        { guard: 'isPastDeadline', actions: 'voteTooLate', description: 'Too late to vote yes.' },
        {
          guard: 'mayInquireAboutOlder',
          actions: 'inquireAboutOlder',
          description: 'An older branch of the same order is undecided: ask about that one first.',
        },
        // No target and no action: the sandbox keeps silent, so nothing is answered and nothing is kept.
        { guard: 'isSilenced', description: 'The sandbox was told to keep silent.' },
        { guard: 'canHold', actions: 'holdAndVoteYes', description: 'It can be done: set it aside and vote yes.' },
        { actions: 'recordAndVoteNo', description: 'It can not be done: vote no, with the reason.' },
      ],
      commit: [
        { guard: 'isHeld', actions: ['apply', 'replyDone'], description: 'The decision is commit: do the work.' },
        { guard: 'isCommitted', actions: 'replyDone', description: 'A repeat: it has been done.' },
        {
          guard: 'ledgerShowsIt',
          actions: 'replyDone',
          description: 'A late repeat: the ledger shows that it has been done.',
        },
        {
          guard: 'isLongForgotten',
          actions: ['countForgotten', 'replyDone'],
          description: 'Nothing is remembered of it any more; only a yes is ever told to commit, so it has been done.',
        },
      ],
      abort: [
        { guard: 'isHeld', actions: ['undo', 'replyDone'], description: 'The decision is abort: let go of the work.' },
        { guard: 'isUndone', actions: 'replyDone', description: 'A repeat: nothing is held.' },
        {
          guard: 'isForgottenInTime',
          actions: 'replyDone',
          description: 'Nothing is known of it, and it is too late to prepare it.',
        },
        {
          guard: 'isUnknown',
          actions: ['leaveTombstone', 'replyDone'],
          description: 'The abort has overtaken its prepare: remember that, so that the prepare is voted down.',
        },
      ],
      'inquire.answered': [
        { guard: 'saysCommitted', actions: 'apply', description: 'The coordinator says: committed.' },
        {
          guard: 'saysAborted',
          actions: 'undo',
          description: 'The coordinator says: aborted, or knows nothing of it.',
        },
        { guard: 'saysNothingNew', actions: 'noteAnswer', description: 'Not decided yet, or decided meanwhile.' },
      ],
      ...(resource.receive !== undefined && {
        receive: { guard: 'mayReceive', actions: 'receive', description: resource.receive.description },
      }),
    },
    states: {
      idle: {
        description: 'No transaction holds anything here.',
        always: { guard: 'holdsBranches', target: 'prepared', description: 'A yes vote has been given.' },
      },
      prepared: {
        description: 'At least one branch has voted yes and waits for its decision.',
        always: { guard: 'holdsNothing', target: 'idle', description: 'All branches are decided.' },
        after: {
          inquiryPause: {
            target: 'prepared',
            reenter: true,
            actions: 'inquire',
            description: 'Ask the coordinators of the branches whose deadline has passed.',
          },
        },
      },
    },
  });
}

/** What a participant asks a coordinator of whose decision it has not heard. */
function inquiry({ transaction, branch }: HeldBranch) {
  return {
    id: `${INQUIRY}${transaction}/${branch}`,
    to: `transaction/${transaction}`,
    event: { type: 'inquire', transaction, branch },
  };
}
