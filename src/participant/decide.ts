import type { BranchKind, DoneAnswer, JsonObject, VoteAnswer } from '../contracts/index.ts';
import type { BranchId, Json } from './branch.ts';
import type { RefusalCode } from './errors.ts';
import type { Vote } from './handlers.ts';
import type { EndedEntry, LogEntry, OpenEntry } from './log/entry.ts';

/** What a coordinator asks of a branch, once it has been read. */
export type BranchMessage = BranchId & {
  readonly order: string;
  readonly operation: string;
  /** ms since 1970 */
  readonly deadline: number;
} & (
    | {
        readonly phase: 'prepare';
        /** Undefined for an operation that this participant does not serve. */
        readonly kind: BranchKind | undefined;
        readonly args: JsonObject;
      }
    | { readonly phase: 'commit' }
    | { readonly phase: 'abort' }
  );

export type Answer = VoteAnswer | DoneAnswer;

/** What to do about a message. */
export type Decision =
  /** Write the entry if there is one, then answer. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly entry?: EndedEntry; readonly forgotten?: true }
  /** Write the entry if it is another one than before, call the handler, and decide anew on what came of it. */
  | { readonly kind: 'run'; readonly phase: BranchMessage['phase']; readonly entry: OpenEntry }
  /** Answer with an error: the message comes again. */
  | { readonly kind: 'refuse'; readonly code: RefusalCode; readonly why: string };

const YES: Answer = { vote: 'yes' };
const READ_ONLY: Answer = { vote: 'readOnly' };
const DONE: Answer = { done: true };
/** Why a vote that comes past its deadline is a no. */
export const TOO_LATE = { code: 'PREPARE_TIMEOUT', reason: 'the deadline for this vote has passed' };
const ABORTED = { code: 'ABORTED', reason: 'this branch has been aborted' };

/**
 * Decides what a message about a branch leads to: the whole contract of a participant, without any I/O. The numbers
 * are the rules of docs/protocol.md.
 *
 * @param entry what the log holds of the branch.
 * @param now the participant's own time, ms since 1970.
 * @param older the transaction of an undecided branch of the same order; only asked of a branch that is new.
 */
export function decide(entry: LogEntry | undefined, message: BranchMessage, now: number, older?: string): Decision {
  switch (message.phase) {
    case 'prepare':
      return entry === undefined ? decideNew(message, now, older) : decideRepeat(entry, now);
    case 'commit':
      return decideCommit(entry, message, now);
    case 'abort':
      return decideAbort(entry, message, now);
  }
}

type Prepare = Extract<BranchMessage, { phase: 'prepare' }>;

function decideNew(message: Prepare, now: number, older: string | undefined): Decision {
  const { transaction, branch, order, operation, deadline, kind, args } = message;
  // Rule 4. Nothing is written: whoever asks once more is late once more.
  if (now > deadline) return { kind: 'answer', answer: { vote: 'no', ...TOO_LATE } };
  const facts = { transaction, branch, order, operation, deadline, since: now, revision: 1 };
  if (kind === undefined) {
    const no = { code: 'UNKNOWN_OPERATION', reason: `this participant does not do ${operation}` };
    return { kind: 'answer', answer: { vote: 'no', ...no }, entry: { ...facts, state: 'no', no } };
  }
  if (older !== undefined) {
    // Rule 7.
    const why = `${older} is undecided, and it holds a branch of the same order.`;
    return { kind: 'refuse', code: 'OLDER_BRANCH_UNDECIDED', why };
  }
  // How the customer pays is for `prepare` alone, which gets it from the message.
  const { method: _secret, ...kept } = args;
  // Written before the handler is called: should it crash half way, an abort must undo that half.
  return { kind: 'run', phase: 'prepare', entry: { ...facts, state: 'preparing', args: kept } };
}

function decideRepeat(entry: LogEntry, now: number): Decision {
  switch (entry.state) {
    case 'preparing':
      // Rule 1: nothing has been promised, so it may be undone without asking.
      if (now > entry.deadline) return { kind: 'run', phase: 'abort', entry: aborting(entry, TOO_LATE) };
      return { kind: 'run', phase: 'prepare', entry };
    case 'prepared':
    case 'committing':
    case 'committed':
      return { kind: 'answer', answer: YES };
    case 'aborting':
      return { kind: 'run', phase: 'abort', entry };
    case 'aborted':
    case 'no':
      return { kind: 'answer', answer: { vote: 'no', ...(entry.no ?? ABORTED) } };
    case 'readOnly':
      return { kind: 'answer', answer: READ_ONLY };
  }
}

