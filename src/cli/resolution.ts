import type { TransactionBranches, TransactionView } from '../contracts/index.ts';

type Branch = TransactionBranches['branches'][number];
export type Outcome = 'committed' | 'aborted';

/** Something that an operator may do about a transaction now. */
export type Remedy =
  /** Ask those again who have not answered: always safe. */
  | { readonly kind: 'retry' }
  /** End the waiting for votes: a decision like any other, and safe. */
  | { readonly kind: 'abort' }
  /** Close a branch as the decision says: safe where somebody has seen that it is so. */
  | { readonly kind: 'close'; readonly branch: Branch; readonly outcome: Outcome }
  /** Close a branch against the decision: the transaction is mixed for good. */
  | { readonly kind: 'differ'; readonly branch: Branch; readonly outcome: Outcome };

/** A remedy that is recorded with who and why. */
export type Resolving = Exclude<Remedy, { readonly kind: 'retry' }>;

/** The branches that a transaction waits for: for their votes, or for their answers to the decision. */
export function waitingFor<View extends TransactionView>({ state, decision, branches }: View): View['branches'] {
  if (hasEnded(state)) return [];
  return branches.filter(({ vote, outcome }) => {
    if (outcome !== null) return false;
    if (decision === null || decision === undefined)
      return state === 'preparing' ? vote === null : mayWait(vote, state);
    return decision === 'committed' ? vote === 'yes' : vote === 'yes' || vote === null;
  });
}

/** For a service that does not say what was decided. */
function mayWait(vote: string | null, state: string): boolean {
  return state === 'committing' ? vote === 'yes' : vote === 'yes' || vote === null;
}

function hasEnded(state: string): boolean {
  return state === 'committed' || state === 'aborted';
}

/** What can be done about a transaction now, the safest first; nothing where it has ended. */
export function remediesOf(view: TransactionBranches): Remedy[] {
  const waiting = waitingFor(view);
  if (view.state === 'preparing') return [{ kind: 'retry' }, { kind: 'abort' }];
  const { decision } = view;
  if (waiting.length === 0 || (decision !== 'committed' && decision !== 'aborted')) return [];
  const [decided, other]: [Outcome, Outcome] =
    decision === 'committed' ? ['committed', 'aborted'] : ['aborted', 'committed'];
  return [
    { kind: 'retry' },
    ...waiting.map((branch): Remedy => ({ kind: 'close', branch, outcome: decided })),
    ...waiting.map((branch): Remedy => ({ kind: 'differ', branch, outcome: other })),
  ];
}

/** The remedy that the flags of `tx resolve` ask for; undefined where they ask for none that there is. */
export function remedyFor(
  view: TransactionBranches,
  branch: string | undefined,
  outcome: Outcome,
): Resolving | undefined {
  return remediesOf(view).find((remedy): remedy is Resolving => {
    if ('branch' in remedy) return remedy.branch.branch === branch && remedy.outcome === outcome;
    return remedy.kind === 'abort' && branch === undefined && outcome === 'aborted';
  });
}

/** A remedy in one sentence, with what is to be known before it is chosen. */
export function remedyText(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'retry':
      return 'ask again now whoever has not answered';
    case 'abort':
      return 'abort: nothing has changed anywhere yet, and the order is free again';
    case 'close':
      return `close ${remedy.branch.branch} as ${remedy.outcome}, as decided${proviso(remedy.branch)}`;
    case 'differ':
      return `HEURISTIC: close ${remedy.branch.branch} as ${remedy.outcome}, AGAINST the decision; mixed for good`;
  }
}

function proviso({ says }: Branch): string {
  if (says === 'prepared') return '; it still waits for that, so asking again is better';
  return says === null ? '; only after you have seen in its own books that it is so' : '';
}
