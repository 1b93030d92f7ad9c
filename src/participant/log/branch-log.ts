import type { BranchId } from '../branch.ts';
import type { LogEntry, OpenEntry } from './entry.ts';

/** Which open entries to list. */
export interface OpenQuery {
  /** The last entry of the page before; from the oldest on without it. */
  readonly after?: Pick<OpenEntry, 'since' | 'transaction' | 'branch'>;
  readonly limit: number;
}

/**
 * What a participant must not forget. All instances of a participant use one log: whichever of them a message reaches
 * must know what the others have said. `branchLogChecks` says in code what is written here.
 *
 * The participant ends itself when a method rejects, since what was written is unknown then; only an error with the
 * code STORE_CORRUPT, for an entry that is damaged, concerns that one branch alone.
 */
export interface BranchLog {
  /** The newest entry of a branch, as it was written. */
  read(id: BranchId): Promise<LogEntry | undefined>;
  /**
   * Puts an entry in the place of the one before it, if that has the revision before it (none where `revision` is 1).
   * Resolves once it would survive the loss of power; false: another instance was faster, and nothing is written.
   */
  write(entry: LogEntry): Promise<boolean>;
  /** Open entries, by `since`, then by branch. Those that are damaged are left out and told of elsewhere. */
  open(query: OpenQuery): Promise<readonly OpenEntry[]>;
  /** At most `limit` open entries of an order that belong to another transaction than this. */
  openOfOrder(order: string, otherThan: string, limit: number): Promise<readonly OpenEntry[]>;
  /** Forgets at most `limit` ended entries whose deadline is before a moment (ms since 1970); tells how many. */
  forget(before: number, limit: number): Promise<number>;
  /** Called once, when nothing uses the log any more. */
  close(): Promise<void>;
}
