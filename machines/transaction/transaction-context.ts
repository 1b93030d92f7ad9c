export type Vote = 'yes' | 'no' | 'readOnly';
export type Decision = 'committed' | 'aborted';

/** One participant's part, as the coordinator sees it. What it is asked to do stands in the open asks only. */
export interface Branch {
  /** `order/SO-1001`, `payment/SO-1001`, `stock/85123A`, `service:psp` */
  readonly participant: string;
  /** Unique in its transaction. */
  readonly branch: string;
  readonly operation: string;
  /** Until when it may vote (ms since 1970). */
  readonly deadline: number;
  readonly vote: Vote | null;
  /** Why it voted no. */
  readonly code?: string;
  readonly reason?: string;
  /** Whether it has taken the outcome in, by itself or in the view of an operator. */
  readonly outcome: 'done' | 'heuristic' | null;
  readonly heuristic?: {
    readonly outcome: Decision;
    readonly by: string;
    readonly reason: string;
    readonly at: number;
  };
  /** An answer that came after the first and differs from it: recorded, not acted on. */
  readonly contradiction?: string;
}

export interface TransactionContext {
  readonly id: string;
  readonly order: string;
  readonly operation: string;
  readonly startedAt: number;
  /** When the last branch's vote is due (ms since 1970). */
  readonly deadline: number;
  readonly retentionMs: number;
  /** The order's own branch first, then the others in the order in which they were asked for. */
  readonly branches: readonly Branch[];
  /** The decision is never changed once it is made. */
  readonly decision: Decision | null;
  readonly decidedAt: number | null;
  /** What made it abort, where that was no vote: a deadline, an operator. */
  readonly abortedBy: { readonly code: string; readonly reason: string } | null;
}

/** A transaction that nobody has begun. */
export const NO_TRANSACTION: TransactionContext = {
  id: '',
  order: '',
  operation: '',
  startedAt: 0,
  deadline: 0,
  retentionMs: 0,
  branches: [],
  decision: null,
  decidedAt: null,
  abortedBy: null,
};

interface Stamp {
  readonly at: number;
}

export type TransactionEvent = Stamp &
  (
    | {
        readonly type: 'begin';
        readonly transaction: string;
        readonly order: string;
        readonly operation: string;
        readonly deadline: number;
        readonly retentionMs: number;
        readonly branches: readonly {
          readonly participant: string;
          readonly branch: string;
          readonly operation: string;
          readonly args: Readonly<Record<string, unknown>>;
          readonly deadline: number;
        }[];
      }
    | {
        readonly type: 'prepare.answered';
        readonly ask: string;
        readonly vote?: Vote;
        readonly code?: string;
        readonly reason?: string;
      }
    | { readonly type: 'commit.answered'; readonly ask: string; readonly done?: boolean }
    | { readonly type: 'abort.answered'; readonly ask: string; readonly done?: boolean }
    | { readonly type: 'answer.late'; readonly ask: string; readonly answer: Readonly<Record<string, unknown>> }
    | { readonly type: 'inquire'; readonly branch: string }
    | {
        readonly type: 'resolve';
        readonly branch?: string;
        readonly outcome?: Decision;
        readonly by?: string;
        readonly reason?: string;
      }
  );
