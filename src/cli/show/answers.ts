import { type AnswerOf, isJsonObject } from '../../contracts/index.ts';
import { money } from './money.ts';
import type { Screen } from './screen.ts';
import { paintedStatus, paintedYes } from './status.ts';
import { table } from './table.ts';
import { shown } from './text.ts';
import { age, moment } from './time.ts';

export function showOrders({ orders }: AnswerOf<'orders.list'>, screen: Screen): string {
  const rows = orders.map(({ id, status, customer, total, digits, currency, payment, fulfillment, placedAt }) => [
    id,
    paintedStatus(status),
    customer,
    money(total, digits, currency),
    money(payment.outstanding, digits),
    fulfillment.status,
    age(placedAt, screen),
  ]);
  const columns = [
    'order',
    'status',
    { text: 'customer' },
    { figures: 'total' },
    { figures: 'outstanding' },
    'fulfillment',
    'placed',
  ];
  return table(columns, rows, screen);
}

export function showHistory({ entries }: AnswerOf<'orders.history'>, screen: Screen): string {
  const rows = entries.map(({ seq, at, event, by, from, to }) => {
    const { type, ...rest } = event;
    const changed = Object.keys(to).filter((region) => from?.[region] !== to[region]);
    const became = changed.map((region) => `${region} ${to[region]}`).join(', ');
    return [seq, moment(at, screen, 'milliseconds'), type, by, became, fields(rest)];
  });
  const columns = [{ figures: 'seq' }, 'at', 'event', { text: 'by' }, { text: 'became' }, { text: 'with' }];
  return table(columns, rows, screen);
}

/** `amount=500 reason=goodwill`. */
export function fields(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(' ');
}

export function showExplanation({ commands }: AnswerOf<'orders.explain'>, screen: Screen): string {
  const rows = commands.map(({ command, accepted, failed }) => [command, paintedYes(accepted), reasons(failed)]);
  return table(['command', 'accepted', { text: 'why not' }], rows, screen);
}

function reasons(failed: AnswerOf<'orders.explain'>['commands'][number]['failed']): string {
  return failed.map(({ guard, why }) => `${guard}: ${why}`).join('; ');
}

export function showWhatIf({ steps }: AnswerOf<'orders.whatIf'>, screen: Screen): string {
  const rows = steps.map(({ event, accepted, state, effects, failed }) => [
    event.type,
    paintedYes(accepted),
    Object.entries(state)
      .map(([region, value]) => `${region} ${value}`)
      .join(', '),
    effects.map(effect).join('; '),
    reasons(failed),
  ]);
  const columns = ['event', 'accepted', { text: 'state' }, { text: 'effects' }, { text: 'why not' }];
  return `${table(columns, rows, screen)}Nothing was written.\n`;
}

/** An effect in words: `asks payment/SO-1 to charge amount=3330`, `announces paid`. */
function effect(value: unknown): string {
  if (!isJsonObject(value)) return shown(value);
  const { kind, participant, operation, args, type, transaction } = value;
  if (kind === 'ask') return `asks ${participant} to ${operation} ${isJsonObject(args) ? fields(args) : ''}`.trimEnd();
  if (kind === 'announce') return `announces ${type}`;
  if (kind === 'assumed') return `if all vote yes in ${transaction}`;
  return shown(value);
}

export function showCounts({ status, state }: AnswerOf<'orders.counts'>, screen: Screen): string {
  const byStatus = Object.entries(status).map(([name, count]) => [paintedStatus(name), count]);
  const byState = Object.entries(state)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => [name, count]);
  const tables = [
    table(['status', { figures: 'orders' }], byStatus, screen),
    table(['state', { figures: 'orders' }], byState, screen),
  ];
  return tables.filter((one) => one !== '').join('\n') || 'There are no orders yet.\n';
}

export function showStock({ sku, onHand, reserved, available }: AnswerOf<'stock.get'>, screen: Screen): string {
  const columns = ['sku', { figures: 'on hand' }, { figures: 'reserved' }, { figures: 'available' }];
  return table(columns, [[sku, onHand, reserved, available]], screen);
}

/** The currency of the order that a ledger belongs to: the ledger itself does not know it. */
export interface Currency {
  readonly currency: string;
  readonly digits: number;
}

export function showPayments(ledger: AnswerOf<'payments.get'>, { currency, digits }: Currency, screen: Screen): string {
  const { authorized, captured, refunded, entries } = ledger;
  const amount = (value: number): string => money(value, digits, currency);
  const columns = ['entry', 'kind', { figures: 'amount' }, 'at', 'transaction', { text: 'reason' }];
  const rows = entries.map(({ id, kind, amount: value, at, transaction, reason }) => [
    id,
    kind,
    amount(value),
    moment(at, screen),
    transaction,
    reason,
  ]);
  const sums = `authorized ${amount(authorized)}, captured ${amount(captured)}, refunded ${amount(refunded)}`;
  return `${shown(ledger.order)}: ${sums}\n${table(columns, rows, screen)}`;
}
