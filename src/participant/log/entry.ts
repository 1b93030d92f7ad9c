import type { JsonObject } from '../../contracts/index.ts';
import type { BranchId, Json } from '../branch.ts';

interface EntryFacts extends BranchId {
  readonly order: string;
  readonly operation: string;
  /** ms since 1970 */
  readonly deadline: number;
  /** When the branch was first heard of: ms since 1970. It never changes. */
  readonly since: number;
  /** Counts this branch's entries, from 1. */
  readonly revision: number;
  /** What a vote of no says. */
  readonly no?: { readonly code: string; readonly reason: string };
}

/** A branch that still asks for something: a vote, a decision, or that its decision is carried out. */
export interface OpenEntry extends EntryFacts {
  /**
   * `preparing`: `prepare` was or is being called, and nothing is answered yet. `prepared`: yes, for good. `committing`
   * and `aborting`: decided, and the handler has not succeeded yet.
   */
  readonly state: 'preparing' | 'prepared' | 'committing' | 'aborting';
  /** What `commit` and `abort` are told. */
  readonly args: JsonObject;
  /** What `prepare` kept with its yes. */
  readonly keep?: Json;
}

/** A branch that nothing more happens to. It is remembered until its deadline has passed. */
export interface EndedEntry extends EntryFacts {
  /** `aborted` is also the tombstone of an abort that came before its prepare. */
  readonly state: 'committed' | 'aborted' | 'no' | 'readOnly';
}

/** All that the log holds of a branch. */
export type LogEntry = OpenEntry | EndedEntry;

export function isOpen(entry: LogEntry): entry is OpenEntry {
  switch (entry.state) {
    case 'preparing':
    case 'prepared':
    case 'committing':
    case 'aborting':
      return true;
    case 'committed':
    case 'aborted':
    case 'no':
    case 'readOnly':
      return false;
  }
}
