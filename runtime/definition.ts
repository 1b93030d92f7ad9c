import type { AnyEventObject, AnyStateMachine, MachineContext, StateValue } from 'xstate';
import type { Address } from './address.ts';
import type { Facets } from './ports.ts';
import type { Timer } from './record.ts';

/** What of a snapshot is stored; everything else follows from it and the machine. */
export interface Snapshot {
  readonly value: StateValue;
  readonly context: MachineContext;
}

/** What a migration gets to see of an older record. */
export interface Outdated extends Snapshot {
  readonly timers: readonly Timer[];
  /** When its last step was taken (ms since 1970). */
  readonly at: number;
}

/**
 * What a migration makes of it. Without `timers`, those of states that are left are canceled and those of states that
 * are entered begin to run; with them, they are the record's timers, all of them.
 */
export interface Migrated extends Snapshot {
  readonly timers?: readonly Timer[];
}

/** What a machine says of its context, so that a record can be told from one that it could not live with. */
export interface ContextShape {
  /** The shape in words: two builds with the same words mean the same. */
  readonly text: string;
  /** What is wrong with a context, by its path (`lines[].ordered must be …`); `undefined` when it fits. */
  readonly wrongIn: (context: MachineContext) => string | undefined;
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
  /** Grows by one whenever records of the version before would not fit as they are, or would be filed elsewhere. */
  readonly version: number;
  /**
   * Takes a record of an older version to this one; `undefined` when it cannot. It must give the same for the same
   * record, and leave what it is given as it is.
   */
  readonly migrate?: (outdated: Outdated, fromVersion: number) => Migrated | undefined;
  /** What its context must look like. Without it, only views and facets tell whether a record fits. */
  readonly contextShape?: ContextShape;
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
