import {
  type BranchArguments,
  type BranchKind,
  type BranchOperation,
  branchOperations,
  encodeToken,
} from '../contracts/index.ts';

/** What can be written as JSON and read back as it was. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Which branch of which transaction. */
export interface BranchId {
  /** The transaction's id, such as `SO-1001~1`. */
  readonly transaction: string;
  /** Unique in its transaction: `payment`, `stock/85123A`, `shipment/P1`. */
  readonly branch: string;
}

/** What is known of a branch from the first message on. */
export interface BranchFacts extends BranchId {
  /** The order's id. */
  readonly order: string;
  /**
   * The same for every call about this branch, and for no other: what makes the handlers idempotent. It is ASCII, so
   * that it may stand in a header of a provider's API.
   */
  readonly key: string;
  /** Until when a vote is wanted. */
  readonly deadline: Date;
}

type Known<Args> = { [Name in keyof Args as Name extends 'method' ? never : Name]: Args[Name] };

/** A branch as `prepare` gets it. `operation` tells its kinds apart, and with it `args`. */
export type NewBranch<Kind extends BranchKind = BranchKind> = Kind extends BranchKind
  ? BranchFacts & { readonly operation: BranchOperation<Kind>; readonly args: Readonly<BranchArguments<Kind>> }
  : never;

/**
 * A branch as `commit` and `abort` get it. How the customer pays (`method`) is a secret and not in it: what is needed
 * of it later, such as the number of an authorization, is for `prepare` to keep.
 */
export type HeldBranch<Kind extends BranchKind = BranchKind, Keep = unknown> = Kind extends BranchKind
  ? BranchFacts & {
      readonly operation: BranchOperation<Kind>;
      readonly args: Readonly<Known<BranchArguments<Kind>>>;
      /** What `prepare` kept with its yes. */
      readonly keep: Keep;
    }
  : never;

/** The key of a branch: each part as it would stand in a subject, so that no two branches share one. */
export function branchKey({ transaction, branch }: BranchId): string {
  return `${encodeToken(transaction)}/${encodeToken(branch)}`;
}

/** The kind of branch that an operation belongs to; undefined for one that this version does not know. */
export function kindOf(operation: string): BranchKind | undefined {
  const kinds = Object.keys(branchOperations) as BranchKind[];
  return kinds.find((kind) => (branchOperations[kind] as readonly string[]).includes(operation));
}
