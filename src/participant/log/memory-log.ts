import { type BranchId, branchKey } from '../branch.ts';
import type { BranchLog, OpenQuery } from './branch-log.ts';
import { isOpen, type LogEntry, type OpenEntry } from './entry.ts';

/** A log that forgets everything with its process: for tests of handlers, never for real branches. */
export class MemoryBranchLog implements BranchLog {
  readonly #entries = new Map<string, LogEntry>();

  async read(id: BranchId): Promise<LogEntry | undefined> {
    return this.#entries.get(branchKey(id));
  }

  async write(entry: LogEntry): Promise<boolean> {
    const key = branchKey(entry);
    if ((this.#entries.get(key)?.revision ?? 0) !== entry.revision - 1) return false;
    this.#entries.set(key, entry);
    return true;
  }

  async open({ after, limit }: OpenQuery): Promise<readonly OpenEntry[]> {
    const all = this.#open().sort(inOrder);
    const from = after === undefined ? 0 : all.findIndex((entry) => inOrder(entry, after) > 0);
    return from === -1 ? [] : all.slice(from, from + limit);
  }

  async openOfOrder(order: string, otherThan: string, limit: number): Promise<readonly OpenEntry[]> {
    return this.#open()
      .filter((entry) => entry.order === order && entry.transaction !== otherThan)
      .slice(0, limit);
  }

  async forget(before: number, limit: number): Promise<number> {
    const over = [...this.#entries].filter(([, entry]) => !isOpen(entry) && entry.deadline < before).slice(0, limit);
    for (const [key] of over) this.#entries.delete(key);
    return over.length;
  }

  async close(): Promise<void> {}

  #open(): OpenEntry[] {
    return [...this.#entries.values()].filter(isOpen);
  }
}

type Place = Pick<OpenEntry, 'since' | 'transaction' | 'branch'>;

function inOrder(a: Place, b: Place): number {
  return a.since - b.since || (branchKey(a) < branchKey(b) ? -1 : Number(branchKey(a) !== branchKey(b)));
}
