import type { Line, OrderContext, Parcel } from '../../../machines/order/order-context.ts';

/** What is wrong with an order's ledger of goods and money. Written from api.md and design.md §7, not from the code. */
export function ledgerBreaches(order: OrderContext): readonly string[] {
  return [...order.lines.flatMap((line) => lineBreaches(order, line)), ...sumBreaches(order), ...moneyBreaches(order)];
}

function lineBreaches(order: OrderContext, line: Line): readonly string[] {
  const { ordered, canceled, reserved, shipped, delivered, returned } = line;
  const open = ordered - canceled - shipped;
  const ofParcels = (...statuses: readonly Parcel['status'][]) =>
    order.parcels
      .filter(({ status }) => statuses.includes(status))
      .flatMap(({ lines }) => lines)
      .reduce((sum, part) => sum + (part.line === line.line ? part.quantity : 0), 0);
  return failed(`line ${line.line}`, {
    'counts whole units': [ordered, canceled, reserved, shipped, delivered, returned].every(
      (units) => Number.isSafeInteger(units) && units >= 0,
    ),
    'shipped ≤ ordered − canceled': shipped <= ordered - canceled,
    'returned ≤ delivered ≤ shipped': returned <= delivered && delivered <= shipped,
    'reserved ≤ open': reserved <= open,
    'nothing is reserved on account': order.terms === 'prepaid' || reserved === 0,
    'nothing prepaid leaves before it is paid': order.terms === 'invoice' || order.paidAt !== null || shipped === 0,
    'shipped is what parcels hold': shipped === ofParcels('underWay', 'delivered'),
    'delivered is what has arrived in parcels': delivered === ofParcels('delivered'),
  });
}

function sumBreaches({ lines, sums }: OrderContext): readonly string[] {
  const total = (of: (line: Line) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  return failed('sums', {
    ordered: sums.ordered === total(({ ordered }) => ordered),
    canceled: sums.canceled === total(({ canceled }) => canceled),
    reserved: sums.reserved === total(({ reserved }) => reserved),
    shipped: sums.shipped === total(({ shipped }) => shipped),
    delivered: sums.delivered === total(({ delivered }) => delivered),
    returned: sums.returned === total(({ returned }) => returned),
    canceledValue: sums.canceledValue === total(({ canceled, unitPrice }) => canceled * unitPrice),
    returnedValue: sums.returnedValue === total(({ returned, unitPrice }) => returned * unitPrice),
  });
}

/** What is due, by the words of api.md. */
export function dueOf({ lines, fees, waivedFees }: OrderContext): number {
  const goods = lines.reduce((sum, line) => sum + (line.ordered - line.canceled - line.returned) * line.unitPrice, 0);
  const charges = fees.reduce((sum, { amount }) => sum + amount, 0);
  return Math.max(0, goods + charges - waivedFees);
}

function moneyBreaches(order: OrderContext): readonly string[] {
  const { captured, refunded, total, waivedFees, fees, lines, paidAt, canceledAt } = order;
  const charges = fees.reduce((sum, { amount }) => sum + amount, 0);
  return failed('money', {
    'counts whole units': [captured, refunded, total, waivedFees].every((amount) => Number.isSafeInteger(amount)),
    'the total is what was ordered': total === lines.reduce((sum, l) => sum + l.ordered * l.unitPrice, 0) + charges,
    '0 ≤ refunded ≤ captured ≤ total': refunded >= 0 && refunded <= captured && captured <= total,
    'only a payment captures': paidAt !== null || captured === 0,
    'one payment settles an order': paidAt === null || captured >= dueOf(order),
    'fees are waived with the whole order': waivedFees === (canceledAt === null ? 0 : charges),
    'nothing is due of what was canceled': canceledAt === null || dueOf(order) === 0,
    'all is given back of what was canceled': canceledAt === null || captured === refunded,
    'nothing of what was canceled is held or away':
      canceledAt === null || lines.every((l) => l.canceled === l.ordered && l.reserved === 0 && l.shipped === 0),
  });
}

/** The names of the claims that do not hold. */
export function failed(subject: string, claims: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [`${subject}: ${claim}`]));
}