function decideCommit(entry: LogEntry | undefined, message: BranchMessage, now: number): Decision {
  switch (entry?.state) {
    case undefined:
      // Rule 5: only a yes is ever told to commit, so what is past its deadline was done and forgotten.
      if (now > message.deadline) return { kind: 'answer', answer: DONE, forgotten: true };
      return {
        kind: 'refuse',
        code: 'BRANCH_UNKNOWN',
        why: 'it is to be committed, but the log does not know it. Is this the log that its yes was written to?',
      };
    case 'prepared':
      return { kind: 'run', phase: 'commit', entry: { ...next(entry), state: 'committing' } };
    case 'committing':
      return { kind: 'run', phase: 'commit', entry };
    case 'committed':
      return { kind: 'answer', answer: DONE };
    case 'preparing':
    case 'aborting':
    case 'aborted':
    case 'no':
    case 'readOnly':
      return contradicted(entry, 'committed');
  }
}

function decideAbort(entry: LogEntry | undefined, message: BranchMessage, now: number): Decision {
  switch (entry?.state) {
    case undefined: {
      if (now > message.deadline) return { kind: 'answer', answer: DONE };
      // Rule 4: the abort has overtaken its prepare. A tombstone, so that the prepare is voted down.
      const { transaction, branch, order, operation, deadline } = message;
      const facts = { transaction, branch, order, operation, deadline, since: now, revision: 1 };
      return { kind: 'answer', answer: DONE, entry: { ...facts, state: 'aborted' } };
    }
    case 'preparing':
    case 'prepared':
      return { kind: 'run', phase: 'abort', entry: aborting(entry) };
    case 'aborting':
      return { kind: 'run', phase: 'abort', entry };
    case 'aborted':
    case 'no':
    case 'readOnly':
      return { kind: 'answer', answer: DONE };
    case 'committing':
    case 'committed':
      return contradicted(entry, 'aborted');
  }
}

/** Somebody has decided by hand, or has lost data: only people can tell what is right. */
function contradicted({ state }: LogEntry, outcome: 'committed' | 'aborted'): Decision {
  const why = `it is to be ${outcome}, but it is ${state} here. Nothing was done: compare both sides by hand.`;
  return { kind: 'refuse', code: 'OUTCOME_CONTRADICTED', why };
}

/**
 * What a vote makes of a branch.
 *
 * @param isRepeat whether `prepare` was called before for this branch, and did not come to its end.
 * @param keep what goes with a yes.
 */
export function voted(entry: OpenEntry, vote: Vote, keep: Json | undefined, now: number, isRepeat: boolean): LogEntry {
  switch (vote.vote) {
    case 'yes':
      // A yes that nobody waits for any more would only have to be asked about.
      if (now > entry.deadline) return { ...aborting(entry, TOO_LATE), ...(keep !== undefined && { keep }) };
      return { ...next(entry), state: 'prepared', ...(keep !== undefined && { keep }) };
    case 'no': {
      const no = { code: vote.code, reason: vote.reason };
      // The call before may have set something aside, which this one's no does not undo.
      return isRepeat ? aborting(entry, no) : { ...ended(entry, 'no'), no };
    }
    case 'readOnly':
      return ended(entry, 'readOnly');
  }
}

/** What becomes of a branch once its `commit` or `abort` has succeeded. */
export function carriedOut(entry: OpenEntry): EndedEntry {
  return ended(entry, entry.state === 'committing' ? 'committed' : 'aborted');
}

function next(entry: OpenEntry): OpenEntry {
  return { ...entry, revision: entry.revision + 1 };
}

function aborting(entry: OpenEntry, no?: { readonly code: string; readonly reason: string }): OpenEntry {
  return { ...next(entry), state: 'aborting', ...(no !== undefined && { no }) };
}

function ended(entry: OpenEntry, state: EndedEntry['state']): EndedEntry {
  const { args: _args, keep: _keep, ...facts } = next(entry);
  return { ...facts, state };
}
