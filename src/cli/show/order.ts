import type { OrderView } from '../../contracts/index.ts';
import { money, shown, table } from './table.ts';

/** An order on one screen. */
export function showOrder(order: OrderView): string {
  return [heading(order), lines(order), fees(order), parcels(order), notes(order), outlook(order)]
    .filter((part) => part !== '')
    .join('\n');
}

function heading(order: OrderView): string {
  const { payment, digits } = order;
  const amounts = (['due', 'captured', 'outstanding', 'refunded'] as const)
    .map((name) => `${name} ${money(payment[name], digits)}`)
    .join(', ');
  return [
    `${shown(order.id)}  ${shown(order.status)}  version ${order.version}`,
    `customer ${shown(order.customer)}, ${shown(order.terms)}, placed ${order.placedAt}, updated ${order.updatedAt}`,
    `total ${money(order.total, digits)} ${shown(order.currency)}: ${amounts} (${shown(payment.status)})`,
    ...(order.cancelReason === null ? [] : [`canceled ${order.canceledAt ?? ''}: ${shown(order.cancelReason)}`]),
    '',
  ].join('\n');
}

const figures = ['ordered', 'canceled', 'reserved', 'shipped', 'delivered', 'returned'] as const;

function lines(order: OrderView): string {
  return table(
    [{ figures: 'line' }, 'sku', 'name', { figures: 'price' }, ...figures.map((name) => ({ figures: name }))],
    order.lines.map((line) => [
      line.line,
      line.sku,
      line.name,
      money(line.unitPrice, order.digits),
      ...figures.map((name) => line[name]),
    ]),
  );
}

function fees(order: OrderView): string {
  return table(
    ['fee', { figures: 'amount' }, 'name'],
    order.fees.map((fee) => [fee.code, money(fee.amount, order.digits), fee.name ?? '']),
  );
}

function parcels(order: OrderView): string {
  return table(
    ['parcel', 'status', 'line:quantity', 'carrier', 'tracking', 'shipped', 'delivered', { figures: 'attempts' }],
    order.fulfillment.parcels.map((parcel) => [
      parcel.id,
      parcel.status,
      parcel.lines.map(({ line, quantity }) => `${line}:${quantity}`).join(' '),
      parcel.carrier,
      parcel.tracking,
      parcel.shippedAt,
      parcel.deliveredAt,
      parcel.attempts,
    ]),
  );
}

function notes(order: OrderView): string {
  return table(
    ['note', 'by', 'text'],
    order.notes.map((note) => [note.at, note.by, note.text]),
  );
}

function outlook(order: OrderView): string {
  const { transaction, lastTransaction } = order;
  const said: string[] = [];
  if (transaction !== null) {
    said.push(`held by ${shown(transaction.id)} (${shown(transaction.operation)}) until ${transaction.deadline}`);
  }
  if (lastTransaction !== null) {
    const { id, operation, outcome, code, reason } = lastTransaction;
    said.push(`last transaction ${[id, operation, outcome, code, reason].map(shown).join(' ').trimEnd()}`);
  }
  said.push(`takes now: ${order.next.map(shown).join(', ') || 'nothing'}`);
  return `${said.join('\n')}\n`;
}
