import type { OrderView } from '../contracts/index.ts';
import { formatDecimal } from '../import/decimal.ts';
import type { DemoAction, DemoOutcome } from './scheduler.ts';

/** Wide enough for the ten thousandth order, and for the longest command. */
const ORDER_WIDTH = 'DEMO-mws8htng-10000'.length;
const COMMAND_WIDTH = 'confirmReceipt'.length;

/** One line for a reader on what was done and how it came out. */
export function lineFor(action: DemoAction, outcome: DemoOutcome): string {
  if (action.do === 'end') return 'Every order has met its fate.';
  if (action.do === 'receive')
    return `${'stock'.padEnd(ORDER_WIDTH)} ${'received'.padEnd(COMMAND_WIDTH)} ${action.quantity} × ${action.sku}`;
  const { order, name } = action.command;
  const head = `${order.padEnd(ORDER_WIDTH)} ${name.padEnd(COMMAND_WIDTH)} `;
  if (outcome.kind === 'refused') return `${head}refused: ${outcome.codes.join(', ')}`;
  const { view } = outcome;
  return view === undefined ? head.trimEnd() : `${head}${described(action, view)} → ${view.status}`;
}

function described(action: Extract<DemoAction, { do: 'command' }>, view: OrderView): string {
  const { command } = action;
  const money = (amount: number): string => `${formatDecimal(amount, view.digits)} ${view.currency}`;
  switch (command.name) {
    case 'place': {
      const goods = view.lines.map((line) => `${line.ordered} × ${line.name}`).join(', ');
      return `${view.customer}: ${goods}; ${money(view.total)}${view.terms === 'invoice' ? ' on account' : ''}`;
    }
    case 'pay':
      return `${money(view.payment.captured)} taken`;
    case 'ship':
      return `${view.fulfillment.parcels.at(-1)?.id ?? 'parcel'} is under way`;
    case 'deliver': {
      const how = command.body.failed ? 'nobody home' : command.body.lost ? 'lost' : 'delivered';
      return `${command.body.parcel ?? 'parcel'} ${how}`;
    }
    case 'cancel':
      return `${command.body.reason ?? 'canceled'}${view.payment.refunded > 0 ? `, ${money(view.payment.refunded)} back` : ''}`;
    case 'return':
      return `${command.body.lines.reduce((sum, line) => sum + line.quantity, 0)} back, ${money(view.payment.refunded)} paid back`;
    case 'refund':
      return `${money(view.payment.refunded)} paid back`;
    default:
      return 'confirmed';
  }
}
