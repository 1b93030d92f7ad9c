import type { StateValue } from 'xstate';
import { activeStates } from '../../machines/definition.ts';
import { unpackEntry } from '../../runtime/journal.ts';
import type { Write } from '../../runtime/ports.ts';

/** What went on, one line for each message that was delivered and each step that was written. */
export class Trace {
  readonly lines: string[] = [];
  readonly #now: () => number;
  readonly #start: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  add(line: string): void {
    this.lines.push(`${String(this.#now() - this.#start).padStart(6)} ${line}`);
  }

  written({ address, entries, record }: Write): void {
    for (const { seq, bytes } of entries) {
      const { event, from, to, announcements } = unpackEntry(bytes);
      const told = announcements.map(({ type }) => ` !${type}`).join('');
      this.add(`${address} writes @${seq} ${event.type}: ${change(from, to)}${told}`);
    }
    if (record === null) this.add(`${address} is forgotten`);
  }
}

/** `payment.unpaid → payment.paid`: the states that a step has left and entered. */
function change(from: StateValue | null, to: StateValue): string {
  const before = from === null ? [] : activeStates(from);
  const after = activeStates(to);
  const left = before.filter((state) => !after.includes(state));
  const entered = after.filter((state) => !before.includes(state));
  return entered.length === 0 ? '–' : `${left.join(', ') || 'nothing'} → ${entered.join(', ')}`;
}
