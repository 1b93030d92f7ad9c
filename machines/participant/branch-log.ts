/**
 * What a participant remembers of its branches: the held ones in full, the finished ones as a hash and a time until
 * their deadline has passed (docs/protocol.md, rule 4). Pure, and shared by every participant that is an actor.
 */

/** A branch whose yes is out and whose decision is not known yet. */
export interface HeldBranch {
  readonly transaction: string;
  readonly branch: string;
  readonly order: string;
  readonly operation: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** ms since 1970 */
  readonly deadline: number;
}

export type Ending = 'committed' | 'aborted' | 'no';

/** `[hash of transaction and branch, its deadline, how it ended, why it voted no]` */
export type FinishedBranch = readonly [number, number, Ending, string?, string?];

export interface BranchLog {
  readonly held: readonly HeldBranch[];
  /** In the order in which they ended. */
  readonly finished: readonly FinishedBranch[];
}

export const NO_BRANCHES: BranchLog = { held: [], finished: [] };

/** Which branch of which transaction. */
export interface BranchKey {
  readonly transaction: string;
  readonly branch: string;
}

/** A vote as it is answered. */
export type VoteAnswer =
  | { readonly vote: 'yes' }
  | { readonly vote: 'no'; readonly code: string; readonly reason: string };

export function heldBranch({ held }: BranchLog, key: BranchKey): HeldBranch | undefined {
  return held.find(({ transaction, branch }) => transaction === key.transaction && branch === key.branch);
}

export function finishedBranch({ finished }: BranchLog, key: BranchKey): FinishedBranch | undefined {
  if (finished.length === 0) return undefined;
  const wanted = hashOf(key);
  return finished.find(([hash]) => hash === wanted);
}

/** An undecided branch of the same order, in another transaction: no vote on a later one before it is decided. */
export function olderBranch({ held }: BranchLog, of: BranchKey & { readonly order: string }): HeldBranch | undefined {
  return held.find(({ order, transaction }) => order === of.order && transaction !== of.transaction);
}

export function hold(log: BranchLog, branch: HeldBranch): BranchLog {
  return { ...log, held: [...log.held, branch] };
}

/**
 * Ends a branch, held or not (an abort that comes before its prepare leaves a tombstone), and forgets those whose
 * deadline has passed.
 *
 * @param at the participant's own time, ms since 1970.
 */
export function finish(
  log: BranchLog,
  key: BranchKey & { readonly deadline: number },
  ending: Ending,
  at: number,
  no?: { readonly code: string; readonly reason: string },
): BranchLog {
  const held = log.held.filter(({ transaction, branch }) => transaction !== key.transaction || branch !== key.branch);
  const finished = stillRemembered(log.finished, at);
  if (key.deadline < at) return { held, finished };
  const entry: FinishedBranch =
    no === undefined ? [hashOf(key), key.deadline, ending] : [hashOf(key), key.deadline, ending, no.code, no.reason];
  return { held, finished: [...finished, entry] };
}

/** Drops the oldest as long as their time is up; one that ended early and lasts longer keeps those behind it. */
function stillRemembered(finished: readonly FinishedBranch[], at: number): readonly FinishedBranch[] {
  const first = finished.findIndex(([, deadline]) => deadline >= at);
  if (first === -1) return [];
  return first === 0 ? finished : finished.slice(first);
}

/** The vote that a finished branch gave, or would have to give. */
export function voteOf([, , ending, code, reason]: FinishedBranch): VoteAnswer {
  switch (ending) {
    case 'committed':
      return { vote: 'yes' };
    case 'aborted':
      return { vote: 'no', code: 'ABORTED', reason: 'this branch has been aborted' };
    case 'no':
      return { vote: 'no', code: code ?? 'VOTED_NO', reason: reason ?? 'it voted no' };
  }
}

/**
 * A branch's hash: 53 bits out of two FNV-1a runs (Fowler, Noll and Vo), as many as a number holds exactly. Among the
 * few thousand branches that are remembered at once, two meet by chance once in some 10^9 times.
 */
export function hashOf({ transaction, branch }: BranchKey): number {
  const text = `${transaction}\u0000${branch}`;
  return (fnv1a(text, 0x811c9dc5) & 0x1fffff) * 0x1_0000_0000 + fnv1a(text, 0x050c5d1f);
}

function fnv1a(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}
