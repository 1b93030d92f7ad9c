import type { AnswerOf, TransactionView } from '../../contracts/index.ts';
import { money, shown, table } from './table.ts';

/** What is shown where a list is empty. */
export const none = 'none\n';

export function showOrders({ orders, cursor }: AnswerOf<'orders.list'>): string {
  const rows = orders.map((order) => [
    order.id,
    order.status,
    order.customer,
    money(order.total, order.digits),
    order.currency,
    money(order.payment.outstanding, order.digits),
    order.fulfillment.status,
    order.placedAt,
  ]);
  const columns = [
    'order',
    'status',
    'customer',
    { figures: 'total' },
    '',
    { figures: 'outstanding' },
    'fulfillment',
    'placed',
  ];
  return (table(columns, rows) || none) + more(cursor);
}

/** How to go on after this page. */
export function more(cursor: string | null): string {
  return cursor === null ? '' : `\nmore with --cursor ${shown(cursor)}\n`;
}

export function showHistory({ entries }: AnswerOf<'orders.history'>): string {
  const rows = entries.map(({ seq, at, event, by, from, to }) => {
    const { type, ...rest } = event;
    const changed = Object.keys(to).filter((region) => from?.[region] !== to[region]);
    const became = changed.map((region) => `${region} ${to[region]}`).join(', ');
    return [seq, at, type, by, became, Object.keys(rest).length === 0 ? '' : rest];
  });
  return table([{ figures: 'seq' }, 'at', 'event', 'by', 'became', 'with'], rows) || none;
}

export function showExplanation({ commands }: AnswerOf<'orders.explain'>): string {
  const rows = commands.map(({ command, accepted, failed }) => [
    command,
    accepted ? 'yes' : 'no',
    failed.map(({ guard, why }) => `${guard}: ${why}`).join('; '),
  ]);
  return table(['command', 'accepted', 'why not'], rows) || none;
}

export function showWhatIf({ steps }: AnswerOf<'orders.whatIf'>): string {
  const rows = steps.map(({ event, accepted, state, effects, failed }) => [
    event.type,
    accepted ? 'yes' : 'no',
    Object.entries(state)
      .map(([region, value]) => `${region} ${value}`)
      .join(', '),
    effects.length === 0 ? '' : effects,
    failed.map(({ guard, why }) => `${guard}: ${why}`).join('; '),
  ]);
  return table(['event', 'accepted', 'state', 'effects', 'why not'], rows) || none;
}

export function showCounts({ status, state }: AnswerOf<'orders.counts'>): string {
  const rows = [...Object.entries(status), ...Object.entries(state)];
  return table(['status or state', { figures: 'orders' }], rows) || none;
}

export function showStock({ sku, onHand, reserved, available }: AnswerOf<'stock.get'>): string {
  const columns = ['sku', { figures: 'on hand' }, { figures: 'reserved' }, { figures: 'available' }];
  return table(columns, [[sku, onHand, reserved, available]]);
}

/** Amounts stand as they are, in the smallest unit: the ledger does not know the order's digits. */
export function showPayments(ledger: AnswerOf<'payments.get'>): string {
  const { authorized, captured, refunded, entries } = ledger;
  const columns = ['entry', 'kind', { figures: 'amount' }, 'at', 'transaction', 'reason'];
  const rows = entries.map(({ id, kind, amount, at, transaction, reason }) => [
    id,
    kind,
    amount,
    at,
    transaction,
    reason,
  ]);
  const sums = `${shown(ledger.order)}: authorized ${authorized}, captured ${captured}, refunded ${refunded}\n`;
  return sums + table(columns, rows);
}

export function showTransaction(transaction: TransactionView): string {
  const { id, order, operation, state, startedAt, deadline, branches } = transaction;
  const rows = branches.map(({ branch, participant, vote, outcome }) => [branch, participant, vote, outcome]);
  return [
    `${shown(id)}  ${shown(state)}\n`,
    `${shown(operation)} of ${shown(order)}, started ${startedAt}, deadline ${deadline}\n`,
    table(['branch', 'participant', 'vote', 'outcome'], rows),
  ].join('');
}

export function showTransactions({ transactions, cursor }: AnswerOf<'transactions.list'>): string {
  const rows = transactions.map(({ id, order, operation, state, startedAt, branches }) => [
    id,
    state,
    operation,
    order,
    startedAt,
    branches
      .filter(({ outcome }) => outcome === null)
      .map(({ branch }) => branch)
      .join(' '),
  ]);
  const columns = ['transaction', 'state', 'operation', 'order', 'started', 'unanswered branches'];
  return (table(columns, rows) || none) + more(cursor);
}
