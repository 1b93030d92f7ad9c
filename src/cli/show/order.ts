import type { OrderView } from '../../contracts/index.ts';
import { money } from './money.ts';
import { paint, type Screen } from './screen.ts';
import { styleOf } from './status.ts';
import { table } from './table.ts';
import { shown } from './text.ts';
import { age, moment, momentAndAge } from './time.ts';

/** An order on one screen. */
export function showOrder(order: OrderView, screen: Screen): string {
  return [heading, lines, fees, parcels, notes, outlook]
    .map((part) => part(order, screen))
    .filter((text) => text !== '')
    .join('\n');
}

function heading(order: OrderView, screen: Screen): string {
  const { payment, digits, status } = order;
  const amounts = (['due', 'captured', 'outstanding', 'refunded'] as const)
    .map((name) => `${name} ${money(payment[name], digits)}`)
    .join(', ');
  return [
    `${paint(screen, 'bold', shown(order.id))}  ${paint(screen, styleOf(status), shown(status))}  version ${order.version}`,
    `customer ${shown(order.customer)}, ${shown(order.terms)}, placed ${momentAndAge(order.placedAt, screen)}, updated ${age(order.updatedAt, screen)}`,
    `total ${money(order.total, digits)} ${shown(order.currency)}: ${amounts} (${shown(payment.status)})`,
    ...(order.cancelReason === null
      ? []
      : [
          `canceled ${moment(order.canceledAt, screen)}: ${shown(order.cancelReason)}`.replace(
            'canceled :',
            'canceled:',
          ),
        ]),
    '',
  ].join('\n');
}

const figures = ['ordered', 'canceled', 'reserved', 'shipped', 'delivered', 'returned'] as const;

function lines(order: OrderView, screen: Screen): string {
  return table(
    [{ figures: 'line' }, 'sku', { text: 'name' }, { figures: 'price' }, ...figures.map((name) => ({ figures: name }))],
    order.lines.map((line) => [
      line.line,
      line.sku,
      line.name,
      money(line.unitPrice, order.digits),
      ...figures.map((name) => line[name]),
    ]),
    screen,
  );
}

function fees(order: OrderView, screen: Screen): string {
  return table(
    ['fee', { figures: 'amount' }, { text: 'name' }],
    order.fees.map((fee) => [fee.code, money(fee.amount, order.digits), fee.name ?? '']),
    screen,
  );
}

function parcels(order: OrderView, screen: Screen): string {
  return table(
    [
      'parcel',
      'status',
      { text: 'line:quantity' },
      { text: 'carrier' },
      'tracking',
      'shipped',
      'delivered',
      { figures: 'attempts' },
    ],
    order.fulfillment.parcels.map((parcel) => [
      parcel.id,
      parcel.status,
      parcel.lines.map(({ line, quantity }) => `${line}:${quantity}`).join(' '),
      parcel.carrier,
      parcel.tracking,
      age(parcel.shippedAt, screen),
      age(parcel.deliveredAt, screen),
      parcel.attempts,
    ]),
    screen,
  );
}

function notes(order: OrderView, screen: Screen): string {
  return table(
    ['note', { text: 'by' }, { text: 'text' }],
    order.notes.map((note) => [moment(note.at, screen), note.by, note.text]),
    screen,
  );
}

function outlook(order: OrderView, screen: Screen): string {
  const { transaction, lastTransaction } = order;
  const said: string[] = [];
  if (transaction !== null) {
    const until = moment(transaction.deadline, screen);
    said.push(`held by ${shown(transaction.id)} (${shown(transaction.operation)}) until ${until}`);
  }
  if (lastTransaction !== null) {
    const { id, operation, outcome, code, reason } = lastTransaction;
    said.push(`last transaction ${[id, operation, outcome, code, reason].map(shown).join(' ').trimEnd()}`);
  }
  said.push(`takes now: ${order.next.map(shown).join(', ') || 'nothing'}`);
  return `${said.join('\n')}\n`;
}
