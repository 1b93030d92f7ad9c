import type { AnyEventObject } from 'xstate';
import type { Line, OrderContext } from '../../../machines/order/order-context.ts';
import { accepted } from '../../../runtime/refusal.ts';
import { contextOf, transactionOf } from '../fixtures/order.ts';
import type { Scene } from '../fixtures/scene.ts';

/** Numbers that choose among what would be accepted now; any two make sense everywhere. */
export interface Choice {
  readonly first: number;
  readonly second: number;
}

/** Something that the order will most likely take: without it, random inputs hardly ever ship anything. */
export function sensible(scene: Scene, { first, second }: Choice): AnyEventObject {
  const order = contextOf(scene);
  if (order.transaction !== null) return { type: 'commit', transaction: transactionOf(scene) };
  const next = accepted(scene.actor.definition, scene.actor.snapshot, scene.now);
  const type = pick(
    next.filter((name) => name !== 'note' && name !== 'amend'),
    first,
  );
  switch (type) {
    case 'ship':
      return { type, lines: perhapsTwice(some(order, second, openOf), first) };
    case 'cancel':
      return { type, lines: perhapsTwice(some(order, second, openOf), first), reason: 'customer' };
    case 'return':
      return { type, lines: perhapsTwice(some(order, second, returnableOf), first) };
    case 'refund':
      return { type, amount: 1 + (second % Math.min(30, order.captured - order.refunded)) };
    case 'deliver':
      return { type, ...delivery(order, second) };
    default:
      return { type: type ?? 'note' };
  }
}

export function openOf({ ordered, canceled, shipped }: Line): number {
  return ordered - canceled - shipped;
}

function returnableOf({ delivered, returned }: Line): number {
  return delivered - returned;
}

/** No client can name a line twice; an order must put up with it all the same. */
function perhapsTwice<T>(part: T, choice: number): readonly T[] {
  return choice % 6 === 5 ? [part, part] : [part];
}

/** Some units of one of the lines that have any. */
function some({ lines }: OrderContext, choice: number, unitsOf: (line: Line) => number) {
  const line = pick(
    lines.filter((known) => unitsOf(known) > 0),
    choice,
  );
  return line === undefined ? { line: 1, quantity: 1 } : { line: line.line, quantity: 1 + (choice % unitsOf(line)) };
}

function delivery({ parcels }: OrderContext, choice: number): Readonly<Record<string, unknown>> {
  const underWay = parcels.filter(({ status }) => status === 'underWay');
  const parcel = pick(underWay, choice)?.id;
  const outcome = choice % 6;
  if (outcome === 0) return { parcel, failed: true };
  return outcome === 1 ? { parcel, lost: true } : { parcel };
}

function pick<T>(among: readonly T[], choice: number): T | undefined {
  return among[choice % Math.max(1, among.length)];
}
