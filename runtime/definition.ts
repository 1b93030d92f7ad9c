import type { AnyEventObject, AnyStateMachine, MachineContext, StateValue } from 'xstate';
import type { Address } from './address.ts';
import type { Facets } from './ports.ts';

/** What of a snapshot is stored; everything else follows from it and the machine. */
export interface Snapshot {
  readonly value: StateValue;
  readonly context: MachineContext;
}

/** An actor's state as views, facets and guards' explanations see it. */
export interface ActorState extends Snapshot {
  readonly address: Address;
  /** The sequence number of its last step: the version that clients see. */
  readonly seq: number;
  /** When that step was taken (ms since 1970). */
  readonly at: number;
}

/** One kind of actor: its statechart and what the runtime must know beside it. All functions are pure. */
export interface Definition {
  /** The first part of its address, and its machine's id. */
  readonly type: string;
  /** Named actions, guards and delays only; no invoke, no spawn. Registration checks it. */
  readonly machine: AnyStateMachine;
  /** Grows by one whenever records of the version before would not fit as they are. */
  readonly version: number;
  /** Takes a snapshot of an older version to this one; `undefined` when it cannot. */
  readonly migrate?: (snapshot: Snapshot, fromVersion: number) => Snapshot | undefined;
  /** Events that come from outside, in the order in which they are listed to people. */
  readonly commands: readonly string[];
  /** The command that begins an actor; on one that exists it is refused as such. */
  readonly creates?: string;
  /** What a command is answered with. */
  readonly view: (state: ActorState) => unknown;
  /**
   * Why a guard says no, in words for the caller, and the quantity or amount that it would let through; `undefined`
   * for guards that only choose between paths.
   */
  readonly why: (
    guard: string,
    context: MachineContext,
    event: AnyEventObject,
  ) => { readonly why: string; readonly accepted?: number } | undefined;
  /** Under what it is counted and listed. */
  readonly facets: (state: Snapshot) => Pick<Facets, 'counts' | 'listing'>;
  /** What of an event may be kept: secrets are left out of the journal. */
  readonly redact: (event: AnyEventObject) => AnyEventObject;
  /**
   * Looks over a message or an answer from another actor or service before the machine sees it. Answers with what
   * is wrong, or `undefined`.
   */
  readonly check: (event: AnyEventObject) => string | undefined;
}
