import type { Style } from './screen.ts';
import { type Painted, painted } from './table.ts';

const styles: Readonly<Record<string, Style>> = {
  pending: 'yellow',
  paid: 'cyan',
  shipped: 'cyan',
  completed: 'green',
  canceled: 'dim',
  overdue: 'yellow',
  preparing: 'yellow',
  committing: 'yellow',
  aborting: 'yellow',
  committed: 'green',
  aborted: 'dim',
  mixed: 'red',
};

/** How the status of an order or the state of a transaction stands out. */
export function styleOf(status: string): Style | undefined {
  return styles[status];
}

/** A status or state in a table. */
export function paintedStatus(status: string): Painted {
  return painted(styleOf(status), status);
}

/** Whether something is accepted, in a table. */
export function paintedYes(accepted: boolean): Painted {
  return accepted ? painted('green', 'yes') : painted('red', 'no');
}
