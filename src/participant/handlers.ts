import type { BranchKind } from '../contracts/index.ts';
import type { HeldBranch, Json, NewBranch } from './branch.ts';

/** The branch's work is set aside, and both `commit` and `abort` are possible from now on, whatever happens. */
export interface YesVote {
  readonly vote: 'yes';
  /** Logged with the vote, and handed to `commit` and `abort`: at most 64 KB of JSON, and no secrets. */
  readonly keep?: Json;
}

/** It cannot be done, and nothing is held. */
export interface NoVote {
  readonly vote: 'no';
  /** For programs, such as `PAYMENT_DECLINED`; the client that sent the command gets it. */
  readonly code: string;
  /** For people; the client gets it too. */
  readonly reason: string;
}

/** There is nothing to change: this branch hears of no decision. */
export interface ReadOnlyVote {
  readonly vote: 'readOnly';
}

export type Vote = YesVote | NoVote | ReadOnlyVote;

/** What the yes votes of a `prepare` keep: undefined where one of them keeps nothing. */
export type KeptBy<V> = V extends { readonly vote: 'yes' }
  ? V extends { readonly keep: infer Keep }
    ? Keep
    : undefined
  : never;

/** What a handler gets beside the branch. */
export interface CallContext {
  /**
   * Aborted when the call has become pointless: a `prepare` whose deadline has passed or whose transaction was aborted,
   * and whatever still runs when `stop` will wait no longer. A handler may ignore it.
   */
  readonly signal: AbortSignal;
  /** W3C trace context of the message that caused the call, where it had one. */
  readonly traceparent?: string;
}

/**
 * What a participant's author writes. Each handler may be called more than once for a branch (a crash between its work
 * and the log's), never twice at the same moment in one process. So each must be idempotent by `branch.key`: the
 * same call again has the same result and no further effect. A handler that throws, or rejects, has decided nothing:
 * it is called again.
 */
export interface Handlers<Kind extends BranchKind, V extends Vote> {
  /** Sets the work aside and says yes, or says why not. */
  readonly prepare: (branch: NewBranch<Kind>, context: CallContext) => V | Promise<V>;
  /** Does what was set aside. It must not fail for any reason but a passing one: there is no way back. */
  readonly commit: (branch: HeldBranch<Kind, KeptBy<V>>, context: CallContext) => void | Promise<void>;
  /**
   * Lets go of what was set aside. It is also called when a `prepare` failed, crashed or was overtaken by its deadline
   * half way: then `keep` is undefined, and there may be nothing to let go of.
   */
  readonly abort: (branch: HeldBranch<Kind, KeptBy<V> | undefined>, context: CallContext) => void | Promise<void>;
}
