import type { Totals } from './balance.ts';
import type { Difference } from './differences.ts';
import type { Failure } from './performance.ts';
import { grouped } from './table.ts';

const SHOWN = 20;

/** Failures for a reader; empty when there are none. */
export function failureText(failures: readonly Failure[]): string {
  if (failures.length === 0) return '';
  const lines = failures.map(
    ({ order, command, code, message }) => `  ${order === '' ? '' : `order ${order}, `}${command}: ${code}: ${message}`,
  );
  return [`REFUSED: ${failures.length} commands`, ...shortened(lines)].join('\n');
}

/** Differences and disagreements for a reader, loud; empty when there are none. */
export function mismatchText(differences: readonly Difference[], disagreements: readonly string[]): string {
  const lines = [
    ...differences.map(
      ({ figure, expected, found, source }) => `  ${figure}: ${found} found, ${expected} expected (${source})`,
    ),
    ...disagreements.map((sentence) => `  ${sentence}`),
  ];
  if (lines.length === 0) return '';
  return [`MISMATCH: ${lines.length} figures do not agree`, ...shortened(lines)].join('\n');
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines];
  return [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more (all of them with --json)`];
}

/** Two sentences on how money and goods add up; amounts come as text. */
export function balanceText(money: { payments: string; orders: string }, goods: Totals['goods']): string {
  return [
    `Money: captured − refunded is ${grouped(money.payments)} by the payments, ${grouped(money.orders)} by the orders.`,
    `Goods: ${grouped(goods.received)} received = ${grouped(goods.onHand)} on hand + ` +
      `${grouped(goods.dispatched)} dispatched − ${grouped(goods.restocked)} restocked.`,
  ].join('\n');
}
