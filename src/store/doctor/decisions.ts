import type { OrderContext } from '../../../machines/order/order-context.ts';
import { finishedBranch, heldBranch } from '../../../machines/participant/branch-log.ts';
import type { ParticipantContext } from '../../../machines/participant/participant-machine.ts';
import type { PaymentBook } from '../../../machines/payment.ts';
import type { ShipmentBook } from '../../../machines/shipment.ts';
import type { Branch, Decision, TransactionContext } from '../../../machines/transaction/transaction-context.ts';
import { isMixed, mustHear } from '../../../machines/transaction/votes.ts';
import { type Address, addressOf, typeOf } from '../../../runtime/address.ts';
import { unpackEntry } from '../../../runtime/journal.ts';
import { type Actor, step } from '../../../runtime/step.ts';
import { type Found, found } from './found.ts';
import type { Lookup } from './lookup.ts';

/** What is known of a transaction: it is there, its record is gone, or nobody has ever begun it. */
type Known =
  | { readonly kind: 'there'; readonly context: TransactionContext }
  | { readonly kind: 'forgotten'; readonly decision: Decision | null }
  | { readonly kind: 'unreadable' | 'absent' };

/** Compares every transaction with its branches, and every hold with its transaction. */
export class Decisions {
  readonly #lookup: Lookup;

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  /** An actor after it has heard of what is decided, and has let go of what is not: nothing is under way any more. */
  settled(actor: Actor): Actor {
    let settled = actor;
    for (const { transaction, message } of heldBy(actor)) {
      const type = this.#decision(transaction) === 'committed' ? 'commit' : 'abort';
      const result = step(
        settled,
        { kind: 'message', event: { ...message, type }, cause: 'doctor' },
        actor.record?.at ?? 0,
      );
      if (result.kind === 'stepped') settled = result.actor;
    }
    return settled;
  }

  /** Where a transaction's branches are not as it decided. `isForgotten`: its record is gone, this is its last one. */
  ofTransaction(transaction: TransactionContext, isForgotten: boolean): readonly Found[] {
    const { decision } = transaction;
    const address = addressOf('transaction', transaction.id);
    const mixed = isMixed(transaction)
      ? [found('MIXED', address, `${address} was resolved by hand against its decision.`)]
      : [];
    if (decision === null) return mixed;
    const disagreements = transaction.branches.flatMap((branch) => {
      if (branch.outcome === 'heuristic' || branch.participant.startsWith('service:')) return [];
      const why = this.#disagreement(transaction, branch, decision, isForgotten);
      if (why === undefined) return [];
      return [found('BRANCH_DISAGREES', address, `${address} is ${decision}, but ${branch.participant} ${why}.`)];
    });
    return [...mixed, ...disagreements];
  }

  /** Holds that no live transaction knows of. */
  ofHolds(actor: Actor): readonly Found[] {
    const { address } = actor;
    return heldBy(actor).flatMap(({ transaction, branch, isBegun }) => {
      const known = this.#known(transaction);
      const lost = (why: string) => [
        found('HOLD_WITHOUT_TRANSACTION', address, `${address} is prepared for ${transaction}, ${why}.`),
      ];
      switch (known.kind) {
        case 'absent':
          return isBegun ? lost('which nobody has begun') : [];
        case 'forgotten':
          // An abort may be forgotten before everybody has heard of it; whoever asks is told so.
          return known.decision === 'committed' ? lost('which has committed and is forgotten') : [];
        case 'there':
          return known.context.branches.some((one) => one.branch === branch) ? [] : lost('which does not know of it');
        default:
          return [];
      }
    });
  }

