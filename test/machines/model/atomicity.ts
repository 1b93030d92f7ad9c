import type { OrderContext } from '../../../machines/order/order-context.ts';
import type { BranchLog } from '../../../machines/participant/branch-log.ts';
import { typeOf } from '../../../runtime/address.ts';
import type { Actor } from '../../../runtime/step.ts';
import type { Tried } from './world.ts';

type Outcome = 'committed' | 'aborted';

/** Watches every step for what must never happen, whatever the network does. */
export class Atomicity {
  /** By transaction, then by who took part. */
  readonly #outcomes = new Map<string, Map<string, Outcome>>();
  readonly breaches: string[] = [];

  readonly watch = ({ address, before, input, result }: Tried): void => {
    if (result.kind === 'refused' && input.kind === 'message' && input.event.type !== 'prepare') {
      this.breaches.push(`${address} refuses ${input.event.type} of ${input.event.transaction}`);
    }
    if (result.kind !== 'stepped') return;
    for (const [transaction, branch, outcome] of endings(before, result.actor, input)) {
      this.#note(transaction, `${address} ${branch}`, outcome);
    }
  };

  #note(transaction: string, who: string, outcome: Outcome): void {
    const outcomes = this.#outcomes.get(transaction) ?? new Map<string, Outcome>();
    this.#outcomes.set(transaction, outcomes);
    const known = outcomes.get(who);
    if (known !== undefined) this.breaches.push(`${who} ends ${transaction} twice: ${known}, ${outcome}`);
    for (const [other, theirs] of outcomes) {
      if (theirs !== outcome) this.breaches.push(`${transaction}: ${who} has ${outcome}, ${other} has ${theirs}`);
    }
    outcomes.set(who, outcome);
  }
}

/** The branches that a step has ended after they were prepared, each with its outcome. */
function endings(before: Actor, after: Actor, input: Tried['input']): readonly (readonly [string, string, Outcome])[] {
  const type = typeOf(before.address);
  if (type === 'order') {
    const was = (before.snapshot.context as OrderContext).transaction;
    const { transaction, lastTransaction } = after.snapshot.context as OrderContext;
    if (was === null || transaction !== null || lastTransaction === null) return [];
    return [[was.id, 'order', lastTransaction.outcome]];
  }
  if (type === 'transaction') return [];
  const held = new Set((after.snapshot.context as unknown as BranchLog).held.map(nameOf));
  const outcome = outcomeIn(input);
  return (before.snapshot.context as unknown as BranchLog).held
    .filter((branch) => !held.has(nameOf(branch)))
    .map((branch) => [branch.transaction, branch.branch, outcome] as const);
}

function outcomeIn(input: Tried['input']): Outcome {
  const said = input.kind === 'answer' ? input.answer.outcome : input.kind === 'message' ? input.event.type : '';
  return said === 'commit' || said === 'committed' ? 'committed' : 'aborted';
}

function nameOf({ transaction, branch }: { readonly transaction: string; readonly branch: string }): string {
  return `${transaction} ${branch}`;
}
