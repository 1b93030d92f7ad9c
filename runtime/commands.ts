import type { Address } from './address.ts';
import { answerIn } from './journal.ts';
import type { Command, CommandOutcome } from './mail.ts';
import type { Store } from './ports.ts';
import { recall } from './requests.ts';
import { isBusy } from './statechart.ts';
import { type Actor, stateOf } from './step.ts';

/** What is known of a command before it is tried. */
export type Examined =
  | { readonly kind: 'try' }
  /** It has been answered; the answer stands in the journal entry `seq`. */
  | { readonly kind: 'repeat'; readonly seq: number }
  /** It is under way since step `seq`: whoever sends it again waits with the first. */
  | { readonly kind: 'join'; readonly seq: number }
  | { readonly kind: 'tell'; readonly outcome: CommandOutcome };

/** Checks in the order of api.md: remembered answer, deadline, version, lock. What is left is acceptance. */
export function examine(actor: Actor, command: Command, now: number): Examined {
  const { record, definition, seq } = actor;
  const isLate = command.deadline !== undefined && now > command.deadline;
  // What has been done is answered again however late: only what would be started now can be too late.
  if (record !== null && command.request !== undefined) {
    const known = recall(record, command.request);
    if (known.kind === 'answered') return { kind: 'repeat', seq: known.seq };
    if (known.kind === 'waiting') return { kind: 'join', seq: known.seq };
    if (known.kind === 'reused') return { kind: 'tell', outcome: { kind: 'reused' } };
    if (known.kind === 'expired') return { kind: 'tell', outcome: { kind: 'expired', version: seq } };
  }
  if (isLate) return { kind: 'tell', outcome: { kind: 'late' } };
  if (record === null) return { kind: 'try' };
  if (command.event.type === definition.creates) return { kind: 'tell', outcome: { kind: 'exists', version: seq } };
  if (command.expectedVersion !== undefined && command.expectedVersion !== seq) {
    return { kind: 'tell', outcome: { kind: 'conflict', version: seq } };
  }
  if (isBusy(actor.snapshot)) return { kind: 'tell', outcome: { kind: 'locked', state: stateOf(actor) } };
  return { kind: 'try' };
}

/** What a command that was answered by step `seq` was answered with. */
export function remembered(store: Store, address: Address, seq: number): CommandOutcome {
  const answer = answerIn(store.entry(address, seq));
  if (answer === undefined) return { kind: 'failed', error: new Error(`The answer of ${address}/${seq} is missing`) };
  return { kind: 'answered', ...answer };
}