  #decision(transaction: string): Decision | null {
    const known = this.#known(transaction);
    if (known.kind === 'there') return known.context.decision;
    return known.kind === 'forgotten' ? known.decision : null;
  }

  #known(transaction: string): Known {
    const address = addressOf('transaction', transaction);
    const looked = this.#lookup.actor(address);
    if (looked.kind === 'there') return { kind: 'there', context: looked.record.context as TransactionContext };
    if (looked.kind !== 'forgotten') return { kind: looked.kind };
    return { kind: 'forgotten', decision: this.#lastDecision(address) };
  }

  /** How a transaction ended whose record is gone: its last entry has left that state. */
  #lastDecision(address: Address): Decision | null {
    const row = this.#lookup.row(address);
    if (row === undefined) return null;
    const reading = this.#lookup.under({ part: 'journal', address, seq: row.revision, bytes: new Uint8Array(0) });
    if (reading === undefined || !('item' in reading) || reading.item.part !== 'journal') return null;
    const { from } = unpackEntry(reading.item.bytes);
    return from === 'committed' || from === 'aborted' ? from : null;
  }

  #disagreement(
    { id }: TransactionContext,
    branch: Branch,
    decision: Decision,
    isForgotten: boolean,
  ): string | undefined {
    const looked = this.#lookup.actor(branch.participant as Address);
    if (looked.kind === 'unreadable' || looked.kind === 'forgotten') return undefined;
    const context = looked.kind === 'there' ? looked.record.context : undefined;
    const isDone = branch.outcome === 'done';
    if (typeOf(branch.participant as Address) === 'order') {
      if (context === undefined) return 'does not exist';
      const { transaction, lastTransaction } = context as OrderContext;
      if (isDone && transaction?.id === id) return 'is still prepared, although it has answered';
      const isOther = lastTransaction?.id === id && lastTransaction.outcome !== decision;
      return isOther ? `has taken it as ${lastTransaction.outcome}` : undefined;
    }
    const participant = (context ?? { held: [], finished: [], book: {} }) as unknown as ParticipantContext<object>;
    const key = { transaction: id, branch: branch.branch };
    const isHeld = heldBranch(participant, key) !== undefined;
    if (isDone && isHeld) return 'is still prepared, although it has answered';
    const isApplied = isInLedger(branch.participant, participant.book, id);
    const ending = isForgotten ? undefined : finishedBranch(participant, key)?.[2];
    if (decision === 'aborted') return isApplied === true || ending === 'committed' ? 'has committed' : undefined;
    if (ending === 'aborted' || ending === 'no') return `has ended it with ${ending}`;
    const isOwed = mustHear(branch, decision) && (isDone || !isHeld);
    return isApplied === false && isOwed ? 'shows nothing of it' : undefined;
  }
}

/** Whether a ledger that names its transactions has this one; `undefined` for stock, which counts only. */
function isInLedger(participant: string, book: object, transaction: string): boolean | undefined {
  switch (typeOf(participant as Address)) {
    case 'payment':
      return ((book as Partial<PaymentBook>).entries ?? []).some((entry) => entry.transaction === transaction);
    case 'shipment':
      return ((book as Partial<ShipmentBook>).parcels ?? []).some((parcel) => parcel.transaction === transaction);
    default:
      return undefined;
  }
}

interface Held {
  readonly transaction: string;
  readonly branch: string;
  /** Whether its coordinator must be there: a participant is asked only by one that is on disk. */
  readonly isBegun: boolean;
  /** The part of the coordinator's message that names it. */
  readonly message: Readonly<Record<string, unknown>>;
}

/** The transactions that an actor is prepared for. */
function heldBy({ address, snapshot }: Actor): readonly Held[] {
  switch (typeOf(address)) {
    case 'order': {
      const { transaction } = snapshot.context as OrderContext;
      if (transaction === null) return [];
      const { id, begun } = transaction;
      return [{ transaction: id, branch: 'order', isBegun: begun, message: { transaction: id, votes: [] } }];
    }
    case 'transaction':
      return [];
    default: {
      const { held } = snapshot.context as ParticipantContext<object>;
      return held.map((branch) => ({
        transaction: branch.transaction,
        branch: branch.branch,
        isBegun: true,
        message: { ...branch },
      }));
    }
  }
}
